{{ config(materialized='view') }}

-- Revenue by month and its growth: the columns of fact_monthly_summary that a revenue chart needs.
select
    month,
    gross,
    refunds,
    net,
    orders,
    customers,
    mom_pct,
    avg_order_value,
    is_complete
from {{ ref('fact_monthly_summary') }}
