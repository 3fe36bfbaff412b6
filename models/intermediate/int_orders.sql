with

sale_lines as (

    select * from {{ ref('int_order_lines') }}
    where is_sale

)

select
    order_id,
    cast(min(source_system) as text) as source_system,
    cast(max(customer_id) as text) as customer_id,
    cast(max(country) as text) as country,
    cast(min(order_date) as text) as order_date,
    cast(min(order_at) as text) as order_at,
    {{ month_of('min(order_date)') }} as order_month,
    cast(max(order_status) as text) as order_status,
    cast(count(*) as integer) as lines,
    cast(sum(quantity) as integer) as units,
    {{ money('sum(amount)') }} as gross
from sale_lines
group by order_id
