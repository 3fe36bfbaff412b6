{#- create table ... as, with the contract's columns spelled out where one is enforced. -#}
{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) %}
  {%- do return(create_table_as(temporary, relation, sql)) -%}
{% endmacro %}

{#- The older name, under which the work is still done. Implementations of old know no language. -#}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {% if language == 'sql' %}
    {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
  {% else %}
    {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language) }}
  {% endif %}
{%- endmacro %}
{% macro default__create_table_as(temporary, relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract') -%}
  {{ header if header is not none }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {% if contract.enforced and not temporary -%}
    {{ get_assert_columns_equivalent(sql) }}
    {{ get_table_columns_and_constraints() }}
    {%- set sql = get_select_subquery(sql) -%}
  {%- endif %}
  as (
    {{ sql }}
  );
{%- endmacro %}

{#- The contract's columns in their order. -#}
{% macro default__get_column_names() %}
    {%- for key in model['columns'] -%}
      {%- set column = model['columns'][key] -%}
      {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}

{% macro get_select_subquery(sql) %}
  {%- do return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) -%}
{% endmacro %}
{% macro default__get_select_subquery(sql) %}
    select {{ adapter.dispatch('get_column_names', 'dbt')() }}
    from (
        {{ sql }}
    ) as model_subq
{%- endmacro %}
