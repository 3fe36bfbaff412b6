-- The catalogue, and what was sold or clicked without standing in it.
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
        cast(null as bigint) as category_id,
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

-- Products that turn up in the clicks alone are products too, if nobody knows what they are.
clicked as (

    select distinct product_id
    from {{ ref('int_events') }}
    where product_id is not null

),

unlisted as (

    select product_id from sold
    union
    select product_id from clicked

),

unnamed as (

    select distinct {{ unnamed_product('category') }} as product_id, category
    from {{ ref('stg_purchase_history') }}

),

-- What the store says of a product that the catalogue lacks, by the latest event that says it.
store_words as (

    select
        product_id,
        category_id,
        brand,
        row_number() over (partition by product_id order by brand = 'unknown', event_at desc, event_id) as place
    from {{ ref('stg_store_events') }}

),

products as (

    select product_id, product_name, category, category_id, brand, price as list_price, 1 as is_in_catalogue
    from catalogue

    union all

    select
        unlisted.product_id,
        case when unnamed.product_id is null then 'Unknown' else 'Unnamed ' || coalesce(unnamed.category, 'product') end,
        coalesce(unnamed.category, 'unknown'),
        coalesce(store_words.category_id, categories.category_id),
        coalesce(store_words.brand, 'unknown'),
        null,
        0
    from unlisted
    left join unnamed on unnamed.product_id = unlisted.product_id
    left join store_words on store_words.product_id = unlisted.product_id and store_words.place = 1
    left join {{ ref('int_categories') }} as categories on categories.category = unnamed.category
    where unlisted.product_id not in (select product_id from catalogue)

)

{% endif %}

select
    product_id,
    cast(product_name as text) as product_name,
    cast(category as text) as category,
    {{ category_key('category_id') }} as category_key,
    cast(brand as text) as brand,
    list_price,
    cast(is_in_catalogue as integer) as is_in_catalogue
from products
