with

sales as (

    select
        product_id,
        cast(min(order_date) as text) as first_sold_date,
        cast(max(order_date) as text) as last_sold_date,
        cast(min(unit_price) as real) as lowest_unit_price,
        cast(max(unit_price) as real) as highest_unit_price
    from {{ ref('fact_purchases') }}
    group by product_id

),

latest_first as (

    select
        product_id,
        unit_price,
        row_number() over (partition by product_id order by event_ts desc, purchase_key) as place
    from {{ ref('fact_purchases') }}

)

select
    products.product_id,
    products.product_name,
    products.category,
    products.category_key,
    products.brand,
    products.list_price,
    products.is_in_catalogue,
    sales.first_sold_date,
    sales.last_sold_date,
    sales.lowest_unit_price,
    sales.highest_unit_price,
    latest_first.unit_price as last_unit_price
from {{ ref('int_products') }} as products
left join sales on sales.product_id = products.product_id
left join latest_first on latest_first.product_id = products.product_id and latest_first.place = 1
