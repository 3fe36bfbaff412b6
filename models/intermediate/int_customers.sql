-- Everyone who registered or bought. Someone who bought without being registered is kept, with nothing known.
with

buyers as (

    select
        customer_id,
        country,
        row_number() over (partition by customer_id order by order_date desc, order_id desc) as order_number_back
    from {{ ref('int_orders') }}
    where customer_id is not null

),

last_orders as (

    select * from buyers
    where order_number_back = 1

),

{% if dataset() == 'uci' %}

customers as (

    select
        customer_id,
        cast(null as text) as customer_name,
        cast(null as text) as email,
        cast(null as text) as gender,
        cast(null as integer) as age,
        cast(null as text) as city,
        country,
        cast(null as text) as signup_date,
        0 as is_registered
    from last_orders

)

{% else %}

registered as (

    select * from {{ ref('stg_customers') }}

),

customers as (

    select customer_id, customer_name, email, gender, age, city, country, signup_date, 1 as is_registered
    from registered

    union all

    select customer_id, null, null, null, null, null, country, null, 0
    from last_orders
    where customer_id not in (select customer_id from registered)

)

{% endif %}

select
    customer_id,
    customer_name,
    email,
    gender,
    age,
    city,
    country,
    signup_date,
    cast(is_registered as integer) as is_registered
from customers
