-- One row for each customer: every intermediate model of customers, joined once.
select
    customers.customer_id,
    customers.customer_name,
    customers.email,
    customers.country,
    metrics.first_order_date,
    metrics.last_order_date,
    metrics.frequency,
    metrics.gross,
    metrics.refunds,
    metrics.monetary,
    metrics.avg_order_value,
    metrics.avg_days_between_orders,
    metrics.recency_days,
    metrics.tenure_days,
    rfm.r_score,
    rfm.f_score,
    rfm.m_score,
    rfm.rfm_score,
    rfm.rfm_total,
    rfm.rfm_rank,
    tiers.tier,
    activity.activity_status,
    activity.churn_status,
    ltv.ltv_band,
    behavior.behavioral_segment,
    cast(activity.churn_status || ' - ' || behavior.behavioral_segment as text) as combined_segment,
    ltv.clv_historic,
    ltv.clv_12m,
    predictions.clv_projected,
    predictions.p_alive,
    predictions.purchase_propensity,
    favorites.favorite_category,
    favorites.favorite_product,
    favorites.weekday_mode,
    favorites.hour_mode,
    clusters.segment,
    subscriptions.status as subscription_status,
    subscriptions.is_churned as is_churned_subscriber
from {{ ref('int_customers') }} as customers
inner join {{ ref('int_customer_metrics') }} as metrics on metrics.customer_id = customers.customer_id
inner join {{ ref('int_customer_activity') }} as activity on activity.customer_id = customers.customer_id
inner join {{ ref('int_customer_tier') }} as tiers on tiers.customer_id = customers.customer_id
inner join {{ ref('int_customer_favorites') }} as favorites on favorites.customer_id = customers.customer_id
left join {{ ref('int_customer_rfm') }} as rfm on rfm.customer_id = customers.customer_id
left join {{ ref('int_customer_ltv') }} as ltv on ltv.customer_id = customers.customer_id
left join {{ ref('int_customer_predictions') }} as predictions on predictions.customer_id = customers.customer_id
left join {{ ref('int_customer_behavior') }} as behavior on behavior.customer_id = customers.customer_id
left join {{ ref('int_customer_kmeans_assignments') }} as clusters on clusters.customer_id = customers.customer_id
left join {{ ref('churn_subscription') }} as subscriptions on subscriptions.customer_id = customers.customer_id
