-- How many customers were Active, Dormant or Churned at the end of each month: the bands of int_customer_activity, counted
-- to the first day of the next month, or to as_of_date where that comes first.
with

months as (

    select
        month,
        {{ least(add_days(last_day_of_month("month || '-01'"), 1), as_of_date()) }} as counted_to
    from {{ ref('fact_monthly_summary') }}

),

buyers as (

    select customer_id, {{ month_of('first_order_date') }} as first_month
    from {{ ref('int_customer_metrics') }}
    where frequency > 0

),

last_orders as (

    select customer_id, order_month, max(order_date) as last_order_date
    from {{ ref('int_orders') }}
    where customer_id is not null
    group by customer_id, order_month

),

-- Every buyer in every month since the first order, with the last order up to then.
states as (

    select
        months.month,
        months.counted_to,
        max(last_orders.last_order_date) over (
            partition by buyers.customer_id order by months.month
        ) as last_order_date
    from buyers
    inner join months on months.month >= buyers.first_month
    left join last_orders
        on last_orders.customer_id = buyers.customer_id
        and last_orders.order_month = months.month

),

recencies as (

    select month, {{ days_diff('last_order_date', 'counted_to') }} as recency_days
    from states

),

counted as (

    select recencies.month, bands.activity_status, count(*) as customers
    from recencies
    inner join {{ ref('recency_bands') }} as bands
        on recencies.recency_days >= bands.min_days
        and recencies.recency_days <= coalesce(bands.max_days, recencies.recency_days)
    group by recencies.month, bands.activity_status

)

select
    month,
    activity_status,
    cast(customers as integer) as customers,
    {{ safe_divide('customers', 'sum(customers) over (partition by month)') }} as share
from counted
order by month, activity_status
