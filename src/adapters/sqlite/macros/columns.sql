{#- Changing columns. SQLite takes one change a statement, and compares types by their affinity. -#}

{#- The rules of https://www.sqlite.org/datatype3.html#determination_of_column_affinity; '' where none is known. -#}
{% macro sqlite__affinity(data_type) %}
  {%- set type = (data_type or '') | string | upper | trim -%}
  {%- if type in ['', 'UNKNOWN', 'ANY'] or 'BLOB' in type -%}
    {%- do return('') -%}
  {%- elif 'INT' in type -%}
    {%- do return('INT') -%}
  {%- elif 'CHAR' in type or 'CLOB' in type or 'TEXT' in type -%}
    {%- do return('TEXT') -%}
  {%- elif 'REAL' in type or 'FLOA' in type or 'DOUB' in type -%}
    {%- do return('REAL') -%}
  {%- endif -%}
  {%- do return('NUM') -%}
{% endmacro %}

{#- A column of unknown type is declared without one: any word would have NUMERIC affinity, which turns '007' into 7. -#}
{% macro sqlite__column_definition(column) %}
  {%- set type = column.expanded_data_type -%}
  {%- do return(adapter.quote(column.name) ~ ('' if sqlite__affinity(type) == '' else ' ' ~ type)) -%}
{% endmacro %}

{% macro sqlite__diff_column_data_types(source_columns, target_columns) %}
  {%- set changed = [] -%}
  {%- for new in source_columns -%}
    {%- set old = target_columns | selectattr('name', 'equalto', new.name) | first -%}
    {%- if old -%}
      {%- set wanted = sqlite__affinity(new.expanded_data_type) -%}
      {%- if wanted and sqlite__affinity(old.expanded_data_type) not in ['', wanted] -%}
        {%- do changed.append({'column_name': old.name, 'new_type': new.expanded_data_type}) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(changed) -%}
{% endmacro %}

{#- A column cannot go while an index uses it. -#}
{% macro sqlite__drop_column(relation, column_name) %}
  {%- set using -%}
    select distinct l.name
    from pragma_index_list('{{ escape_single_quotes(relation.identifier) }}', '{{ relation.schema }}') as l
    join pragma_index_info(l.name, '{{ relation.schema }}') as i
    where l.origin = 'c' and lower(i.name) = lower('{{ escape_single_quotes(column_name) }}')
  {%- endset -%}
  {%- for row in run_query(using).rows -%}
    {%- do run_query(get_drop_index_sql(relation, row[0])) -%}
  {%- endfor -%}
  {%- do run_query('alter table ' ~ relation.render() ~ ' drop column ' ~ adapter.quote(column_name)) -%}
{% endmacro %}

{% macro sqlite__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {%- for column in add_columns or [] -%}
    {%- do run_query('alter table ' ~ relation.render() ~ ' add column ' ~ sqlite__column_definition(column)) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do sqlite__drop_column(relation, column.name) -%}
  {%- endfor -%}
{% endmacro %}

{% macro sqlite__alter_column_type(relation, column_name, new_column_type) %}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {%- do run_query('alter table ' ~ relation.render() ~ ' add column ' ~ new ~ ' ' ~ new_column_type) -%}
  {%- do run_query('update ' ~ relation.render() ~ ' set ' ~ new ~ ' = ' ~ old) -%}
  {%- do sqlite__drop_column(relation, column_name) -%}
  {%- do run_query('alter table ' ~ relation.render() ~ ' rename column ' ~ new ~ ' to ' ~ old) -%}
{% endmacro %}

{% macro sqlite__create_columns(relation, columns) %}
  {%- do sqlite__alter_relation_add_remove_columns(relation, columns, none) -%}
{% endmacro %}
