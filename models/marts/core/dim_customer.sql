select
    customers.customer_id,
    customers.customer_name,
    customers.email,
    customers.gender,
    customers.age,
    customers.city,
    customers.country,
    customers.signup_date,
    customers.is_registered,
    metrics.first_order_date,
    metrics.last_order_date,
    tiers.tier
from {{ ref('int_customers') }} as customers
inner join {{ ref('int_customer_metrics') }} as metrics on metrics.customer_id = customers.customer_id
inner join {{ ref('int_customer_tier') }} as tiers on tiers.customer_id = customers.customer_id
