-- Money that went back: by refund in the sample shop, by cancelled line at the retailer.
with

lines as (

    select * from {{ ref('int_order_lines') }}

),

{% if dataset() == 'uci' %}

refunds as (

    select
        order_line_id as refund_id,
        order_id,
        customer_id,
        product_id,
        order_date as refund_date,
        -amount as requested,
        -amount as amount
    from lines
    where is_return

)

{% else %}

-- Refunds name web orders, and a web order has one line.
refundable_orders as (

    select * from lines
    where is_sale and source_system = 'orders'

),

requested as (

    select
        refunds.refund_id,
        orders.order_id,
        orders.customer_id,
        orders.product_id,
        -- Money cannot come back before it was paid: such a date is taken for the day of the order.
        {{ greatest('coalesce(refunds.refund_date, orders.order_date)', 'orders.order_date') }} as refund_date,
        {{ to_base_currency('refunds.refund_amount', 'orders.fx_rate') }} as requested,
        orders.amount as order_amount
    from {{ ref('stg_refunds') }} as refunds
    inner join refundable_orders as orders on orders.order_id = refunds.order_id
    where refunds.refund_amount > 0

),

in_time as (

    select
        *,
        coalesce(
            sum(requested) over (
                partition by order_id order by refund_date, refund_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as requested_before
    from requested
    where refund_date <= {{ as_of_date() }}

),

capped as (

    select
        *,
        {{ money(greatest('0', least('requested', 'order_amount - requested_before'))) }} as amount
    from in_time

),

refunded_by_order as (

    select order_id, sum(amount) as refunded
    from capped
    group by order_id

),

-- An order marked refunded nets to 0: what no refund row explains went back on the day of the order.
remainders as (

    select
        orders.order_id || '-rest' as refund_id,
        orders.order_id,
        orders.customer_id,
        orders.product_id,
        orders.order_date as refund_date,
        {{ money('orders.amount - coalesce(refunded_by_order.refunded, 0)') }} as amount
    from refundable_orders as orders
    left join refunded_by_order on refunded_by_order.order_id = orders.order_id
    where orders.order_status = 'refunded'

),

refunds as (

    select refund_id, order_id, customer_id, product_id, refund_date, requested, amount from capped
    union all
    select refund_id, order_id, customer_id, product_id, refund_date, amount, amount from remainders
    where amount > 0

)

{% endif %}

select
    cast(refund_id as text) as refund_id,
    order_id,
    customer_id,
    product_id,
    cast(refund_date as text) as refund_date,
    {{ month_of('refund_date') }} as refund_month,
    {{ money('requested') }} as requested,
    {{ money('amount') }} as amount
from refunds
