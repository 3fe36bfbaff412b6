{#- The time in UTC, to the second, as dbt-sqlite has it. -#}
{% macro sqlite__current_timestamp() -%}
    datetime()
{%- endmacro %}

{% macro sqlite__current_timestamp_backcompat() -%}
    datetime()
{%- endmacro %}

{#- To the millisecond: two snapshots within one second must not give the same version id to two versions of a row. -#}
{% macro sqlite__snapshot_get_time() -%}
    strftime('%Y-%m-%d %H:%M:%f', 'now')
{%- endmacro %}

{% macro sqlite__snapshot_string_as_time(timestamp) %}{% do return("'" ~ timestamp ~ "'") %}{% endmacro %}
