{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='purchase_key',
    on_schema_change='fail',
    pre_hook=["{{ forget_latest_days('order_date') }}", "{{ forget_strangers('user_id') }}"],
) }}

-- An incremental run takes the days that lack lines: those to which lines came late, however late, and those of which the
-- hooks forgot some. depends_on: {{ ref('int_customers') }}
with

lines as not materialized (

    select
        {{ surrogate_key(['source_system', 'order_line_id']) }} as purchase_key,
        *
    from {{ ref('int_order_lines') }}
    where is_sale

)

select
    lines.purchase_key,
    cast(coalesce(lines.order_at, lines.order_date) as text) as event_ts,
    cast(replace(lines.order_date, '-', '') as integer) as date_key,
    lines.order_date,
    {{ hour_band('lines.order_at') }} as hour_band,
    lines.order_id,
    lines.customer_id as user_id,
    lines.product_id,
    products.category_key,
    lines.session_id,
    lines.quantity,
    {{ to_base_currency('lines.unit_price', 'lines.fx_rate') }} as unit_price,
    lines.amount as revenue,
    lines.source_system
from lines
left join {{ ref('int_products') }} as products on products.product_id = lines.product_id
{%- if is_incremental() %}
where lines.order_date in ({{ days_to_take('lines', 'order_date') }})
{%- endif %}
