with

typed as (

    select
        {{ clean_code('refund_id') }} as refund_id,
        {{ clean_code('order_id') }} as order_id,
        {{ clean_code('customer_id') }} as customer_id,
        {{ safe_number('refund_amount') }} as refund_amount,
        {{ to_date('refund_date') }} as refund_date,
        {{ clean_word('reason') }} as reason
    from {{ source('raw', 'refunds') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by refund_id order by refund_date desc, refund_amount, order_id) as version_number,
        cast(count(*) over (partition by refund_id) as integer) as source_rows
    from typed

)

select
    refund_id,
    order_id,
    customer_id,
    refund_amount,
    refund_date,
    reason,
    source_rows
from latest_first
where version_number = 1
