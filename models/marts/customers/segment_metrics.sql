select
    segment,
    cast(count(*) as integer) as num_customers,
    {{ money('sum(monetary)') }} as total_spend,
    {{ money('avg(clv_historic)') }} as avg_clv,
    cast(avg(frequency) as real) as avg_purchases,
    cast(avg(recency_days) as real) as avg_recency_days,
    {{ money(safe_divide('sum(monetary)', 'sum(frequency)')) }} as avg_order_value
from {{ ref('customer_360') }}
where segment is not null
group by segment
order by segment
