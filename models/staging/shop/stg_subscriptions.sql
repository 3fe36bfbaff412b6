with

typed as (

    select
        {{ clean_code('event_id') }} as event_id,
        {{ clean_code('customer_id') }} as customer_id,
        {{ clean_code('product_id') }} as product_id,
        {{ clean_text("json_extract(plan, '$.name')") }} as plan,
        {{ cents_to_amount("json_extract(plan, '$.price_cents')") }} as monthly_price,
        {{ clean_status('status') }} as status,
        {{ to_date('changed_at') }} as changed_date,
        {{ to_timestamp('changed_at') }} as changed_at
    from {{ source('raw', 'subscriptions') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by event_id order by changed_at desc, status, customer_id) as version_number,
        cast(count(*) over (partition by event_id) as integer) as source_rows
    from typed

)

select
    event_id,
    customer_id,
    product_id,
    plan,
    monthly_price,
    status,
    changed_date,
    changed_at,
    source_rows
from latest_first
where version_number = 1
