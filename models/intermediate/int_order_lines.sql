-- Every line of every source system in one shape and one currency. What counts as revenue is decided here alone.
with

{% if dataset() == 'uci' %}

source_lines as (

    select
        cast(line_number as text) as order_line_id,
        'uci' as source_system,
        invoice as order_id,
        customer_id,
        stock_code as product_id,
        country,
        invoice_date as order_date,
        quantity,
        unit_price,
        'GBP' as currency,
        line_type,
        'completed' as order_status,
        is_product
    from {{ ref('stg_uci__lines') }}

),

{% else %}

non_product_codes as (

    select code_pattern
    from {{ ref('non_product_codes') }}
    where dataset = 'sample'

),

-- A web order is one product for one amount.
web_orders as (

    select
        order_id as order_line_id,
        'orders' as source_system,
        order_id,
        customer_id,
        product_id,
        order_date,
        1 as quantity,
        amount as unit_price,
        currency,
        order_status
    from {{ ref('stg_orders') }}

),

-- A till receipt without a price was sold at the price of the catalogue.
till_lines as (

    select
        transactions.transaction_line_id as order_line_id,
        'transactions' as source_system,
        transactions.transaction_id as order_id,
        transactions.customer_id,
        transactions.product_id,
        transactions.transaction_date as order_date,
        transactions.quantity,
        coalesce(transactions.unit_price, products.price) as unit_price,
        {{ base_currency() }} as currency,
        'completed' as order_status
    from {{ ref('stg_transactions') }} as transactions
    left join {{ ref('stg_products') }} as products on products.product_id = transactions.product_id

),

both_channels as (

    select * from web_orders
    union all
    select * from till_lines

),

source_lines as (

    select
        both_channels.*,
        cast(null as text) as country,
        'sale' as line_type,
        not exists (
            select 1 from non_product_codes where both_channels.product_id like non_product_codes.code_pattern
        ) as is_product
    from both_channels

),

{% endif %}

rated as (

    select
        *,
        {{ fx_rate('source_lines.currency', 'source_lines.order_date') }} as fx_rate
    from source_lines

),

priced as (

    select
        *,
        {{ to_base_currency('quantity * unit_price', 'fx_rate') }} as amount
    from rated

),

judged as materialized (

    select
        *,
        case
            when line_type = 'adjustment' then 'adjustment'
            when order_status is null then 'order status missing'
            when order_status not in ('completed', 'refunded') then 'order ' || order_status
            when not is_product then 'not a product'
            when order_date is null then 'date invalid'
            when order_date > {{ as_of_date() }} then 'date in the future'
            when fx_rate is null then 'currency unknown'
            when quantity * unit_price is null then 'amount invalid'
            when line_type = 'sale' and quantity <= 0 then 'quantity not positive'
            when line_type = 'cancellation' and quantity >= 0 then 'quantity not negative'
            when unit_price <= 0 then 'amount not positive'
        end as reject_reason
    from priced

)

select
    cast(order_line_id as text) as order_line_id,
    cast(source_system as text) as source_system,
    cast(order_id as text) as order_id,
    cast(customer_id as text) as customer_id,
    cast(product_id as text) as product_id,
    cast(country as text) as country,
    cast(order_date as text) as order_date,
    cast(quantity as integer) as quantity,
    cast(unit_price as real) as unit_price,
    cast(currency as text) as currency,
    cast(fx_rate as real) as fx_rate,
    amount,
    cast(line_type as text) as line_type,
    cast(order_status as text) as order_status,
    cast(is_product as integer) as is_product,
    cast(customer_id is null as integer) as is_guest,
    cast(reject_reason is null and line_type = 'sale' as integer) as is_sale,
    cast(reject_reason is null and line_type = 'cancellation' as integer) as is_return,
    cast(reject_reason as text) as reject_reason
from judged
