{{ config(materialized='table') }}

with

typed as (

    select
        {{ clean_code('order_id') }} as order_id,
        {{ clean_code('customer_id') }} as customer_id,
        {{ clean_code('product_id') }} as product_id,
        {{ safe_number('amount') }} as amount,
        {{ clean_code('currency') }} as currency,
        {{ clean_status('order_status') }} as order_status,
        {{ to_date('order_date', day_first=true) }} as order_date,
        {{ clean_status('subscription_status') }} as subscription_status
    from {{ source('raw', 'orders') }}

),

latest_first as (

    select
        *,
        row_number() over (
            partition by order_id
            order by order_date desc, order_status, amount, currency, customer_id, product_id
        ) as version_number,
        cast(count(*) over (partition by order_id) as integer) as source_rows
    from typed

)

select
    order_id,
    customer_id,
    product_id,
    amount,
    currency,
    order_status,
    order_date,
    subscription_status,
    source_rows
from latest_first
where version_number = 1
