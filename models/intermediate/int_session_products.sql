-- What a visitor did with a product in one visit; bots are no visitors. Two carts of one product that come to nothing are
-- one abandoned cart, and a purchase before the cart counts as well as one after it.
with

product_events as (

    select
        session_id,
        product_id,
        count(*) filter (where event_type = 'page_view') as page_views,
        count(*) filter (where event_type = 'add_to_cart') as add_to_carts,
        count(*) filter (where event_type = 'checkout') as checkouts,
        count(*) filter (where event_type = 'purchase') as purchases
    from {{ ref('int_events') }}
    where product_id is not null and session_id in (select session_id from {{ ref('int_sessions') }} where not is_bot)
    group by session_id, product_id

)

select
    session_id,
    product_id,
    cast(page_views as integer) as page_views,
    cast(add_to_carts as integer) as add_to_carts,
    cast(checkouts as integer) as checkouts,
    cast(purchases as integer) as purchases,
    cast(add_to_carts > 0 and purchases = 0 as integer) as is_abandoned_cart
from product_events
