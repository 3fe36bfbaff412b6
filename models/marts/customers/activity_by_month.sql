-- How many customers were Active, Dormant or Churned at the end of each month: the bands of int_customer_activity, counted
-- to the first day of the next month, or to as_of_date where that comes first.
with

months as (

    select
        month,
        {{ least(add_days(last_day_of_month("month || '-01'"), 1), as_of_date()) }} as counted_to
    from {{ ref('fact_monthly_summary') }}

),

last_orders as (

    select
        order_month,
        max(order_date) as last_order_date,
        lead(order_month) over (partition by customer_id order by order_month) as next_order_month
    from {{ ref('int_orders') }}
    where customer_id is not null
    group by customer_id, order_month

),

-- Grouped before they meet the months: many customers have their last order on the same day.
spells as (

    select order_month, next_order_month, last_order_date, count(*) as customers
    from last_orders
    group by order_month, next_order_month, last_order_date

),

-- From the month of an order up to the month of the next one, that order is the last.
recencies as (

    select
        months.month,
        spells.customers,
        {{ days_diff('spells.last_order_date', 'months.counted_to') }} as recency_days
    from spells
    inner join months
        on months.month >= spells.order_month
        and (spells.next_order_month is null or months.month < spells.next_order_month)

),

counted as (

    select recencies.month, bands.activity_status, sum(recencies.customers) as customers
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
