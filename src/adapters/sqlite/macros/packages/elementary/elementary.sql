{#- elementary on SQLite: texts without backslash escapes, dates as texts, and the attached files in place of information_schema. -#}

{%- macro sqlite__elementary__escape_special_chars(string_value) -%}
    {%- do return(string_value | replace("'", "''")) -%}
{%- endmacro -%}

{% macro sqlite__elementary__target_database() %}{% do return(target.database) %}{% endmacro %}

{% macro sqlite__elementary__edr_type_string() %}{% do return('text') %}{% endmacro %}

{% macro sqlite__elementary__edr_timeadd(date_part, number, timestamp_expression) -%}
    {{ dbt.dateadd(date_part, elementary.edr_cast_as_int(number), elementary.edr_cast_as_timestamp(timestamp_expression)) }}
{%- endmacro %}

{% macro sqlite__elementary__edr_to_char(column, format) -%}
    to_char({{ column }}, '{{ format or 'YYYY-MM-DD HH24:MI:SS' }}')
{%- endmacro %}

{% macro sqlite__elementary__edr_day_of_week_expression(date_expr) -%}
    to_char({{ date_expr }}, 'FMDay')
{%- endmacro %}

{% macro sqlite__elementary__edr_hour_of_day_expression(date_expr) -%}
    date_part('hour', {{ date_expr }})
{%- endmacro %}

{% macro sqlite__elementary__edr_hour_of_week_expression(date_expr) -%}
    to_char({{ date_expr }}, 'FMDayHH24')
{%- endmacro %}

{% macro sqlite__elementary__full_name_split(part_name) %}
    {%- set index = {'database_name': 1, 'schema_name': 2, 'table_name': 3}.get(part_name) -%}
    {%- if index %}
    trim(split_part(full_table_name, '.', {{ index }}), '"') as {{ part_name }}
    {%- endif -%}
{% endmacro %}

{% macro sqlite__elementary__complete_buckets_cte(time_bucket, bucket_end_expr, min_bucket_start_expr, max_bucket_end_expr) %}
    {%- set buckets %}
        select edr_bucket_start, {{ bucket_end_expr }} as edr_bucket_end
        from (
            with recursive bucket_starts(edr_bucket_start) as (
                select {{ min_bucket_start_expr }}
                union all
                select {{ dbt.dateadd(time_bucket.period, time_bucket.count, 'edr_bucket_start') }}
                from bucket_starts
                where edr_bucket_start < {{ max_bucket_end_expr }}
            )
            select edr_bucket_start from bucket_starts
        )
        where {{ bucket_end_expr }} <= {{ max_bucket_end_expr }}
    {%- endset %}
    {%- do return(buckets) -%}
{% endmacro %}

{% macro sqlite__elementary__get_tables_from_information_schema(schema_tuple) %}
    {%- set database, schema = schema_tuple %}
    {%- set exists = execute and adapter.check_schema_exists(database, schema) %}
    select
        upper('{{ database }}.{{ schema }}.' || name) as full_table_name,
        upper('{{ database }}.{{ schema }}') as full_schema_name,
        upper('{{ database }}') as database_name,
        upper('{{ schema }}') as schema_name,
        upper(name) as table_name
    from {{ adapter.quote(schema if exists else target.schema) }}.sqlite_master
    where type in ('table', 'view') and name not like 'sqlite\_%' escape '\' {% if not exists %}and 1 = 0{% endif %}
{% endmacro %}

{% macro sqlite__elementary__get_columns_from_information_schema(database_name, schema_name, table_name=none) %}
    {%- set exists = execute and adapter.check_schema_exists(database_name, schema_name) %}
    {%- set schema = schema_name if exists else target.schema %}
    select
        upper('{{ database_name }}.{{ schema_name }}.' || tables.name) as full_table_name,
        upper('{{ database_name }}') as database_name,
        upper('{{ schema_name }}') as schema_name,
        upper(tables.name) as table_name,
        upper(columns.name) as column_name,
        columns.type as data_type
    from {{ adapter.quote(schema) }}.sqlite_master as tables
    join pragma_table_info(tables.name, '{{ schema }}') as columns
    where tables.type in ('table', 'view') {% if not exists %}and 1 = 0{% endif %}
        {% if table_name %}and upper(tables.name) = upper('{{ table_name }}'){% endif %}
{% endmacro %}

{% macro sqlite__elementary__delete_duplicate_rows(model_unique_id) %}
    {%- set node = graph.nodes[model_unique_id] -%}
    {%- set relation = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- if relation is none -%}
        {%- do print("Relation '" ~ node.relation_name ~ "' does not exist.") -%}
        {%- do return([]) -%}
    {%- endif -%}
    {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='quoted') | join(', ') -%}
    {%- do elementary.run_query('delete from ' ~ relation ~ ' where rowid not in (select max(rowid) from ' ~ relation ~ ' group by ' ~ names ~ ')') -%}
    {%- do adapter.commit() -%}
{% endmacro %}
