{#- dbt's catalog columns for every table and view of a schema, or for those of the given names. -#}
{% macro sqlite__catalog_sql(database, schema, names=none) -%}
    select
      '{{ database }}' as table_database, '{{ schema }}' as table_schema, m.name as table_name,
      m.type as table_type, '' as table_comment, '' as table_owner, c.name as column_name, c.cid as column_index,
      coalesce(nullif(c.type, ''), 'UNKNOWN') as column_type, '' as column_comment
    from {{ schema }}.sqlite_master as m
    join pragma_table_info(m.name, '{{ schema }}') as c
    where m.type in ('table', 'view') and m.name not like 'sqlite\_%' escape '\'
    {%- if names is not none %}
      and lower(m.name) in ('{{ names | map('lower') | map('replace', "'", "''") | join("', '") }}')
    {%- endif %}
{%- endmacro %}

{% macro sqlite__get_catalog(information_schema, schemas) %}
  {%- set queries = [] -%}
  {%- for schema in schemas -%}
    {%- do queries.append(sqlite__catalog_sql(information_schema.database, schema)) -%}
  {%- endfor -%}
  {%- do return(run_query(queries | join('\nunion all\n')) if queries else none) -%}
{% endmacro %}

{% macro sqlite__get_catalog_relations(information_schema, relations) %}
  {%- set names = {} -%}
  {%- for relation in relations -%}
    {%- do names.setdefault(relation.schema, []).append(relation.identifier) -%}
  {%- endfor -%}
  {%- set queries = [] -%}
  {%- for schema in names -%}
    {%- do queries.append(sqlite__catalog_sql(information_schema.database, schema, names[schema])) -%}
  {%- endfor -%}
  {%- do return(run_query(queries | join('\nunion all\n')) if queries else none) -%}
{% endmacro %}

{% macro sqlite__get_catalog_for_single_relation(relation) %}
  {%- do return(run_query(sqlite__catalog_sql(relation.database, relation.schema, [relation.identifier]))) -%}
{% endmacro %}
