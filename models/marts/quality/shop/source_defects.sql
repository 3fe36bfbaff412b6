-- What is wrong with the raw files, counted after cleaning.
with

lines as (

    select * from {{ ref('int_order_lines') }}

),

refunds as (

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
    where is_guest
    group by source_system
    union all
    select 'raw_' || source_system, 'customer unknown', count(*)
    from lines
    where customer_id not in (select customer_id from {{ ref('stg_customers') }})
    group by source_system
    union all
    select 'raw_' || source_system, 'product unknown', count(*)
    from lines
    where is_product and product_id not in (select product_id from {{ ref('stg_products') }})
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

)

select cast(source as text) as source, cast(defect as text) as defect, cast(row_count as integer) as row_count
from defects
where row_count > 0
order by source, defect
