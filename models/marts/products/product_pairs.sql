-- Which two products are bought together, and how much more often than by chance.
with

baskets as materialized (

    select distinct order_id, product_id
    from {{ ref('fact_purchases') }}
    where product_id is not null

),

orders as (

    select count(distinct order_id) as orders from baskets

),

-- A pair is never more frequent than either of its products, so the rare ones need not be paired at all.
frequent_products as (

    select product_id, count(*) as orders
    from baskets
    group by product_id
    having count(*) >= {{ dataset_setting('basket_min_support') }} * (select orders from orders)

),

frequent_baskets as materialized (

    select order_id, product_id
    from baskets
    where product_id in (select product_id from frequent_products)

),

pairs as (

    select
        first_products.product_id as product_a,
        second_products.product_id as product_b,
        count(*) as orders_together
    from frequent_baskets as first_products
    inner join frequent_baskets as second_products
        on second_products.order_id = first_products.order_id
        and second_products.product_id > first_products.product_id
    group by first_products.product_id, second_products.product_id

)

select
    pairs.product_a,
    pairs.product_b,
    cast(pairs.orders_together as integer) as orders_together,
    cast(a.orders as integer) as orders_a,
    cast(b.orders as integer) as orders_b,
    {{ safe_divide('pairs.orders_together', 'orders.orders') }} as support,
    {{ safe_divide('pairs.orders_together', 'a.orders') }} as confidence_a_to_b,
    {{ safe_divide('pairs.orders_together', 'b.orders') }} as confidence_b_to_a,
    {{ safe_divide('1.0 * pairs.orders_together * orders.orders', 'a.orders * b.orders') }} as lift
from pairs
cross join orders
inner join frequent_products as a on a.product_id = pairs.product_a
inner join frequent_products as b on b.product_id = pairs.product_b
where pairs.orders_together >= {{ dataset_setting('basket_min_support') }} * orders.orders
order by lift desc, pairs.product_a, pairs.product_b
