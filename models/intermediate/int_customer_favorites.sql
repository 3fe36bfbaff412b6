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

),

orders as (

    select
        customer_id,
        {{ date_part('isodow', 'order_date') }} as weekday,
        {{ hour_of('order_at') }} as hour
    from {{ ref('int_orders') }}
    where customer_id is not null

),

weekdays_ranked as (

    select
        customer_id,
        weekday,
        row_number() over (partition by customer_id order by count(*) desc, weekday) as place
    from orders
    group by customer_id, weekday

),

-- Only orders whose time is known.
hours_ranked as (

    select
        customer_id,
        hour,
        row_number() over (partition by customer_id order by count(*) desc, hour) as place
    from orders
    where hour is not null
    group by customer_id, hour

),

-- Grouped rather than joined: one pass over each, whatever the number of customers.
favorites as (

    select
        customer_id,
        category as favorite_category,
        spend as favorite_category_spend,
        orders as favorite_category_orders,
        null as favorite_product,
        null as favorite_product_spend,
        null as weekday_mode,
        null as hour_mode
    from categories_ranked
    where place = 1

    union all

    select customer_id, null, null, null, product_id, spend, null, null
    from products_ranked
    where place = 1

    union all

    select customer_id, null, null, null, null, null, weekday, null
    from weekdays_ranked
    where place = 1

    union all

    select customer_id, null, null, null, null, null, null, hour
    from hours_ranked
    where place = 1

    union all

    select customer_id, null, null, null, null, null, null, null
    from {{ ref('int_customers') }}

)

select
    customer_id,
    cast(max(favorite_category) as text) as favorite_category,
    cast(max(favorite_category_spend) as real) as favorite_category_spend,
    cast(max(favorite_category_orders) as integer) as favorite_category_orders,
    cast(max(favorite_product) as text) as favorite_product,
    cast(max(favorite_product_spend) as real) as favorite_product_spend,
    cast(max(weekday_mode) as integer) as weekday_mode,
    cast(max(hour_mode) as integer) as hour_mode
from favorites
group by customer_id
