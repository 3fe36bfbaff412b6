{{ config(enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample')) }}

-- In the sample, refunds take back at most what the order brought, and everything of an order marked refunded.
with

refunds as (

    select order_id, sum(amount) as refunded from {{ ref('int_refunds_allocated') }}
    group by order_id

)

select orders.order_id, orders.order_status, orders.gross, refunds.refunded
from {{ ref('int_orders') }} as orders
left join refunds on refunds.order_id = orders.order_id
where
    refunds.refunded > orders.gross + 0.005
    or (orders.order_status = 'refunded' and abs(orders.gross - coalesce(refunds.refunded, 0)) > 0.005)
