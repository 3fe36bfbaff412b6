with

sales as (

    select
        product_id,
        min(order_date) as first_sold_date,
        max(order_date) as last_sold_date,
        min(unit_price) as lowest_unit_price,
        max(unit_price) as highest_unit_price
    from {{ ref('fact_purchases') }}
    group by product_id

)

select
    products.product_id,
    products.product_name,
    products.category,
    products.brand,
    products.list_price,
    products.is_in_catalogue,
    sales.first_sold_date,
    sales.last_sold_date,
    sales.lowest_unit_price,
    sales.highest_unit_price
from {{ ref('int_products') }} as products
left join sales on sales.product_id = products.product_id
