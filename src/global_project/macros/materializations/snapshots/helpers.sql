{#- The queries of a snapshot. `columns` maps dbt's names of the bookkeeping columns to the configured ones. -#}

{% macro create_columns(relation, columns) -%}
  {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{%- endmacro %}
{% macro default__create_columns(relation, columns) %}
  {%- for column in columns -%}
    {%- call statement() -%}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}

{#- Called after the commit with the staging relation. -#}
{% macro post_snapshot(staging_relation) -%}
  {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{%- endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{% macro get_true_sql() -%}
  {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{%- endmacro %}
{% macro default__get_true_sql() %}{% do return('TRUE') %}{% endmacro %}

{% macro get_snapshot_table_column_names() %}
  {%- do return({
        'dbt_valid_to': 'dbt_valid_to',
        'dbt_valid_from': 'dbt_valid_from',
        'dbt_scd_id': 'dbt_scd_id',
        'dbt_updated_at': 'dbt_updated_at',
        'dbt_is_deleted': 'dbt_is_deleted'}) -%}
{% endmacro %}

{#- All changes since the last snapshot, one row each, marked insert, update or delete in dbt_change_type. -#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set key = strategy.unique_key -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set finds_deletes = strategy.hard_deletes in ['invalidate', 'new_record'] -%}
    {%- set marks_deletes = strategy.hard_deletes == 'new_record' -%}
    {%- set changed = strategy.row_changed ~ (' or snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" if marks_deletes else '') -%}
    {%- if marks_deletes -%}
      {%- set new_scd_id = snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) -%}
      {%- set already_deleted -%}
        snapshotted_data.{{ columns.dbt_is_deleted }} = 'True' and snapshotted_data.{{ columns.dbt_valid_to }} {{ '= ' ~ current if current else 'is null' }}
      {%- endset -%}
    {%- endif -%}
    with snapshot_query as (

        {{ source_sql }}

    ),

    -- the rows that were current at the last snapshot
    snapshotted_data as (

        select *, {{ unique_key_fields(key) | trim }}
        from {{ target_relation }}
        where
            {% if current -%}
            ( {{ equals(columns.dbt_valid_to | trim, current | trim) | trim }} or {{ columns.dbt_valid_to }} is null )
            {%- else -%}
            {{ columns.dbt_valid_to }} is null
            {%- endif %}

    ),

    insertions_source_data as (

        select *, {{ unique_key_fields(key) | trim }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) | trim }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
        from snapshot_query

    ),

    updates_source_data as (

        select *, {{ unique_key_fields(key) | trim }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
        from snapshot_query

    ),
    {% if finds_deletes %}
    deletes_source_data as (

        select *, {{ unique_key_fields(key) | trim }}
        from snapshot_query

    ),
    {% endif %}
    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if marks_deletes %},
            'False' as {{ columns.dbt_is_deleted }}
            {%- endif %}
        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') | trim }}
        where {{ unique_key_is_null(key, 'snapshotted_data') | trim }}
            or ({{ unique_key_is_not_null(key, 'snapshotted_data') | trim }} and ({{ changed }}))

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deletes %},
            snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from updates_source_data as source_data
        join snapshotted_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') | trim }}
        where ({{ changed }})

    )
    {%- if finds_deletes %},

    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deletes %},
            snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') | trim }}
        where {{ unique_key_is_null(key, 'source_data') | trim }}
            {%- if marks_deletes %}
            and not ({{ already_deleted }})
            {%- endif %}

    )
    {%- endif %}
    {%- if marks_deletes %}
    {%- set known = get_list_of_column_names(get_columns_in_relation(target_relation)) %},

    -- one more row for what has gone, with the values that it had
    deletion_records as (

        select
            'insert' as dbt_change_type,
            {% for name in get_columns_in_query(source_sql) -%}
            {{ 'snapshotted_data' if name in known else 'source_data' }}.{{ adapter.quote(name) }},
            {% endfor -%}
            {% if key | is_list -%}
            {% for part in key -%}
            snapshotted_data.{{ part }} as dbt_unique_key_{{ loop.index }},
            {% endfor -%}
            {% else -%}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {% endif -%}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ new_scd_id }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') | trim }}
        where {{ unique_key_is_null(key, 'source_data') | trim }}
            and not ({{ already_deleted }})

    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if finds_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if marks_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{#- The first snapshot: every row is current. -#}
{% macro build_snapshot_table(strategy, sql) -%}
  {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) | trim }}
        {%- if strategy.hard_deletes == 'new_record' %},
        'False' as {{ columns.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) sbq
{% endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {%- set staging = make_temp_relation(target_relation) -%}
  {%- set query = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(True, staging, query) }}
  {%- endcall -%}
  {%- do return(staging) -%}
{% endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {%- for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == 'dbt_updated_at' -%}
    {%- do return(column.dtype or none) -%}
  {%- endfor -%}
  {%- do return(none) -%}
{% endmacro %}

{#- Warns when the strategy's time and the database's clock are of different types. -#}
{% macro check_time_data_types(sql) %}
  {%- set found = get_updated_at_column_data_type(sql) -%}
  {%- set clock = get_snapshot_get_time_data_type() -%}
  {%- if found is not none and clock is not none and found != clock and 'UNKNOWN' not in [found, clock] -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types(clock, found) -%}
  {%- endif -%}
{% endmacro %}

{#- The nullif() gives the expression the type of updated_at. -#}
{% macro get_dbt_valid_to_current(strategy, columns) %}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }})
  as {{ columns.dbt_valid_to }}
{% endmacro %}

{#- A unique key of several columns stands in dbt_unique_key_1, dbt_unique_key_2, ... -#}
{% macro unique_key_fields(unique_key) -%}
  {%- if unique_key | is_list -%}
    {%- for part in unique_key -%}
      {{ part }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}
    {%- endfor -%}
  {%- else -%}
    {{ unique_key }} as dbt_unique_key
  {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
  {%- if unique_key | is_list -%}
    {%- for part in unique_key -%}
      {{ equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) | trim }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
  {%- else -%}
    {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
  {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is not null
{%- endmacro %}
