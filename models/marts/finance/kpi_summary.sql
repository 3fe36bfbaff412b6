-- The key figures in one row.
with

revenue as (

    select sum(net) as lifetime_revenue, sum(orders) as orders
    from {{ ref('fact_daily_revenue') }}

),

customers as (

    select
        count(*) as total_customers,
        count(*) filter (where frequency > 1) as repeat_customers,
        avg(monetary) as average_customer_ltv
    from {{ ref('customer_360') }}
    where frequency > 0

)

select
    {{ money('revenue.lifetime_revenue') }} as lifetime_revenue,
    cast(revenue.orders as integer) as orders,
    {{ money(safe_divide('revenue.lifetime_revenue', 'revenue.orders')) }} as average_order_value,
    {{ money('customers.average_customer_ltv') }} as average_customer_ltv,
    cast(customers.total_customers as integer) as total_customers,
    cast(customers.repeat_customers as integer) as repeat_customers,
    {{ safe_divide('customers.repeat_customers', 'customers.total_customers') }} as repeat_rate
from revenue
cross join customers
