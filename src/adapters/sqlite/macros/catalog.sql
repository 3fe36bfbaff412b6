{#- dbt's catalog columns for every table and view of the schemas. -#}
{% macro sqlite__get_catalog(information_schema, schemas) %}
  {%- set queries = [] -%}
  {%- for schema in schemas -%}
    {%- set sql -%}
      select
        '{{ information_schema.database }}' as table_database, '{{ schema }}' as table_schema, m.name as table_name,
        m.type as table_type, '' as table_comment, '' as table_owner, c.name as column_name, c.cid as column_index,
        coalesce(nullif(c.type, ''), 'UNKNOWN') as column_type, '' as column_comment
      from {{ schema }}.sqlite_master as m
      join pragma_table_info(m.name, '{{ schema }}') as c
      where m.type in ('table', 'view') and m.name not like 'sqlite\_%' escape '\'
    {%- endset -%}
    {%- do queries.append(sql) -%}
  {%- endfor -%}
  {%- do return(run_query(queries | join('\nunion all\n')) if queries else none) -%}
{% endmacro %}
