{#- The two halves of a merge: close what has changed, then insert. -#}
{% macro sqlite__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set valid_to = 'DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to -%}
    {%- set names = insert_cols | join(', ') %}
    update {{ target }} as DBT_INTERNAL_DEST
    set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}
      and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
      and ({{ valid_to }} is null{{ ' or ' ~ valid_to ~ ' = ' ~ current if current }});

    insert into {{ target }} ({{ names }})
    select {{ names }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
{%- endmacro %}

{#- Where there is no history yet, another run may be making it: this one waits for it, and goes on from there. -#}
{% macro sqlite__get_or_create_relation(database, schema, identifier, type) %}
  {%- set known = default__get_or_create_relation(database, schema, identifier, type) -%}
  {%- if known[0] or not execute or model.resource_type != 'snapshot' -%}
    {%- do return(known) -%}
  {%- endif -%}
  {%- do sqlite__begin() -%}
  {%- set found = run_query("select type from " ~ schema ~ ".sqlite_master where type in ('table', 'view') and lower(name) = lower('"
                            ~ escape_single_quotes(identifier) ~ "')") -%}
  {%- if not found.rows -%}
    {%- do return(known) -%}
  {%- endif -%}
  {%- set made = known[1].incorporate(type=found.rows[0][0]) -%}
  {%- do adapter.cache_added(made) -%}
  {%- do return([true, made]) -%}
{% endmacro %}

{#- Two snapshots at once must not both see a row as changed. -#}
{% macro sqlite__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- do sqlite__begin() -%}
  {{ default__snapshot_staging_table(strategy, source_sql, target_relation) }}
{%- endmacro %}

{% macro sqlite__post_snapshot(staging_relation) %}{% do adapter.drop_relation(staging_relation) %}{% endmacro %}
