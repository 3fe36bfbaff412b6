-- Every day from the first order to the last movement, days without trade included.
with

orders as (

    select order_date, count(*) as orders, sum(gross) as gross
    from {{ ref('int_orders') }}
    group by order_date

),

refunds as (

    select refund_date, sum(amount) as refunds
    from {{ ref('int_refunds_allocated') }}
    group by refund_date

),

bounds as (

    select min(day) as first_day, max(day) as last_day
    from (
        select order_date as day from orders
        union all
        select refund_date from refunds
    ) as days_with_trade

),

days as (

    select
        time.date_day as date,
        cast(coalesce(orders.orders, 0) as integer) as orders,
        {{ money('coalesce(orders.gross, 0)') }} as gross,
        {{ money('coalesce(refunds.refunds, 0)') }} as refunds,
        {{ money('coalesce(orders.gross, 0) - coalesce(refunds.refunds, 0)') }} as net
    from {{ ref('dim_time') }} as time
    inner join bounds on time.date_day between bounds.first_day and bounds.last_day
    left join orders on orders.order_date = time.date_day
    left join refunds on refunds.refund_date = time.date_day

)

select
    date,
    orders,
    gross,
    refunds,
    net,
    {{ money('sum(net) over (order by date rows unbounded preceding)') }} as cumulative,
    {{ money('avg(net) over (order by date rows between 6 preceding and current row)') }} as ma7
from days
order by date
