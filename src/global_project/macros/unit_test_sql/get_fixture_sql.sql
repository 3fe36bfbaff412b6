{#- The rows of a unit test as SQL: inputs, and what is expected. -#}

{#- One select a row; columns that a row leaves out are null. Without types, those of the input's own relation count. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {%- set types = column_name_to_data_types -%}
  {%- if not types -%}
    {%- set input = defer_relation if (defer_relation and not load_relation(this)) else this -%}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in get_columns_for_unit_tests(input) -%}
      {%- do types.update({column.name | lower: column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if not types -%}
    {%- do exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") -%}
  {%- endif -%}
  {%- set nulls = {} -%}
  {%- for name, type in types.items() %}{% do nulls.update({name: safe_cast('null', type) | trim}) %}{% endfor -%}
  {%- do validate_fixture_rows(rows, row_number) %}
-- Fixture for {{ model.name }}
{% for row in rows or [{}] -%}
  {%- set values = nulls.copy() -%}
  {%- do values.update(format_row(row, types)) -%}
select
  {%- for name, value in values.items() %} {{ value | trim }} as {{ quoted[name] if quoted is defined else name }}{{ ',' if not loop.last }}{% endfor %}
{%- if not loop.last %}
union all
{% endif %}
{%- endfor %}
{%- if not rows %}
limit 0
{%- endif %}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
{%- if not rows %}
select * from dbt_internal_unit_test_actual
limit 0
{%- endif %}
{%- for row in rows %}
select
  {%- for name, value in format_row(row, column_name_to_data_types).items() %} {{ value | trim }} as {{ column_name_to_quoted[name] }}{{ ',' if not loop.last }}{% endfor %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{% endmacro %}

{#- A row's values as typed SQL literals, under lower-case names. -#}
{% macro format_row(row, column_name_to_data_types) %}
  {%- set formatted = {} -%}
  {%- for given_name, value in row.items() -%}
    {%- set name = given_name | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ '.\nAccepted columns for '
                                             ~ fixture ~ ' are: ' ~ (column_name_to_data_types.keys() | list)) -%}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- if value is string and 'varying' in type -%}
      {#- A length would cut the text short without a word. -#}
      {%- set type = type.split('(')[0] -%}
    {%- endif -%}
    {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else 'null' if value is none else value -%}
    {%- do formatted.update({name: safe_cast(literal, type)}) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{% endmacro %}

{#- Engines may refuse fixtures that they cannot express. -#}
{% macro validate_fixture_rows(rows, row_number) %}
  {%- do return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) -%}
{% endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) %}{% endmacro %}
