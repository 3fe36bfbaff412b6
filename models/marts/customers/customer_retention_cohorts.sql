-- Of the customers whose first order fell in a month, how many bought again so many months later.
with

active_months as (

    select distinct customer_id, order_month
    from {{ ref('int_orders') }}
    where customer_id is not null

),

cohorts as (

    select customer_id, min(order_month) as cohort
    from active_months
    group by customer_id

),

activity as (

    select
        cohorts.cohort,
        {{ months_between('cohorts.cohort', 'active_months.order_month') }} as month_number,
        count(*) as active_customers
    from active_months
    inner join cohorts on cohorts.customer_id = active_months.customer_id
    group by 1, 2

)

select
    cohort,
    month_number,
    active_customers,
    first_value(active_customers) over (partition by cohort order by month_number) as cohort_size,
    {{ safe_divide('active_customers', 'first_value(active_customers) over (partition by cohort order by month_number)') }} as retention_rate
from activity
