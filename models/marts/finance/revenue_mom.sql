-- Guests are in the revenue, and not among the customers. Months without trade are rows of zeros.
with

months as (

    select
        {{ month_of('date') }} as month,
        {{ money('sum(gross)') }} as gross,
        {{ money('sum(refunds)') }} as refunds,
        {{ money('sum(net)') }} as net,
        cast(sum(orders) as integer) as orders
    from {{ ref('fact_daily_revenue') }}
    group by 1

),

customers as (

    select order_month, count(distinct customer_id) as customers
    from {{ ref('int_orders') }}
    group by order_month

)

select
    months.month,
    months.gross,
    months.refunds,
    months.net,
    months.orders,
    cast(coalesce(customers.customers, 0) as integer) as customers,
    {{ mom_growth('months.net', 'months.month') }} as mom_pct,
    {{ money(safe_divide('months.net', 'months.orders')) }} as avg_order_value
from months
left join customers on customers.order_month = months.month
order by months.month
