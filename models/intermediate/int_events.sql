{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='event_key',
    on_schema_change='append_new_columns',
) }}

-- Every event of a visitor, with the words of the web shop and by the name that the source has for the visitor: who that is
-- may change, and int_sessions says it. An incremental run takes the latest days again, and each day to which events came.
with

{% if dataset() == 'uci' %}

-- The retailer sends no events.
events as (

    {{ no_rows({
        'source_system': 'text', 'event_id': 'text', 'event_at': 'text', 'event_type': 'text', 'visitor_id': 'text',
        'session_id': 'text', 'product_id': 'text', 'order_id': 'text',
    }) | indent(4) }}

)

{% else %}

-- Not materialized: an incremental run counts them first, and to read them again costs less than to keep them.
web_events as not materialized (

    select
        'clickstream' as source_system,
        event_id,
        event_at,
        event_type,
        user_id as visitor_id,
        session_id,
        product_id,
        order_id
    from {{ ref('stg_clickstream') }}

),

store_events as not materialized (

    select
        'store_events' as source_system,
        event_id,
        event_at,
        case event_type when 'view' then 'page_view' when 'cart' then 'add_to_cart' else event_type end as event_type,
        cast(store_user_id as text) as visitor_id,
        session_id,
        product_id,
        case when event_type = 'purchase' then session_id end as order_id
    from {{ ref('stg_store_events') }}

),

events as not materialized (

    select * from web_events
    union all
    select * from store_events

)

{% endif %},

dated as not materialized (

    select
        *,
        cast(substr(event_at, 1, 10) as text) as event_date
    from events
    where event_at is not null and event_at < {{ add_days(as_of_date(), 1) }}

)

select
    {{ surrogate_key(['source_system', 'event_id']) }} as event_key,
    cast(source_system as text) as source_system,
    cast(event_at as text) as event_at,
    event_date,
    {{ month_of('event_at') }} as event_month,
    cast(event_type as text) as event_type,
    cast(visitor_id as text) as visitor_id,
    cast(session_id as text) as session_id,
    cast(product_id as text) as product_id,
    cast(order_id as text) as order_id
from dated
{%- if is_incremental() %}
where
    event_date >= (select coalesce({{ add_days('max(event_date)', -var('lookback_days')) }}, '') from {{ this }})
    or event_date in ({{ days_to_take('dated', 'event_date') }})
{%- endif %}
