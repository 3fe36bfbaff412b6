-- ISO weeks: Monday to Sunday, so that no week is cut by the turn of a year.
with

weeks as (

    select
        time.year_week,
        time.week_start,
        cast(sum(daily.orders) as integer) as orders,
        {{ money('sum(daily.gross)') }} as gross,
        {{ money('sum(daily.refunds)') }} as refunds,
        {{ money('sum(daily.net)') }} as net
    from {{ ref('fact_daily_revenue') }} as daily
    inner join {{ ref('dim_time') }} as time on time.date_day = daily.date
    group by time.year_week, time.week_start

)

select
    year_week,
    week_start,
    orders,
    gross,
    refunds,
    net,
    {{ mom_growth('net', 'week_start') }} as wow_pct,
    cast({{ add_days('week_start', 6) }} < {{ as_of_date() }} as integer) as is_complete
from weeks
order by week_start
