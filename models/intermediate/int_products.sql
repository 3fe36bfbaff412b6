-- The catalogue, and what was sold without standing in it.
with

sold as (

    select distinct product_id
    from {{ ref('int_order_lines') }}
    where (is_sale or is_return) and product_id is not null

),

{% if dataset() == 'uci' %}

-- One code has several descriptions: the one used most is its name.
names as (

    select
        stock_code,
        description,
        row_number() over (partition by stock_code order by count(*) desc, description) as place
    from {{ ref('stg_uci__lines') }}
    where is_product and line_type = 'sale' and unit_price > 0 and description is not null
    group by stock_code, description

),

products as (

    select
        sold.product_id,
        names.description as product_name,
        'unknown' as category,
        'unknown' as brand,
        cast(null as real) as list_price,
        0 as is_in_catalogue
    from sold
    left join names on names.stock_code = sold.product_id and names.place = 1

)

{% else %}

catalogue as (

    select * from {{ ref('stg_products') }}

),

products as (

    select product_id, product_name, category, brand, price as list_price, 1 as is_in_catalogue
    from catalogue

    union all

    select product_id, 'Unknown', 'unknown', 'unknown', null, 0
    from sold
    where product_id not in (select product_id from catalogue)

)

{% endif %}

select
    product_id,
    cast(product_name as text) as product_name,
    cast(category as text) as category,
    cast(brand as text) as brand,
    list_price,
    cast(is_in_catalogue as integer) as is_in_catalogue
from products
