-- The state of each subscription now: the latest word of the orders and of the subscriptions themselves. Of two words on
-- one day the worse wins: who cancelled and is said to be active on the same day has cancelled.
with

{% if dataset() == 'uci' %}

subscriptions as (

    {{ no_rows({
        'customer_id': 'text', 'product_id': 'text', 'status': 'text', 'status_since': 'text', 'plan': 'text',
        'monthly_price': 'real',
    }) | indent(4) }}

)

{% else %}

states as (

    select
        customer_id,
        product_id,
        subscription_status as status,
        order_date as said_on,
        null as plan,
        null as monthly_price
    from {{ ref('stg_orders') }}
    where subscription_status is not null

    union all

    select customer_id, product_id, status, changed_date, plan, monthly_price
    from {{ ref('stg_subscriptions') }}

),

latest_first as (

    select
        *,
        row_number() over (
            partition by customer_id, product_id
            order by said_on desc, status <> 'cancelled', status <> 'paused', plan
        ) as place,
        max(plan) over (partition by customer_id, product_id) as known_plan,
        max(monthly_price) over (partition by customer_id, product_id) as known_price
    from states
    where
        customer_id is not null
        and product_id is not null
        and said_on <= {{ as_of_date() }}
        and status in ('active', 'paused', 'cancelled')

),

subscriptions as (

    select
        customer_id,
        product_id,
        status,
        said_on as status_since,
        coalesce(plan, known_plan) as plan,
        coalesce(monthly_price, known_price) as monthly_price
    from latest_first
    where place = 1

)

{% endif %}

select
    cast(customer_id as text) as customer_id,
    cast(product_id as text) as product_id,
    cast(status as text) as status,
    cast(status_since as text) as status_since,
    cast(plan as text) as plan,
    cast(monthly_price as real) as monthly_price
from subscriptions
