-- How long it takes until a customer comes back: of those with a first order, how many had a second within so many days.
with

orders as (

    select
        customer_id,
        order_date,
        row_number() over (partition by customer_id order by order_date, order_id) as order_number
    from {{ ref('int_orders') }}
    where customer_id is not null

),

gaps as (

    select
        first_orders.customer_id,
        {{ days_diff('first_orders.order_date', 'second_orders.order_date') }} as days_to_second
    from orders as first_orders
    left join orders as second_orders
        on second_orders.customer_id = first_orders.customer_id
        and second_orders.order_number = 2
    where first_orders.order_number = 1

)

select
    horizons.days,
    count(*) filter (where gaps.days_to_second <= horizons.days) as customers,
    {{ safe_divide('count(*) filter (where gaps.days_to_second <= horizons.days)', 'count(*)') }} as share
from gaps
cross join (select 7 as days union all select 30 union all select 90 union all select 180 union all select 365) as horizons
group by horizons.days
order by horizons.days
