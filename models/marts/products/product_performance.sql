{{ config(materialized='external', location='output/' ~ target.name ~ '/product_performance.csv', format='csv') }}

{%- set event_columns = ['page_views', 'add_to_carts', 'checkouts', 'purchases', 'abandoned_carts'] -%}
-- Everything known of a product in one row: what it sold, what came back, what visitors did with it, who subscribes to it.
-- A table, and one file.
with

sales as (

    select
        product_id,
        count(distinct order_id) as orders,
        cast(sum(quantity) as integer) as units,
        {{ money('sum(revenue)') }} as gross
    from {{ ref('fact_purchases') }}
    group by product_id

),

refunds as (

    select product_id, {{ money('sum(amount)') }} as refunds
    from {{ ref('int_refunds_allocated') }}
    group by product_id

),

events as (

    select
        product_id,
        sum(page_views) as page_views,
        sum(add_to_carts) as add_to_carts,
        sum(checkouts) as checkouts,
        sum(purchases) as purchases,
        sum(is_abandoned_cart) as abandoned_carts
    from {{ ref('int_session_products') }}
    group by product_id

),

subscriptions as (

    select
        product_id,
        count(*) filter (where status = 'active') as active_subscriptions,
        count(*) filter (where status = 'cancelled') as cancelled_subscriptions
    from {{ ref('int_subscriptions') }}
    group by product_id

),

performance as (

    select
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        cast(coalesce(sales.orders, 0) as integer) as orders,
        cast(coalesce(sales.units, 0) as integer) as units,
        cast(coalesce(sales.gross, 0) as real) as gross,
        cast(coalesce(refunds.refunds, 0) as real) as refunds,
        {%- for column in event_columns %}
        cast(coalesce(events.{{ column }}, 0) as integer) as {{ column }},
        {%- endfor %}
        cast(coalesce(subscriptions.active_subscriptions, 0) as integer) as active_subscriptions,
        cast(coalesce(subscriptions.cancelled_subscriptions, 0) as integer) as cancelled_subscriptions
    from {{ ref('int_products') }} as products
    left join sales on sales.product_id = products.product_id
    left join refunds on refunds.product_id = products.product_id
    left join events on events.product_id = products.product_id
    left join subscriptions on subscriptions.product_id = products.product_id

),

ranked as (

    select
        *,
        {{ money('gross - refunds') }} as net,
        cast(row_number() over (order by gross - refunds desc, product_id) as integer) as net_rank,
        sum(gross - refunds) over () as total_net
    from performance

),

running as (

    select
        *,
        {{ running_total('net', 'net_rank') }} as cum_net
    from ranked

)

select
    product_id,
    product_name,
    category,
    brand,
    orders,
    units,
    gross,
    refunds,
    net,
    {{ safe_divide('refunds', 'gross') }} as refund_rate,
    {{ money(safe_divide('gross', 'orders')) }} as avg_order_value,
    net_rank,
    {{ safe_divide('cum_net', 'total_net') }} as cum_net_share,
    {{ is_in_80pct('cum_net', 'net', 'total_net') }} as in_80pct_net,
    {%- for column in event_columns %}
    {{ column }},
    {%- endfor %}
    {{ safe_divide('add_to_carts', 'page_views') }} as view_to_cart_rate,
    {{ safe_divide('purchases', 'add_to_carts') }} as cart_to_purchase_rate,
    active_subscriptions,
    cancelled_subscriptions
from running
order by net_rank
