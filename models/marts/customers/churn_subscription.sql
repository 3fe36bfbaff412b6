-- Subscribers who are lost: all of their subscriptions are cancelled, or they did nothing for `churn_days`, or both.
-- That somebody pays back is no sign of life.
with

subscribers as (

    select
        customer_id,
        count(*) as subscriptions,
        count(*) filter (where status = 'active') as active_subscriptions,
        count(*) filter (where status = 'paused') as paused_subscriptions,
        count(*) filter (where status = 'cancelled') as cancelled_subscriptions,
        sum(case when status = 'active' then coalesce(monthly_price, 0) else 0 end) as monthly_revenue,
        max(status_since) as last_change
    from {{ ref('int_subscriptions') }}
    group by customer_id

),

activity as (

    select user_id, max(last_date) as last_activity
    from {{ ref('int_user_months') }}
    group by user_id

),

days as (

    select
        subscribers.*,
        activity.last_activity,
        {{ days_diff('coalesce(activity.last_activity, subscribers.last_change)', as_of_date()) }} as days_inactive
    from subscribers
    left join activity on activity.user_id = subscribers.customer_id

),

judged as (

    select
        *,
        cancelled_subscriptions = subscriptions as is_unsubscribed,
        days_inactive > {{ var('churn_days') }} as is_inactive
    from days

)

select
    customer_id,
    cast(
        case
            when active_subscriptions > 0 then 'active'
            when paused_subscriptions > 0 then 'paused'
            else 'cancelled'
        end
    as text) as status,
    cast(subscriptions as integer) as subscriptions,
    cast(active_subscriptions as integer) as active_subscriptions,
    cast(cancelled_subscriptions as integer) as cancelled_subscriptions,
    {{ money('monthly_revenue') }} as monthly_revenue,
    last_activity,
    days_inactive,
    cast(is_unsubscribed or is_inactive as integer) as is_churned,
    cast(
        case
            when is_unsubscribed and is_inactive then 'both'
            when is_unsubscribed then 'unsubscribed'
            when is_inactive then 'inactive'
        end
    as text) as churn_reason
from judged
