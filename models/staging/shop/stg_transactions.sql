{{ config(materialized='table') }}

with

typed as (

    select
        {{ clean_code('transaction_id') }} as transaction_id,
        {{ clean_code('customer_id') }} as customer_id,
        {{ clean_code('product_id') }} as product_id,
        cast({{ safe_number('quantity') }} as integer) as quantity,
        {{ safe_number('price') }} as unit_price,
        {{ to_date('transaction_date') }} as transaction_date,
        {{ to_timestamp('transaction_date') }} as transaction_at,
        {{ clean_word('payment_method') }} as payment_method
    from {{ source('raw', 'transactions') }}

),

one_per_line as (

    select
        *,
        row_number() over (
            partition by transaction_id, product_id
            order by transaction_date desc, quantity desc, unit_price, customer_id
        ) as version_number,
        cast(count(*) over (partition by transaction_id, product_id) as integer) as source_rows
    from typed

)

select
    cast(transaction_id || '-' || coalesce(product_id, '') as text) as transaction_line_id,
    transaction_id,
    customer_id,
    product_id,
    quantity,
    unit_price,
    transaction_date,
    transaction_at,
    payment_method,
    source_rows
from one_per_line
where version_number = 1
