{#- The time in UTC, to the second, as dbt-sqlite has it. -#}
{% macro sqlite__current_timestamp() -%}
    datetime()
{%- endmacro %}

{% macro sqlite__current_timestamp_backcompat() -%}
    datetime()
{%- endmacro %}

{% macro sqlite__snapshot_get_time() -%}
    datetime()
{%- endmacro %}

{% macro sqlite__snapshot_string_as_time(timestamp) %}{% do return("'" ~ timestamp ~ "'") %}{% endmacro %}
