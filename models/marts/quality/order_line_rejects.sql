{{ config(materialized='view') }}

-- The lines that count nowhere, each with the first reason found.
select
    order_line_id,
    source_system,
    order_id,
    customer_id,
    product_id,
    order_date,
    quantity,
    unit_price,
    currency,
    order_status,
    reject_reason
from {{ ref('int_order_lines') }}
where reject_reason is not null
