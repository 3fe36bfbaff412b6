-- Every month has its seven weekdays, also those on which nothing is ever sold.
with

months as (

    select distinct {{ month_of('date') }} as month from {{ ref('fact_daily_revenue') }}

),

weekdays as (

    select distinct weekday, weekday_name from {{ ref('dim_time') }}

),

revenue as (

    select
        time.year_month as month,
        time.weekday,
        sum(daily.orders) as orders,
        sum(daily.net) as net
    from {{ ref('fact_daily_revenue') }} as daily
    inner join {{ ref('dim_time') }} as time on time.date_day = daily.date
    group by time.year_month, time.weekday

)

select
    months.month,
    weekdays.weekday,
    weekdays.weekday_name,
    cast(coalesce(revenue.orders, 0) as integer) as orders,
    {{ money('coalesce(revenue.net, 0)') }} as net
from months
cross join weekdays
left join revenue on revenue.month = months.month and revenue.weekday = weekdays.weekday
order by months.month, weekdays.weekday
