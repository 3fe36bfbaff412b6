{#- The files that are attached are the schemas; each has a list of its own in place of information_schema. -#}
{% macro sqlite__dbt_utils__get_tables_by_pattern_sql(schema_pattern, table_pattern, exclude='', database=target.database) %}
    {%- set schemas = run_query('pragma database_list').columns['name'].values() if execute else [target.schema] %}
    {%- for schema in schemas %}
        select
            {{ dbt.string_literal(schema) }} as {{ adapter.quote('table_schema') }},
            name as {{ adapter.quote('table_name') }},
            type as {{ adapter.quote('table_type') }}
        from {{ adapter.quote(schema) }}.sqlite_master
        where type in ('table', 'view')
        and name not like 'sqlite\_%' escape '\'
        and {{ dbt.string_literal(schema) }} like '{{ schema_pattern }}'
        and name like '{{ table_pattern }}'
        and name not like '{{ exclude }}'
        {% if not loop.last %} union all {% endif %}
    {%- endfor %}
{% endmacro %}

{#- A select of a union stands without parentheses. -#}
{%- macro sqlite__dbt_utils__union_relations(relations, column_override=none, include=[], exclude=[], source_column_name='_dbt_source_relation', where=none) -%}
    {%- if exclude and include -%}
        {%- do exceptions.raise_compiler_error('Both an exclude and include list were provided to the `union` macro. Only one is allowed') -%}
    {%- endif -%}
    {%- if not execute -%}{%- do return('') -%}{%- endif -%}

    {%- set wanted = include | map('lower') | list -%}
    {%- set unwanted = exclude | map('lower') | list -%}
    {%- set columns = {} -%}
    {%- set names_of = {} -%}
    {%- for relation in relations -%}
        {%- do dbt_utils._is_relation(relation, 'union_relations') -%}
        {%- do dbt_utils._is_ephemeral(relation, 'union_relations') -%}
        {%- set names = [] -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- set name = column.column | lower -%}
            {%- if name not in unwanted and (not wanted or name in wanted) -%}
                {%- do names.append(name) -%}
                {%- do columns.setdefault(name, column) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do names_of.update({relation: names}) -%}
    {%- endfor -%}

    {%- if (include or exclude) and not columns and flags.WHICH in ['run', 'build'] -%}
        {%- do exceptions.raise_compiler_error('There were no columns found to union for relations ' ~ relations | map(attribute='name') | join(', ')) -%}
    {%- endif -%}

    {%- for relation in relations %}
        select
            {%- set items = [] -%}
            {%- if source_column_name is not none -%}
                {%- do items.append('cast(' ~ dbt.string_literal(relation.render()) ~ ' as ' ~ dbt.type_string() ~ ') as ' ~ source_column_name) -%}
            {%- endif -%}
            {%- for name, column in columns.items() -%}
                {%- set type = (column_override or {}).get(column.column, column.data_type) -%}
                {%- do items.append((dbt.cast(column.quoted if name in names_of[relation] else 'null', type) | trim) ~ ' as ' ~ column.quoted) -%}
            {%- endfor %}
            {{ (items or ['*']) | join(',\n            ') }}
        from {{ relation }}
        {%- if where %}
        where {{ where }}
        {%- endif %}
        {%- if not loop.last %}

        union all
        {% endif -%}
    {%- endfor -%}
{%- endmacro -%}

{#- One row a group: with a single min() in a query, SQLite takes the other columns from the row that holds it. dbt_utils' own way, a
    natural join of the relation with itself, would lose the rows that have a null. -#}
{%- macro sqlite__dbt_utils__deduplicate(relation, partition_by, order_by) -%}
    {%- set keys = [] -%}
    {%- for item in dbt.sqlite__order_items(order_by) -%}
        {%- do keys.extend([item[0], "'" ~ item[1] ~ "'"]) -%}
    {%- endfor %}
    select *
    from {{ relation }}
    group by {{ partition_by }}
    having min(sort_key({{ keys | join(', ') }})) is not null
{%- endmacro -%}
