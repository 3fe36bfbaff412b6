{#- SQLite stores a view without looking at it: check_view reads its columns once, so that a wrong name is found now. -#}
{% materialization view, adapter='sqlite' %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do sqlite__begin() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- do sqlite__drop_leftovers(target_relation) -%}
  {%- do adapter.drop_relation(existing_relation if existing_relation is not none else target_relation) -%}
  {%- call statement('main') -%}
    {{ create_view_as(target_relation, sql) }}
  {%- endcall -%}
  {%- do adapter.check_view(target_relation) -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do sqlite__document(target_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
