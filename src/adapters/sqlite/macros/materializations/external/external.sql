{#- A table whose rows are also files: one, or one a partition. They are written while the transaction is open and moved to their place
    behind its end, so that a kill at any moment leaves the old files or the new ones. -#}
{% materialization external, adapter='sqlite' %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set location = render(config.get('location') or external_location(this, config)) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do sqlite__begin_with_query(sql) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- do sqlite__replace_with_table(existing_relation, target_relation, sql) -%}
  {%- do create_indexes(target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- set files = adapter.stage_files('select * from ' ~ target_relation ~ ' order by _rowid_', location) -%}
  {%- do adapter.commit() -%}
  {%- do adapter.publish_files(files) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}

{#- Where the files go that no `location` names. A project may have its own macro of this name. -#}
{% macro external_location(relation, config) -%}
  {%- set is_folder = config.get('partition_by') or config.get('options', {}).get('partition_by') -%}
  {{- adapter.external_root() }}/{{ relation.identifier }}{{ '' if is_folder else '.' ~ (config.get('format') or 'csv') }}
{%- endmacro %}
