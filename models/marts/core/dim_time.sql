-- Whole calendar years around the trade, without a gap.
with

bounds as (

    select
        substr(min(order_date), 1, 4) || '-01-01' as first_day,
        substr({{ as_of_date() }}, 1, 4) || '-12-31' as last_day
    from {{ ref('int_orders') }}

),

days as (

    {{ date_spine('(select first_day from bounds)', '(select last_day from bounds)') | indent(4) }}

),

parts as (

    select
        cast(date_day as text) as date_day,
        {{ date_part('year', 'date_day') }} as year,
        {{ date_part('month', 'date_day') }} as month,
        {{ date_part('day', 'date_day') }} as day,
        {{ date_part('isoyear', 'date_day') }} as week_year,
        cast({{ date_part('isoweek', 'date_day') }} as integer) as week,
        {{ week_start('date_day') }} as week_start,
        cast({{ date_part('isodow', 'date_day') }} as integer) as weekday
    from days

)

select
    cast(replace(date_day, '-', '') as integer) as date_key,
    date_day,
    year,
    cast((month + 2) / 3 as integer) as quarter,
    month,
    {{ month_of('date_day') }} as year_month,
    cast(case month
        {%- for name in ['January', 'February', 'March', 'April', 'May', 'June',
                         'July', 'August', 'September', 'October', 'November', 'December'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end as text) as month_name,
    cast(week_year || '-W' || substr('0' || week, -2) as text) as year_week,
    week,
    cast(week_start as text) as week_start,
    day,
    weekday,
    cast(case weekday
        {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end as text) as weekday_name,
    cast(weekday >= 6 as integer) as is_weekend
from parts
