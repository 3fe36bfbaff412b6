{{ config(
    severity='warn',
    store_failures=true,
    enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample'),
) }}

-- Orders whose refunds ask for more than the order brought: they count up to its amount, and somebody should ask why.
select orders.order_id, orders.amount, sum(refunds.refund_amount) as refund_amount
from {{ ref('stg_refunds') }} as refunds
inner join {{ ref('stg_orders') }} as orders on orders.order_id = refunds.order_id
group by orders.order_id, orders.amount
having sum(refunds.refund_amount) > orders.amount + 0.005
