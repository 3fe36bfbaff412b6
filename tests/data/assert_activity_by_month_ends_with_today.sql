-- The last month of activity_by_month says what customer_360 says.
with

by_month as (

    select activity_status, customers
    from {{ ref('activity_by_month') }}
    where month = (select max(month) from {{ ref('activity_by_month') }})

),

today as (

    select activity_status, count(*) as customers
    from {{ ref('customer_360') }}
    where frequency > 0
    group by activity_status

)

select today.activity_status, today.customers as customers_today, by_month.customers as customers_by_month
from today
left join by_month on by_month.activity_status = today.activity_status
where by_month.customers is null or by_month.customers <> today.customers
