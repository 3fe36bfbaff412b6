-- What is wrong with the raw files, counted after cleaning.
with

lines as not materialized (

    select * from {{ ref('int_order_lines') }}

),

refunds as materialized (

    select
        refunds.*,
        orders.order_date,
        orders.amount as order_amount,
        {{ to_base_currency('refunds.refund_amount', 'orders.fx_rate') }} as refund_value,
        count(*) over (partition by refunds.order_id) as refunds_of_order
    from {{ ref('stg_refunds') }} as refunds
    left join lines as orders on orders.order_id = refunds.order_id and orders.source_system = 'orders'

),

defects (source, defect, row_count) as (

    select 'raw_customers', 'duplicate', sum(source_rows - 1) from {{ ref('stg_customers') }}
    union all
    select 'raw_customers', 'email missing', count(*) from {{ ref('stg_customers') }} where email is null
    union all
    select 'raw_customers', 'gender missing', count(*) from {{ ref('stg_customers') }} where gender is null
    union all
    select 'raw_customers', 'age missing', count(*) from {{ ref('stg_customers') }} where age is null

    union all
    select 'raw_products', 'duplicate', sum(source_rows - 1) from {{ ref('stg_products') }}
    union all
    select 'raw_products', 'category missing', count(*) from {{ ref('stg_products') }} where category = 'unknown'
    union all
    select 'raw_products', 'brand missing', count(*) from {{ ref('stg_products') }} where brand = 'unknown'

    union all
    select 'raw_orders', 'duplicate', sum(source_rows - 1) from {{ ref('stg_orders') }}
    union all
    select 'raw_transactions', 'duplicate', sum(source_rows - 1) from {{ ref('stg_transactions') }}
    union all
    select 'raw_transactions', 'price missing', count(*) from {{ ref('stg_transactions') }} where unit_price is null

    union all
    select 'raw_' || source_system, 'customer missing', count(*)
    from lines
    where is_guest and source_system in ('orders', 'transactions')
    group by source_system
    union all
    select 'raw_' || source_system, 'customer unknown', count(*)
    from lines
    where
        source_system in ('orders', 'transactions')
        and customer_id not in (select customer_id from {{ ref('stg_customers') }})
    group by source_system
    union all
    select 'raw_' || source_system, 'product unknown', count(*)
    from lines
    where
        source_system <> 'purchase_history'
        and is_product
        and product_id not in (select product_id from {{ ref('stg_products') }})
    group by source_system
    union all
    select 'raw_' || source_system, reject_reason, count(*)
    from lines
    where reject_reason is not null
    group by source_system, reject_reason

    union all
    select 'raw_refunds', 'duplicate', sum(source_rows - 1) from {{ ref('stg_refunds') }}
    union all
    select 'raw_refunds', 'order unknown', count(*) from refunds where order_amount is null
    union all
    select 'raw_refunds', 'before the order', count(*) from refunds where refund_date < order_date
    union all
    select 'raw_refunds', 'more than the order', count(*) from refunds where refund_value > order_amount
    union all
    select 'raw_refunds', 'refunded twice', count(distinct order_id) from refunds where refunds_of_order > 1

    union all
    select 'raw_subscriptions', 'duplicate', sum(source_rows - 1) from {{ ref('stg_subscriptions') }}
    union all
    select 'raw_subscriptions', 'plan missing', count(*) from {{ ref('stg_subscriptions') }} where plan is null
    union all
    select 'raw_subscriptions', 'customer unknown', count(*)
    from {{ ref('stg_subscriptions') }}
    where customer_id not in (select customer_id from {{ ref('stg_customers') }})

    union all
    select 'raw_clickstream', 'duplicate', sum(source_rows - 1) from {{ ref('stg_clickstream') }}
    union all
    select 'raw_clickstream', 'user missing', count(*) from {{ ref('stg_clickstream') }} where user_id is null
    union all
    select 'raw_clickstream', 'product missing', count(*) from {{ ref('stg_clickstream') }} where product_id is null
    union all
    select 'raw_clickstream', 'time invalid', count(*) from {{ ref('stg_clickstream') }} where event_at is null
    union all
    select 'raw_clickstream', 'order unknown', count(*)
    from {{ ref('stg_clickstream') }}
    where order_id not in (select order_id from {{ ref('stg_orders') }})
    union all
    select 'raw_clickstream', 'bot', sum(page_views) from {{ ref('int_sessions') }} where is_bot

    union all
    select 'raw_store_events', 'duplicate', sum(source_rows - 1) from {{ ref('stg_store_events') }}
    union all
    select 'raw_store_events', 'category missing', count(*) from {{ ref('stg_store_events') }} where category_code = 'unknown'
    union all
    select 'raw_store_events', 'brand missing', count(*) from {{ ref('stg_store_events') }} where brand = 'unknown'

    union all
    select 'raw_customer_profiles', 'duplicate', sum(source_rows - 1) from {{ ref('stg_customer_profiles') }}
    union all
    select 'raw_customer_profiles', 'age missing', count(*)
    from {{ ref('stg_customer_profiles') }}
    where age is null and not is_age_out_of_range
    union all
    select 'raw_customer_profiles', 'age out of range', sum(is_age_out_of_range) from {{ ref('stg_customer_profiles') }}
    union all
    select 'raw_customer_profiles', 'income missing', count(*) from {{ ref('stg_customer_profiles') }} where income is null
    union all
    select 'raw_customer_profiles', 'zip code invalid', count(*) from {{ ref('stg_customer_profiles') }} where zip_code is null

    union all
    select 'raw_purchase_history', 'category missing', count(*) from {{ ref('stg_purchase_history') }} where category is null
    union all
    select 'raw_purchase_history', 'profile unknown', count(distinct mobile)
    from {{ ref('stg_purchase_history') }}
    where mobile not in (select mobile from {{ ref('stg_customer_profiles') }})

)

select cast(source as text) as source, cast(defect as text) as defect, cast(row_count as integer) as row_count
from defects
where row_count > 0
order by source, defect
