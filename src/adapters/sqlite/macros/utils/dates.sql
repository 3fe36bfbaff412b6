{#- Dates are texts: 2026-01-31 or 2026-01-31 12:34:56[.ffffff]. The functions keep the shape that they are given. -#}

{#- The part as an SQL expression. dbt-sqlite wanted one; everybody else writes the bare word. -#}
{% macro sqlite__datepart(datepart) %}
  {%- set word = (datepart | string | trim).strip("'\"") | lower -%}
  {%- set known = ['microsecond', 'millisecond', 'second', 'minute', 'hour', 'day', 'week', 'isoweek', 'month', 'quarter', 'year',
                   'decade', 'century', 'millennium'] -%}
  {%- do return("'" ~ word ~ "'" if word in known else datepart | string) -%}
{% endmacro %}

{% macro sqlite__dateadd(datepart, interval, from_date_or_timestamp) -%}
    dateadd({{ sqlite__datepart(datepart) }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{% macro sqlite__datediff(first_date, second_date, datepart) -%}
    datediff({{ sqlite__datepart(datepart) }}, {{ first_date }}, {{ second_date }})
{%- endmacro %}

{% macro sqlite__date_trunc(datepart, date) -%}
    date_trunc({{ sqlite__datepart(datepart) }}, {{ date }})
{%- endmacro %}

{% macro sqlite__last_day(date, datepart) -%}
    last_day({{ date }}, {{ sqlite__datepart(datepart) }})
{%- endmacro %}

{% macro sqlite__date(year, month, day) -%}
    '{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}'
{%- endmacro %}
