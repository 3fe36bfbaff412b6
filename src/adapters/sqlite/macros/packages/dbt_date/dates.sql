{#- dbt_date on SQLite's texts of dates: weeks begin on Sunday, ISO weeks on Monday, as on Postgres. -#}

{% macro sqlite__dbt_date__week_start(date) -%}
    cast({{ dbt.dateadd('day', -1, dbt.date_trunc('week', dbt.dateadd('day', 1, date))) }} as date)
{%- endmacro %}

{% macro sqlite__dbt_date__week_end(date) -%}
    {{ dbt_date.n_days_away(6, dbt_date.week_start(date)) }}
{%- endmacro %}

{% macro sqlite__dbt_date__iso_week_end(date) -%}
    {{ dbt_date.n_days_away(6, dbt_date.iso_week_start(date)) }}
{%- endmacro %}

{% macro sqlite__dbt_date__week_of_year(date) -%}
    cast(to_char({{ date }}, 'WW') as int)
{%- endmacro %}

{% macro sqlite__dbt_date__iso_week_of_year(date) -%}
    date_part('week', {{ date }})
{%- endmacro %}

{% macro sqlite__dbt_date__day_name(date, short) -%}
    to_char({{ date }}, '{{ 'FMDy' if short else 'FMDay' }}')
{%- endmacro %}

{% macro sqlite__dbt_date__month_name(date, short) -%}
    to_char({{ date }}, '{{ 'FMMon' if short else 'FMMonth' }}')
{%- endmacro %}

{% macro sqlite__dbt_date__from_unixtimestamp(epochs, format='seconds') -%}
    {%- set scale = {'seconds': 1, 'milliseconds': 1000, 'microseconds': 1000000, 'nanoseconds': 1000000000}[format] -%}
    {%- if not scale -%}
        {%- do exceptions.raise_compiler_error('value ' ~ format ~ ' for `format` for from_unixtimestamp is not supported.') -%}
    {%- endif -%}
    datetime({{ epochs }}{% if scale > 1 %} / {{ scale }}{% endif %}, 'unixepoch')
{%- endmacro %}
