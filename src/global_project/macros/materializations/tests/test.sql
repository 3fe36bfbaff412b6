{#- A data test: counts the rows of its query, or of the relation that keeps them when failures are stored. -#}
{% materialization test, default %}
  {%- set relations = [] -%}
  {%- set limit = config.get('limit') -%}
  {%- set sql_header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set main_sql %}
    {{ get_limit_subquery_sql(sql, limit) }}
  {% endset -%}

  {%- if should_store_failures() -%}
    {%- set store_failures_as = config.get('store_failures_as') or 'table' -%}
    {%- if store_failures_as not in ['table', 'view'] -%}
      {%- do exceptions.raise_compiler_error("'" ~ store_failures_as ~ "' is not a valid value for `store_failures_as`. "
                                             ~ "Accepted values are: ['ephemeral', 'table', 'view']") -%}
    {%- endif -%}
    {%- set identifier = model['alias'] -%}
    {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
    {%- set target_relation = api.Relation.create(identifier=identifier, schema=schema, database=database, type=store_failures_as) -%}
    {%- if old_relation -%}
      {%- do adapter.drop_relation(old_relation) -%}
    {%- endif -%}
    {%- call statement(auto_begin=True) -%}
      {{ sql_header if sql_header }}
      {{ get_create_sql(target_relation, main_sql) }}
    {%- endcall -%}
    {%- do relations.append(target_relation) -%}
    {%- set main_sql %}
        select *
        from {{ target_relation }}
    {% endset -%}
    {%- do adapter.commit() -%}
  {%- endif -%}

  {%- set fail_calc = config.get('fail_calc') -%}
  {%- set warn_if = config.get('warn_if') -%}
  {%- set error_if = config.get('error_if') -%}
  {%- call statement('main', fetch_result=True) %}
    {{ sql_header if sql_header -}}
    {#- The limit is in main_sql already. -#}
    {{ get_test_sql(main_sql, fail_calc, warn_if, error_if, limit=none) }}
  {%- endcall -%}
  {%- do return({'relations': relations}) -%}
{% endmaterialization %}
