select
    cast(customers.segment as integer) as segment,
    {{ money('sum(customers.monetary)') }} as total_spend,
    cast(count(*) as integer) as num_customers,
    {{ money('avg(features.clv)') }} as avg_CLV,
    cast(avg(features.num_purchases) as real) as avg_purchases,
    {{ money('avg(features.spending_score)') }} as avg_spending_score
from {{ ref('customer_360') }} as customers
inner join {{ ref('int_customer_features') }} as features on features.customer_id = customers.customer_id
where customers.segment is not null
group by customers.segment
order by customers.segment
