{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='purchase_key', on_schema_change='fail') }}

-- An incremental run takes the latest days again, so that rows that came late and orders that were corrected are right.
select
    order_line_id as purchase_key,
    cast(replace(order_date, '-', '') as integer) as date_key,
    order_date,
    order_id,
    customer_id,
    product_id,
    quantity,
    unit_price,
    amount as revenue,
    source_system
from {{ ref('int_order_lines') }}
where
    is_sale
    {%- if is_incremental() %}
    and order_date >= (select {{ add_days('max(order_date)', -var('lookback_days')) }} from {{ this }})
    {%- endif %}
