{#-
    What the products of each value of `dimension` (a column of product_performance) sold together, best first.
    'unknown' is counted and has no rank: it is no brand and no category that could be the best.
-#}
{% macro performance_by(dimension) -%}
    with

    purchases as (

        select
            products.{{ dimension }},
            count(distinct purchases.order_id) as orders
        from {{ ref('fact_purchases') }} as purchases
        inner join {{ ref('product_performance') }} as products on products.product_id = purchases.product_id
        group by products.{{ dimension }}

    ),

    products as (

        select
            {{ dimension }},
            count(*) as products,
            sum(units) as units,
            {{ money('sum(gross)') }} as gross,
            {{ money('sum(refunds)') }} as refunds,
            {{ money('sum(net)') }} as net
        from {{ ref('product_performance') }}
        group by {{ dimension }}

    )

    select
        products.{{ dimension }},
        cast(products.products as integer) as products,
        cast(coalesce(purchases.orders, 0) as integer) as orders,
        cast(products.units as integer) as units,
        products.gross,
        products.refunds,
        products.net,
        {{ safe_divide('products.refunds', 'products.gross') }} as refund_rate,
        {{ safe_divide('products.net', 'sum(products.net) over ()') }} as net_share,
        cast(
            case
                when products.{{ dimension }} <> 'unknown'
                then row_number() over (
                    order by products.{{ dimension }} = 'unknown', products.net desc, products.{{ dimension }}
                )
            end
        as integer) as net_rank
    from products
    left join purchases on purchases.{{ dimension }} = products.{{ dimension }}
    order by products.{{ dimension }} = 'unknown', net_rank
{%- endmacro %}
