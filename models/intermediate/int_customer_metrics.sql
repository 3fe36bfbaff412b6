-- The one place for recency, frequency and monetary value. All else about a customer's worth is derived from it.
with

customers as (

    select customer_id from {{ ref('int_customers') }}

),

orders as (

    select
        customer_id,
        cast(min(order_date) as text) as first_order_date,
        cast(max(order_date) as text) as last_order_date,
        count(*) as frequency,
        {{ money('sum(gross)') }} as gross
    from {{ ref('int_orders') }}
    where customer_id is not null
    group by customer_id

),

refunds as (

    select
        customer_id,
        {{ money('sum(amount)') }} as refunds
    from {{ ref('int_refunds_allocated') }}
    where customer_id is not null
    group by customer_id

),

metrics as (

    select
        customers.customer_id,
        orders.first_order_date,
        orders.last_order_date,
        coalesce(orders.frequency, 0) as frequency,
        coalesce(orders.gross, 0.0) as gross,
        coalesce(refunds.refunds, 0.0) as refunds
    from customers
    left join orders on orders.customer_id = customers.customer_id
    left join refunds on refunds.customer_id = customers.customer_id

)

select
    customer_id,
    first_order_date,
    last_order_date,
    cast(frequency as integer) as frequency,
    {{ money('gross') }} as gross,
    {{ money('refunds') }} as refunds,
    {{ money('gross - refunds') }} as monetary,
    {{ money(safe_divide('gross - refunds', 'frequency')) }} as avg_order_value,
    {{ days_diff('last_order_date', as_of_date()) }} as recency_days,
    {{ days_diff('first_order_date', as_of_date()) }} as tenure_days,
    {{ safe_divide(days_diff('first_order_date', 'last_order_date'), 'frequency - 1') }} as avg_days_between_orders
from metrics
