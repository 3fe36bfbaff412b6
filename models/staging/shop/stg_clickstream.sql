{{ config(materialized='table') }}

-- A table, as more than a dozen models and tests read it and cleaning it costs more than that.
with

typed as (

    select
        {{ clean_code('event_id') }} as event_id,
        {{ clean_word('event_type') }} as event_type,
        {{ clean_code('order_id') }} as order_id,
        {{ clean_code('product_id') }} as product_id,
        {{ clean_code('session_id') }} as session_id,
        {{ to_timestamp('timestamp') }} as event_at,
        {{ clean_code('user_id') }} as user_id,
        {{ clean_word("json_extract(device, '$.os')") }} as device_os
    from {{ source('raw', 'clickstream') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by event_id order by event_at desc, event_type, user_id) as version_number,
        cast(count(*) over (partition by event_id) as integer) as source_rows
    from typed

)

select
    event_id,
    event_type,
    order_id,
    product_id,
    session_id,
    event_at,
    cast(substr(event_at, 1, 10) as text) as event_date,
    user_id,
    device_os,
    source_rows
from latest_first
where version_number = 1
