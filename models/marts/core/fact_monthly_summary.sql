-- One row for each month from the first movement to the last, months without trade included.
with

months as (

    select
        {{ month_of('date') }} as month,
        max(date) as last_day,
        {{ money('sum(gross)') }} as gross,
        {{ money('sum(refunds)') }} as refunds,
        {{ money('sum(net)') }} as net,
        cast(sum(orders) as integer) as orders
    from {{ ref('fact_daily_revenue') }}
    group by 1

),

buyers as (

    select
        orders.order_month,
        count(distinct orders.customer_id) as customers,
        count(distinct case
            when orders.order_month = {{ month_of('metrics.first_order_date') }} then orders.customer_id
        end) as new_customers
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_customer_metrics') }} as metrics on metrics.customer_id = orders.customer_id
    group by orders.order_month

),

users as (

    select month, count(*) as mau
    from {{ ref('int_user_months') }}
    group by month

)

select
    months.month,
    months.orders,
    cast(coalesce(buyers.customers, 0) as integer) as customers,
    cast(coalesce(buyers.new_customers, 0) as integer) as new_customers,
    cast(coalesce(buyers.customers - buyers.new_customers, 0) as integer) as repeat_customers,
    months.gross,
    months.refunds,
    months.net,
    {{ money(safe_divide('months.net', 'months.orders')) }} as avg_order_value,
    cast(coalesce(users.mau, 0) as integer) as mau,
    {{ mom_growth('months.net', 'months.month') }} as mom_pct,
    cast({{ last_day_of_month('months.last_day') }} < {{ as_of_date() }} as integer) as is_complete
from months
left join buyers on buyers.order_month = months.month
left join users on users.month = months.month
order by months.month
