{{ config(materialized='table') }}

-- The store gives its events no key: rows equal in everything are one, and their content is the key.
with

typed as (

    select
        cast(event_time as text) as event_at,
        {{ clean_word('event_type') }} as event_type,
        -- The store numbers the products of the catalogue: 17 there is P0017 here.
        cast(printf('P%04d', product_id) as text) as product_id,
        cast(category_id as bigint) as category_id,
        cast(coalesce({{ clean_word('category_code') }}, 'unknown') as text) as category_code,
        cast(coalesce({{ clean_word('brand') }}, 'unknown') as text) as brand,
        cast(price as real) as price,
        cast(user_id as bigint) as store_user_id,
        {{ clean_word('user_session') }} as session_id
    from {{ source('raw', 'store_events') }}

)

select
    {{ surrogate_key([
        'event_at', 'event_type', 'product_id', 'category_id', 'category_code', 'brand', 'price', 'store_user_id', 'session_id',
    ]) }} as event_id,
    event_at,
    cast(substr(event_at, 1, 10) as text) as event_date,
    event_type,
    product_id,
    category_id,
    category_code,
    brand,
    price,
    store_user_id,
    session_id,
    cast(count(*) as integer) as source_rows
from typed
group by event_at, event_type, product_id, category_id, category_code, brand, price, store_user_id, session_id
