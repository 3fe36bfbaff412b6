-- Visits with what happened in them and who it was. Somebody who looks at more pages than people do is a bot.
with

sessions as (

    select
        session_id,
        min(source_system) as source_system,
        max(visitor_id) as visitor_id,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as events,
        count(*) filter (where event_type = 'page_view') as page_views,
        count(*) filter (where event_type = 'add_to_cart') as add_to_carts,
        count(*) filter (where event_type = 'checkout') as checkouts,
        count(*) filter (where event_type = 'purchase') as purchases
    from {{ ref('int_events') }}
    where session_id is not null
    group by session_id

),

{% if dataset() != 'uci' %}

-- One row an account. Grouped, since SQLite makes an index for a join with a small result, and none for the table itself.
store_users as (

    select
        identity as store_user_id,
        min(customer_id) as customer_id
    from {{ ref('int_identities') }}
    where identity_type = 'store_user'
    group by identity

),

{% endif %}

-- Visitors of the web shop are customers; accounts of the store are looked up.
identified as (

    select
        sessions.*,
        {%- if dataset() == 'uci' %}
        visitor_id as user_id
    from sessions
        {%- else %}
        case sessions.source_system when 'store_events' then store_users.customer_id else sessions.visitor_id end as user_id
    from sessions
    left join store_users
        on sessions.source_system = 'store_events'
        and store_users.store_user_id = sessions.visitor_id
        {%- endif %}

)

select
    session_id,
    cast(source_system as text) as source_system,
    cast(user_id as text) as user_id,
    cast(started_at as text) as started_at,
    cast(ended_at as text) as ended_at,
    cast(substr(started_at, 1, 10) as text) as session_date,
    {{ month_of('started_at') }} as session_month,
    {{ seconds_between('started_at', 'ended_at') }} as duration_seconds,
    cast(events as integer) as events,
    cast(page_views as integer) as page_views,
    cast(add_to_carts as integer) as add_to_carts,
    cast(checkouts as integer) as checkouts,
    cast(purchases as integer) as purchases,
    cast(page_views >= {{ var('bot_page_views') }} and purchases = 0 as integer) as is_bot
from identified
