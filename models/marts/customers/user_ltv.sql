{{ config(materialized='view') }}

select
    customer_id as user_id,
    monetary as total_revenue,
    frequency as orders,
    first_order_date,
    last_order_date,
    ltv_band
from {{ ref('customer_360') }}
where frequency > 0
