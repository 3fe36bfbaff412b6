{#- Columns of relations and of queries, and changing those of a relation. -#}

{% macro get_columns_in_relation(relation) %}
  {%- do return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) -%}
{% endmacro %}
{% macro default__get_columns_in_relation(relation) %}
  {%- do exceptions.raise_not_implemented('get_columns_in_relation macro not implemented for adapter ' ~ adapter.type()) -%}
{% endmacro %}

{#- Rows of (name, type, size, precision, scale) as Column objects. -#}
{% macro sql_convert_columns_in_relation(table) %}
  {%- set found = [] -%}
  {%- for row in table %}{% do found.append(api.Column(*row)) %}{% endfor -%}
  {%- do return(found) -%}
{% endmacro %}

{% macro get_columns_for_unit_tests(relation) %}
  {%- do return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) -%}
{% endmacro %}
{#- Some engines have columns that can be queried but are not listed. -#}
{% macro default__get_columns_for_unit_tests(relation) %}
  {%- do return(adapter.get_columns_in_relation(relation) + adapter.get_pseudocolumns_for_relation(relation)) -%}
{% endmacro %}

{% macro get_list_of_column_names(columns) %}
  {%- set names = [] -%}
  {%- for column in columns %}{% do names.append(column.name) %}{% endfor -%}
  {%- do return(names) -%}
{% endmacro %}

{#- A query with the columns of `select_sql` and no rows. -#}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- do return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) -%}
{% endmacro %}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {{- select_sql_header if select_sql_header is not none }}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
{% endmacro %}

{#- One row of typed nulls: the columns that the model's YAML declares. -#}
{% macro get_empty_schema_sql(columns) %}
  {%- do return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) -%}
{% endmacro %}
{% macro default__get_empty_schema_sql(columns) %}
    {%- set untyped = [] -%}
    {%- set vague = [] -%}
    {%- set items = [] -%}
    {%- for key in columns -%}
      {%- set column = columns[key] -%}
      {%- if column['data_type'] is not defined -%}
        {%- do untyped.append(column['name']) -%}
      {%- elif column['data_type'].strip().lower() in ['numeric', 'decimal', 'number'] -%}
        {%- do vague.append(column['name']) -%}
      {%- endif -%}
      {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
      {%- do items.append((cast('null', column['data_type']) | trim) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {%- if untyped -%}
      {%- do exceptions.column_type_missing(column_names=untyped) -%}
    {%- elif vague -%}
      {%- do exceptions.warn('Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ vague ~ '`') -%}
    {%- endif %}
    select
    {{ items | join(',\n    ') }}
{% endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) %}
  {%- do return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) -%}
{% endmacro %}

{#- Names only. -#}
{% macro get_columns_in_query(select_sql) %}
  {%- do return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) -%}
{% endmacro %}
{% macro default__get_columns_in_query(select_sql) %}
  {%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}
    {{ get_empty_subquery_sql(select_sql) }}
  {%- endcall -%}
  {%- do return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) -%}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) %}
  {%- do return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) -%}
{% endmacro %}
{#- The values move through a new column of the wanted type, which then takes the old one's name. -#}
{% macro default__alter_column_type(relation, column_name, new_column_type) %}
  {%- set table = relation.render() -%}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {%- call statement('alter_column_type') %}
    alter table {{ table }} add column {{ new }} {{ new_column_type }};
    update {{ table }} set {{ new }} = {{ old }};
    alter table {{ table }} drop column {{ old }} cascade;
    alter table {{ table }} rename column {{ new }} to {{ old }}
  {% endcall -%}
{% endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) %}
  {%- do return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) -%}
{% endmacro %}
{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- set changes = [] -%}
  {%- for column in add_columns or [] -%}
    {%- do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do changes.append('drop column ' ~ column.quoted) -%}
  {%- endfor -%}
  {%- set sql %}
    alter {{ relation.type }} {{ relation.render() }}
      {{ changes | join(',\n      ') }}
  {% endset -%}
  {%- do run_query(sql) -%}
{% endmacro %}
