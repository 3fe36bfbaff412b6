with

purchases as (

    select
        lines.customer_id,
        lines.order_id,
        lines.product_id,
        lines.quantity,
        lines.amount,
        products.category
    from {{ ref('int_order_lines') }} as lines
    left join {{ ref('int_products') }} as products on products.product_id = lines.product_id
    where lines.is_sale and lines.customer_id is not null

),

products_bought as (

    select
        customer_id,
        product_id,
        category,
        {{ money('sum(amount)') }} as spend,
        sum(quantity) as units
    from purchases
    group by customer_id, product_id, category

),

products_ranked as (

    select
        *,
        row_number() over (partition by customer_id order by spend desc, units desc, product_id) as place
    from products_bought

),

category_orders as (

    select
        customer_id,
        category,
        {{ money('sum(amount)') }} as spend
    from purchases
    group by customer_id, category, order_id

),

categories_ranked as (

    select
        customer_id,
        category,
        {{ money('sum(spend)') }} as spend,
        count(*) as orders,
        row_number() over (
            partition by customer_id
            -- 'unknown' is the favourite of nobody who ever bought something else
            order by category = 'unknown', {{ money('sum(spend)') }} desc, count(*) desc, category
        ) as place
    from category_orders
    group by customer_id, category

)

select
    customers.customer_id,
    categories_ranked.category as favorite_category,
    categories_ranked.spend as favorite_category_spend,
    categories_ranked.orders as favorite_category_orders,
    products_ranked.product_id as favorite_product,
    products_ranked.spend as favorite_product_spend
from {{ ref('int_customers') }} as customers
left join categories_ranked on categories_ranked.customer_id = customers.customer_id and categories_ranked.place = 1
left join products_ranked on products_ranked.customer_id = customers.customer_id and products_ranked.place = 1
