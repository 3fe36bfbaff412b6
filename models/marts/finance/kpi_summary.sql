-- One figure a row, so that a dashboard needs one query for its tiles.
with

revenue as (

    select sum(net) as lifetime_revenue, sum(orders) as orders
    from {{ ref('fact_daily_revenue') }}

),

customers as (

    select
        count(*) as total_customers,
        count(*) filter (where frequency > 1) as repeat_customers,
        avg(monetary) as average_ltv
    from {{ ref('customer_360') }}
    where frequency > 0

),

kpis (kpi, value, format) as (

    select 'Lifetime Revenue', {{ money('lifetime_revenue') }}, 'money' from revenue
    union all
    select 'Orders', orders, 'count' from revenue
    union all
    select 'Average Order Value', {{ money(safe_divide('lifetime_revenue', 'orders')) }}, 'money' from revenue
    union all
    select 'Average Customer LTV', {{ money('average_ltv') }}, 'money' from customers
    union all
    select 'Total Customers', total_customers, 'count' from customers
    union all
    select 'Repeat Customers', repeat_customers, 'count' from customers

)

select cast(kpi as text) as kpi, cast(value as real) as value, cast(format as text) as format
from kpis
