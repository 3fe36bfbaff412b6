{#- A table that later runs add to, in one transaction from the reading of its state to the last change.

    dbt-sqlite ignored most configs of such models; here all of dbt's strategies work. Without a strategy, a unique_key means
    delete+insert, as there. -#}
{% materialization incremental, adapter='sqlite' %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set rebuild = existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do sqlite__begin_with_query(sql) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if rebuild -%}
    {%- do sqlite__replace_with_table(existing_relation, target_relation, sql) -%}
    {%- do create_indexes(target_relation) -%}
  {%- else -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- do run_query(create_table_as(True, temp_relation, sql)) -%}
    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation)
                           or adapter.get_columns_in_relation(existing_relation) -%}
    {%- set build_sql = strategy_sql({
          'target_relation': target_relation,
          'temp_relation': temp_relation,
          'unique_key': config.get('unique_key'),
          'dest_columns': dest_columns,
          'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)}) -%}
    {%- call statement('main') -%}
      {{ build_sql }}
    {%- endcall -%}
    {%- do adapter.drop_relation(temp_relation) -%}
    {%- do sqlite__check_foreign_keys(target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=False) -%}
  {%- do sqlite__document(target_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
