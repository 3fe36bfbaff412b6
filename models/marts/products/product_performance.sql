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

performance as (

    select
        products.product_id,
        products.product_name,
        products.category,
        products.brand,
        cast(coalesce(sales.orders, 0) as integer) as orders,
        cast(coalesce(sales.units, 0) as integer) as units,
        cast(coalesce(sales.gross, 0) as real) as gross,
        cast(coalesce(refunds.refunds, 0) as real) as refunds
    from {{ ref('int_products') }} as products
    left join sales on sales.product_id = products.product_id
    left join refunds on refunds.product_id = products.product_id

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
    {{ is_in_80pct('cum_net', 'net', 'total_net') }} as in_80pct_net
from running
order by net_rank
