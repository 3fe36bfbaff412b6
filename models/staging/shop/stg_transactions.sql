with

typed as (

    select
        upper(trim(transaction_id)) as transaction_id,
        upper({{ clean_text('customer_id') }}) as customer_id,
        upper({{ clean_text('product_id') }}) as product_id,
        cast({{ safe_number('quantity') }} as integer) as quantity,
        {{ safe_number('price') }} as unit_price,
        {{ to_date('transaction_date') }} as transaction_date,
        lower({{ clean_text('payment_method') }}) as payment_method
    from {{ ref('raw_transactions') }}

),

one_per_line as (

    select
        *,
        row_number() over (
            partition by transaction_id, product_id
            order by transaction_date desc, quantity desc, unit_price, customer_id
        ) as version_number,
        count(*) over (partition by transaction_id, product_id) as source_rows
    from typed

)

select
    transaction_id || '-' || coalesce(product_id, '') as transaction_line_id,
    transaction_id,
    customer_id,
    product_id,
    quantity,
    unit_price,
    transaction_date,
    payment_method,
    source_rows
from one_per_line
where version_number = 1
