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

{#- Two snapshots at once must not both see a row as changed. -#}
{% macro sqlite__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- do sqlite__begin() -%}
  {{ default__snapshot_staging_table(strategy, source_sql, target_relation) }}
{%- endmacro %}

{% macro sqlite__post_snapshot(staging_relation) %}{% do adapter.drop_relation(staging_relation) %}{% endmacro %}
