{#-
    Days from `start` to `finish`: negative when reversed, NULL when either is NULL; times of day do not count.
-#}
{% macro days_diff(start, finish) -%}
    {{ return(adapter.dispatch('days_diff')(start, finish)) }}
{%- endmacro %}

{% macro default__days_diff(start, finish) -%}
    {{ dbt.datediff(start, finish, 'day') }}
{%- endmacro %}

{% macro sqlite__days_diff(start, finish) -%}
    cast(julianday(date({{ finish }})) - julianday(date({{ start }})) as integer)
{%- endmacro %}

{#- A date moved by a number of days. -#}
{% macro add_days(expression, days) -%}
    {{ return(adapter.dispatch('add_days')(expression, days)) }}
{%- endmacro %}

{% macro default__add_days(expression, days) -%}
    {{ dbt.dateadd('day', days, expression) }}
{%- endmacro %}

{% macro sqlite__add_days(expression, days) -%}
    date({{ expression }}, '{{ days }} days')
{%- endmacro %}

{#- The month of a date as 'YYYY-MM'. Dates are text in ISO form on every engine here. -#}
{% macro month_of(expression) -%}
    cast(substr({{ expression }}, 1, 7) as {{ dbt.type_string() }})
{%- endmacro %}

{#- The hour of day of 'YYYY-MM-DD HH:MM:SS', NULL where there is no time. -#}
{% macro hour_of(expression) -%}
    cast(nullif(substr({{ expression }}, 12, 2), '') as integer)
{%- endmacro %}

{#- The part of the day that a moment falls into: night, morning, afternoon, evening, or unknown without a time. -#}
{% macro hour_band(expression) -%}
    {%- set hour = hour_of(expression) -%}
    cast(case
        when {{ hour }} is null then 'unknown'
        when {{ hour }} < 6 then 'night'
        when {{ hour }} < 12 then 'morning'
        when {{ hour }} < 18 then 'afternoon'
        else 'evening'
    end as {{ dbt.type_string() }})
{%- endmacro %}

{#- Seconds from one moment to another. -#}
{% macro seconds_between(start, finish) -%}
    {{ return(adapter.dispatch('seconds_between')(start, finish)) }}
{%- endmacro %}

{% macro default__seconds_between(start, finish) -%}
    {{ dbt.datediff(start, finish, 'second') }}
{%- endmacro %}

{% macro sqlite__seconds_between(start, finish) -%}
    cast(strftime('%s', {{ finish }}) - strftime('%s', {{ start }}) as integer)
{%- endmacro %}

{#- The Monday of the week of a date. -#}
{% macro week_start(expression) -%}
    {{ return(adapter.dispatch('week_start')(expression)) }}
{%- endmacro %}

{% macro default__week_start(expression) -%}
    {{ dbt.date_trunc('week', expression) }}
{%- endmacro %}

{% macro sqlite__week_start(expression) -%}
    date({{ expression }}, '-6 days', 'weekday 1')
{%- endmacro %}

{#- The last day of the month of a date. -#}
{% macro last_day_of_month(expression) -%}
    {{ return(adapter.dispatch('last_day_of_month')(expression)) }}
{%- endmacro %}

{% macro default__last_day_of_month(expression) -%}
    {{ dbt.last_day(expression, 'month') }}
{%- endmacro %}

{% macro sqlite__last_day_of_month(expression) -%}
    date({{ expression }}, 'start of month', '+1 month', '-1 day')
{%- endmacro %}

{#- Whole months from one 'YYYY-MM' to another. -#}
{% macro months_between(first, last) -%}
    (cast(substr({{ last }}, 1, 4) as integer) - cast(substr({{ first }}, 1, 4) as integer)) * 12
        + cast(substr({{ last }}, 6, 2) as integer) - cast(substr({{ first }}, 6, 2) as integer)
{%- endmacro %}

{#-
    The date 'YYYY-MM-DD' in a text that starts with one of
        2025-02-28    2025-02-28 10:00:00    2025-02-28T10:00:00Z
    or with digits between slashes, whose order the source declares: `day_first` 28/02/2025, else 2/28/2025 10:00.
    NULL for anything else and for days that no calendar has, such as 31/02/2025.
-#}
{% macro to_date(expression, day_first=false) -%}
    {{ return(adapter.dispatch('to_date')(expression, day_first)) }}
{%- endmacro %}

{% macro default__to_date(expression, day_first) -%}
    {{ exceptions.raise_compiler_error(
        "to_date has no implementation for " ~ target.type ~ ": define " ~ target.type ~ "__to_date(expression, day_first)"
    ) }}
{%- endmacro %}

{% macro sqlite__to_date(expression, day_first) -%}
    {%- set text = "trim(" ~ expression ~ ")" -%}
    {%- set after_slash = "substr(" ~ text ~ ", instr(" ~ text ~ ", '/') + 1)" -%}
    {%- set first_part = "substr(" ~ text ~ ", 1, instr(" ~ text ~ ", '/') - 1)" -%}
    {%- set second_part = "substr(" ~ after_slash ~ ", 1, instr(" ~ after_slash ~ ", '/') - 1)" -%}
    {%- set year = "substr(" ~ after_slash ~ ", instr(" ~ after_slash ~ ", '/') + 1, 4)" -%}
    {%- set month, day = (second_part, first_part) if day_first else (first_part, second_part) -%}
    {%- set slashed = "printf('%04d-%02d-%02d', " ~ year ~ ", " ~ month ~ ", " ~ day ~ ")" -%}
    cast(
        case
            -- Moved by no day, 2025-02-31 becomes 2025-03-03: a date that changes so was none.
            when {{ text }} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'
            then case when date(substr({{ text }}, 1, 10), '0 days') = substr({{ text }}, 1, 10) then substr({{ text }}, 1, 10) end
            when {{ text }} glob '[0-9]*/[0-9]*/[0-9][0-9][0-9][0-9]*'
            then case when date({{ slashed }}, '0 days') = {{ slashed }} then {{ slashed }} end
        end
    as text)
{%- endmacro %}

{#-
    The moment 'YYYY-MM-DD HH:MM:SS' in a text that to_date reads: its day, and its time of day where it has one that a
    clock shows; a text without seconds has 0 of them. NULL without a time, so that nobody takes midnight for one.
-#}
{% macro to_timestamp(expression, day_first=false) -%}
    {{ return(adapter.dispatch('to_timestamp')(expression, day_first)) }}
{%- endmacro %}

{% macro default__to_timestamp(expression, day_first) -%}
    {{ exceptions.raise_compiler_error(
        "to_timestamp has no implementation for " ~ target.type ~ ": define " ~ target.type
        ~ "__to_timestamp(expression, day_first)"
    ) }}
{%- endmacro %}

{% macro sqlite__to_timestamp(expression, day_first) -%}
    {%- set text = "replace(rtrim(trim(" ~ expression ~ "), 'Z'), 'T', ' ')" -%}
    {%- set clock = "substr(" ~ text ~ ", nullif(instr(" ~ text ~ ", ' '), 0) + 1)" -%}
    cast(
        {{ to_date(expression, day_first) }} || ' '
        || time(case when {{ clock }} like '_:%' then '0' || {{ clock }} else {{ clock }} end)
    as text)
{%- endmacro %}

{#- A query with one row, `date_day`, for each day from `first` to `last`, both scalar expressions. -#}
{% macro date_spine(first, last) -%}
    with recursive days (date_day, last_day) as (
        select {{ first }}, {{ last }}
        union all
        select {{ add_days('date_day', 1) }}, last_day
        from days
        where date_day < last_day
    )

    select date_day from days where date_day is not null
{%- endmacro %}

{#-
    A part of a date as an integer: year, month, day, isodow (1 is Monday, 7 is Sunday), isoyear and isoweek (week 1 is the
    one with the year's first Thursday).
-#}
{% macro date_part(part, expression) -%}
    {{ return(adapter.dispatch('date_part')(part, expression)) }}
{%- endmacro %}

{% macro default__date_part(part, expression) -%}
    cast(extract({{ 'week' if part == 'isoweek' else part }} from cast({{ expression }} as date)) as integer)
{%- endmacro %}

{% macro sqlite__date_part(part, expression) -%}
    {%- if part == 'isodow' -%}
        (cast(strftime('%w', {{ expression }}) as integer) + 6) % 7 + 1
    {%- elif part in ['isoyear', 'isoweek'] -%}
        {%- set thursday = "date(" ~ expression ~ ", '-3 days', 'weekday 4')" -%}
        {{ date_part('year', thursday) if part == 'isoyear' else "(cast(strftime('%j', " ~ thursday ~ ") as integer) + 6) / 7" }}
    {%- else -%}
        cast(strftime('{{ {'year': '%Y', 'month': '%m', 'day': '%d'}[part] }}', {{ expression }}) as integer)
    {%- endif -%}
{%- endmacro %}
