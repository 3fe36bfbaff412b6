select
    segment,
    count(*) as num_customers,
    {{ money('sum(monetary)') }} as total_spend,
    {{ money('avg(clv_historic)') }} as avg_clv,
    avg(frequency) as avg_purchases,
    avg(recency_days) as avg_recency_days,
    {{ money(safe_divide('sum(monetary)', 'sum(frequency)')) }} as avg_order_value
from {{ ref('customer_360') }}
where segment is not null
group by segment
