-- How order values are spread: orders by powers of two of their value.
with

orders as (

    select gross, floor(log2({{ greatest('gross', '1') }})) as power
    from {{ ref('int_orders') }}

)

select
    power(2, power) as from_value,
    power(2, power + 1) as below_value,
    count(*) as orders,
    {{ money('sum(gross)') }} as gross
from orders
group by power
order by power
