-- Everyone who registered, bought or is known from the survey. Someone who only bought is kept, with nothing known.
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
        cast(null as text) as mobile,
        cast(null as text) as signup_date,
        0 as is_registered
    from last_orders

)

{% else %}

registered as (

    select * from {{ ref('stg_customers') }}

),

-- People of the survey who are no registered customers go by their number.
surveyed as (

    select
        identities.customer_id,
        profiles.name as customer_name,
        profiles.gender,
        profiles.age,
        profiles.mobile
    from {{ ref('stg_customer_profiles') }} as profiles
    inner join {{ ref('int_identities') }} as identities
        on identities.identity_type = 'mobile' and identities.identity = profiles.mobile
    where identities.customer_id not in (select customer_id from registered)

),

customers as (

    select customer_id, customer_name, email, gender, age, city, country, mobile, signup_date, 1 as is_registered
    from registered

    union all

    select customer_id, customer_name, null, gender, age, null, null, mobile, null, 0
    from surveyed

    union all

    select customer_id, null, null, null, null, null, country, null, null, 0
    from last_orders
    where
        customer_id not in (select customer_id from registered)
        and customer_id not in (select customer_id from surveyed)

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
    mobile,
    signup_date,
    cast(is_registered as integer) as is_registered
from customers
