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
    {{ money('gross - refunds') }} as net,
    {{ safe_divide('refunds', 'gross') }} as refund_rate,
    {{ money(safe_divide('gross', 'orders')) }} as avg_order_value,
    cast(row_number() over (order by gross - refunds desc, product_id) as integer) as net_rank
from performance
order by net_rank
