with

typed as (

    select
        upper(trim(order_id)) as order_id,
        upper({{ clean_text('customer_id') }}) as customer_id,
        upper({{ clean_text('product_id') }}) as product_id,
        {{ safe_number('amount') }} as amount,
        upper({{ clean_text('currency') }}) as currency,
        replace(lower({{ clean_text('order_status') }}), 'canceled', 'cancelled') as order_status,
        {{ to_date('order_date', day_first=true) }} as order_date,
        replace(lower({{ clean_text('subscription_status') }}), 'canceled', 'cancelled') as subscription_status
    from {{ ref('raw_orders') }}

),

latest_first as (

    select
        *,
        row_number() over (
            partition by order_id
            order by order_date desc, order_status, amount, currency, customer_id, product_id
        ) as version_number,
        count(*) over (partition by order_id) as source_rows
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
