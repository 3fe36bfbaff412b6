-- Customers worth winning back: they are slipping away or gone, and they brought more than most.
with

targets as (

    select *
    from {{ ref('customer_360') }}
    where churn_status in ('At Risk', 'Churned') and ltv_band in ('High', 'VIP')

),

offers as (

    select
        targets.customer_id,
        rules.offer,
        rules.discount_pct,
        rules.channel,
        row_number() over (partition by targets.customer_id order by rules.priority) as place
    from targets
    inner join {{ ref('campaign_rules') }} as rules
        on (rules.churn_status is null or rules.churn_status = targets.churn_status)
        and (rules.ltv_band is null or rules.ltv_band = targets.ltv_band)
        and targets.recency_days >= rules.min_recency_days
        and (rules.needs_email = 0 or targets.email is not null)

)

select
    targets.customer_id,
    targets.customer_name,
    targets.email,
    targets.churn_status,
    targets.ltv_band,
    targets.behavioral_segment,
    targets.monetary,
    targets.recency_days,
    targets.last_order_date,
    targets.favorite_category,
    targets.favorite_product,
    offers.offer,
    offers.discount_pct,
    offers.channel,
    cast(row_number() over (order by targets.monetary desc, targets.customer_id) as integer) as priority
from targets
inner join offers on offers.customer_id = targets.customer_id and offers.place = 1
order by priority
