with

sale_lines as (

    select * from {{ ref('int_order_lines') }}
    where is_sale

)

select
    order_id,
    min(source_system) as source_system,
    max(customer_id) as customer_id,
    max(country) as country,
    min(order_date) as order_date,
    {{ month_of('min(order_date)') }} as order_month,
    max(order_status) as order_status,
    count(*) as lines,
    cast(sum(quantity) as integer) as units,
    {{ money('sum(amount)') }} as gross
from sale_lines
group by order_id
