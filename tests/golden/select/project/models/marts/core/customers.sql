{{ config(tags=['nightly', 'core']) }}
select c.id, c.name, count(*) as n
from {{ ref('stg_customers') }} c join {{ ref('stg_orders') }} o on o.customer_id = c.id
group by 1, 2
