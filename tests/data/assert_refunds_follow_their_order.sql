{{ config(
    severity='warn',
    store_failures=true,
    enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample'),
) }}

-- Refunds dated before their order: they count on the day of the order, and somebody should ask why.
select refunds.refund_id, refunds.order_id, refunds.refund_date, orders.order_date
from {{ ref('stg_refunds') }} as refunds
inner join {{ ref('stg_orders') }} as orders on orders.order_id = refunds.order_id
where refunds.refund_date < orders.order_date
