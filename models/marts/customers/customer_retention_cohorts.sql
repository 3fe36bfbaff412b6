-- Of the customers whose first order fell in a month, how many bought again so many months later, and what they brought.
with

active_months as (

    select customer_id, order_month, count(*) as orders, sum(gross) as gross
    from {{ ref('int_orders') }}
    where customer_id is not null
    group by customer_id, order_month

),

cohorts as (

    select customer_id, cast(min(order_month) as text) as cohort
    from active_months
    group by customer_id

),

activity as (

    select
        cohorts.cohort,
        cast({{ months_between('cohorts.cohort', 'active_months.order_month') }} as integer) as month_number,
        cast(count(*) as integer) as active_customers,
        cast(sum(active_months.orders) as integer) as orders,
        {{ money('sum(active_months.gross)') }} as gross
    from active_months
    inner join cohorts on cohorts.customer_id = active_months.customer_id
    group by 1, 2

),

sized as (

    select
        *,
        cast(first_value(active_customers) over (partition by cohort order by month_number) as integer) as cohort_size
    from activity

)

select
    cohort,
    month_number,
    active_customers,
    cohort_size,
    {{ safe_divide('active_customers', 'cohort_size') }} as retention_rate,
    orders,
    gross,
    {%- set gross_so_far = 'sum(gross) over (partition by cohort order by month_number)' %}
    {{ money(safe_divide(gross_so_far, 'cohort_size')) }} as cum_gross_per_customer
from sized
order by cohort, month_number
