-- How far visits get, month by month. A visit that reached a step counts for every step before it, whatever was recorded.
with

visits as (

    select
        session_month as month,
        case
            when purchases > 0 then 4
            when checkouts > 0 then 3
            when add_to_carts > 0 then 2
            when page_views > 0 then 1
            else 0
        end as step
    from {{ ref('int_sessions') }}
    where not is_bot

),

steps as (

    select
        month,
        count(*) as sessions,
        count(*) filter (where step >= 1) as with_view,
        count(*) filter (where step >= 2) as with_cart,
        count(*) filter (where step >= 3) as with_checkout,
        count(*) filter (where step >= 4) as with_purchase
    from visits
    group by month

)

select
    month,
    cast(sessions as integer) as sessions,
    cast(with_view as integer) as with_view,
    cast(with_cart as integer) as with_cart,
    cast(with_checkout as integer) as with_checkout,
    cast(with_purchase as integer) as with_purchase,
    {{ safe_divide('with_cart', 'with_view') }} as view_to_cart_rate,
    {{ safe_divide('with_checkout', 'with_cart') }} as cart_to_checkout_rate,
    {{ safe_divide('with_purchase', 'with_checkout') }} as checkout_to_purchase_rate,
    {{ safe_divide('with_purchase', 'sessions') }} as conversion_rate
from steps
order by month
