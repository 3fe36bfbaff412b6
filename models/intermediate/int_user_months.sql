-- Who did anything in which month: an event of a visit that is no bot's, or an order. Nobody counts twice.
with

activity as (

    select sessions.user_id, events.event_month as month, events.event_at as at
    from {{ ref('int_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on sessions.session_id = events.session_id
    where sessions.user_id is not null and not sessions.is_bot

    union all

    select customer_id, order_month, coalesce(order_at, order_date)
    from {{ ref('int_orders') }}
    where customer_id is not null

)

select
    cast(user_id as text) as user_id,
    cast(month as text) as month,
    cast(substr(min(at), 1, 10) as text) as first_date,
    cast(substr(max(at), 1, 10) as text) as last_date
from activity
group by user_id, month
