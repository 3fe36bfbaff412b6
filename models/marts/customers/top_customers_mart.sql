-- The customers who brought most, and whether they are still there.
with

ranked as (

    select
        pareto.rank,
        pareto.customer_id,
        pareto.monetary,
        pareto.share,
        pareto.cum_share,
        count(*) over (partition by pareto.monetary) > 1 as is_tied
    from {{ ref('revenue_pareto') }} as pareto

)

select
    ranked.rank,
    ranked.customer_id,
    customers.customer_name,
    ranked.monetary,
    ranked.share,
    ranked.cum_share,
    customers.rfm_score,
    customers.activity_status,
    customers.churn_status,
    cast(customers.activity_status = 'Active' as integer) as is_active,
    cast(ranked.is_tied as integer) as is_tied
from ranked
inner join {{ ref('customer_360') }} as customers on customers.customer_id = ranked.customer_id
where ranked.rank <= {{ var('top_customers') }}
order by ranked.rank
