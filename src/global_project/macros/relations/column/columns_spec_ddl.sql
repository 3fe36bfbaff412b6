{#- Contracts: the declared columns as DDL, and the comparison with what the query gives. -#}

{% macro get_table_columns_and_constraints() -%}
  {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}
{% macro default__get_table_columns_and_constraints() %}{% do return(table_columns_and_constraints()) %}{% endmacro %}

{% macro table_columns_and_constraints() %}
    {%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns'])
                    + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
    (
      {{ lines | join(',\n      ') }}
    )
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
  {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) %}{% do return(assert_columns_equivalent(sql)) %}{% endmacro %}

{#- Same names with the same types, in any order; else a contract error that lists both sides. -#}
{% macro assert_columns_equivalent(sql) %}
  {%- if not model['columns'] -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set sql_columns = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set yaml_columns = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set promised = {} -%}
  {%- for column in yaml_columns %}{% do promised.update({column['name']: column['formatted']}) %}{% endfor -%}
  {%- if sql_columns | length != yaml_columns | length -%}
    {%- do exceptions.raise_contract_error(yaml_columns, sql_columns) -%}
  {%- endif -%}
  {%- for column in sql_columns if promised.get(column['name']) != column['formatted'] -%}
    {%- do exceptions.raise_contract_error(yaml_columns, sql_columns) -%}
  {%- endfor -%}
{% endmacro %}

{% macro format_columns(columns) %}
  {%- set formatted = [] -%}
  {%- for column in columns -%}
    {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}
{% macro default__format_column(column) %}
  {%- do return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column.lower() ~ ' ' ~ column.dtype}) -%}
{% endmacro %}
