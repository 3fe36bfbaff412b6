{#- A table, replaced within one transaction: readers and a kill see the old one or the new one. -#}
{% materialization table, adapter='sqlite' %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do sqlite__begin_with_query(sql) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- do sqlite__replace_with_table(existing_relation, target_relation, sql) -%}
  {%- do create_indexes(target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do sqlite__document(target_relation) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}

{#- Runs `main`. Dropping first lets the new table use the old one's pages and spares a rename, whose cost grows with the number of
    relations in the file; only a query that reads the old table itself needs both at once. -#}
{% macro sqlite__replace_with_table(existing_relation, target_relation, sql) %}
  {%- do sqlite__drop_leftovers(target_relation) -%}
  {%- set reads_itself = existing_relation is not none and existing_relation.render() in sql -%}
  {%- if not reads_itself -%}
    {#- Where there was none, another run may have made it since this one looked. -#}
    {%- do adapter.drop_relation(existing_relation if existing_relation is not none else target_relation) -%}
  {%- endif -%}
  {%- set built_relation = make_intermediate_relation(target_relation) if reads_itself else target_relation -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, built_relation, sql) }}
  {%- endcall -%}
  {%- if reads_itself -%}
    {%- do adapter.drop_relation(existing_relation) -%}
    {%- do adapter.rename_relation(built_relation, target_relation) -%}
  {%- endif -%}
  {%- do sqlite__check_foreign_keys(target_relation) -%}
{% endmacro %}

{#- What other tools' runs may have left when they broke off. -#}
{% macro sqlite__drop_leftovers(target_relation) %}
  {%- do drop_relation_if_exists(load_cached_relation(make_intermediate_relation(target_relation))) -%}
  {%- do drop_relation_if_exists(load_cached_relation(make_backup_relation(target_relation, 'table'))) -%}
{% endmacro %}
