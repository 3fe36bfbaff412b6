-- Every line of every source system in one shape and one currency. What counts as revenue is decided here alone.
with

{% if dataset() == 'uci' %}

source_lines as (

    select
        'uci' as source_system,
        cast(line_number as text) as order_line_id,
        invoice as order_id,
        customer_id,
        stock_code as product_id,
        cast(null as text) as session_id,
        country,
        invoice_date as order_date,
        invoice_at as order_at,
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
        'orders' as source_system,
        order_id as order_line_id,
        order_id,
        customer_id,
        product_id,
        cast(null as text) as session_id,
        order_date,
        cast(null as text) as order_at,
        1 as quantity,
        amount as unit_price,
        currency,
        order_status
    from {{ ref('stg_orders') }}

),

-- The price that the catalogue had on a day. The first one known holds for all days before, too.
catalogue_prices as (

    select
        product_id,
        price,
        case
            when row_number() over (partition by product_id order by dbt_valid_from) > 1 then dbt_valid_from else ''
        end as valid_from,
        coalesce(dbt_valid_to, '9999') as valid_to
    from {{ ref('snap_products') }}

),

-- A till receipt without a price was sold at the price that the catalogue had.
till_lines as (

    select
        'transactions' as source_system,
        transactions.transaction_line_id as order_line_id,
        transactions.transaction_id as order_id,
        transactions.customer_id,
        transactions.product_id,
        cast(null as text) as session_id,
        transactions.transaction_date as order_date,
        transactions.transaction_at as order_at,
        transactions.quantity,
        coalesce(transactions.unit_price, prices.price) as unit_price,
        {{ base_currency() }} as currency,
        'completed' as order_status
    from {{ ref('stg_transactions') }} as transactions
    left join catalogue_prices as prices
        on transactions.unit_price is null
        and prices.product_id = transactions.product_id
        and transactions.transaction_at >= prices.valid_from
        and transactions.transaction_at < prices.valid_to

),

-- What is bought in one visit of the store is one order.
store_purchases as (

    select
        'store_events' as source_system,
        events.event_id as order_line_id,
        events.session_id as order_id,
        identities.customer_id,
        events.product_id,
        events.session_id,
        events.event_date as order_date,
        events.event_at as order_at,
        1 as quantity,
        events.price as unit_price,
        {{ base_currency() }} as currency,
        'completed' as order_status
    from {{ ref('stg_store_events') }} as events
    left join {{ ref('int_identities') }} as identities
        on identities.identity_type = 'store_user' and identities.identity = cast(events.store_user_id as text)
    where events.event_type = 'purchase'

),

-- The history names a category and no product.
history_purchases as (

    select
        'purchase_history' as source_system,
        history.purchase_id as order_line_id,
        history.purchase_id as order_id,
        identities.customer_id,
        {{ unnamed_product('history.category') }} as product_id,
        cast(null as text) as session_id,
        history.purchase_date as order_date,
        cast(null as text) as order_at,
        1 as quantity,
        history.amount as unit_price,
        {{ base_currency() }} as currency,
        'completed' as order_status
    from {{ ref('stg_purchase_history') }} as history
    left join {{ ref('int_identities') }} as identities
        on identities.identity_type = 'mobile' and identities.identity = history.mobile

),

all_channels as (

    select * from web_orders
    union all
    select * from till_lines
    union all
    select * from store_purchases
    union all
    select * from history_purchases

),

source_lines as (

    select
        all_channels.*,
        cast(null as text) as country,
        'sale' as line_type,
        not exists (
            select 1 from non_product_codes where all_channels.product_id like non_product_codes.code_pattern
        ) as is_product
    from all_channels

),

{% endif %}

-- Materialized: else SQLite would look up the rate and the codes again for each use below.
rated as materialized (

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

judged as (

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
    cast(session_id as text) as session_id,
    cast(country as text) as country,
    cast(order_date as text) as order_date,
    cast(order_at as text) as order_at,
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
