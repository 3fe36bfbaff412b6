-- Everyone who came, registered or bought: derived from the visits, with the profile where there is one. Users with visits
-- and no purchase are here, and so are bots, which are marked.
with

visits as (

    select
        user_id,
        min(started_at) as first_seen,
        max(ended_at) as last_seen,
        count(*) as sessions,
        sum(events) as events,
        max(is_bot) as is_bot
    from {{ ref('int_sessions') }}
    where user_id is not null
    group by user_id

),

buyers as (

    select customer_id, frequency, first_order_date, last_order_date
    from {{ ref('int_customer_metrics') }}

),

users as (

    select user_id from visits
    union
    select customer_id from buyers

),

seen as (

    select
        users.user_id,
        {{ least("coalesce(visits.first_seen, '9')", "coalesce(buyers.first_order_date, '9')") }} as first_seen,
        {{ greatest("coalesce(visits.last_seen, '')", "coalesce(buyers.last_order_date, '')") }} as last_seen,
        coalesce(visits.sessions, 0) as sessions,
        coalesce(visits.events, 0) as events,
        coalesce(buyers.frequency, 0) as purchases,
        buyers.first_order_date,
        coalesce(visits.is_bot, 0) as is_bot
    from users
    left join visits on visits.user_id = users.user_id
    left join buyers on buyers.customer_id = users.user_id

)

select
    seen.user_id,
    cast(nullif(seen.first_seen, '9') as text) as first_seen,
    cast(nullif(seen.last_seen, '') as text) as last_seen,
    cast(seen.sessions as integer) as sessions,
    cast(seen.events as integer) as events,
    cast(seen.purchases as integer) as purchases,
    seen.first_order_date as first_purchase_date,
    {{ days_diff("nullif(seen.first_seen, '9')", 'seen.first_order_date') }} as days_to_first_purchase,
    cast(seen.is_bot as integer) as is_bot,
    customers.customer_name,
    customers.email,
    customers.gender,
    customers.age,
    customers.city,
    customers.country,
    customers.signup_date,
    cast(coalesce(customers.is_registered, 0) as integer) as is_registered
from seen
left join {{ ref('int_customers') }} as customers on customers.customer_id = seen.user_id
