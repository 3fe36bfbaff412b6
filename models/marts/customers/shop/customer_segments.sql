-- Buyers of whom a profile is known, by telephone number, with their cluster.
select
    profiles.mobile,
    profiles.name,
    profiles.age,
    profiles.income,
    profiles.gender,
    profiles.education,
    profiles.occupation,
    profiles.zip_code,
    features.clv as CLV,
    features.num_purchases,
    features.avg_purchase_frequency,
    features.spending_score,
    clusters.segment
from {{ ref('int_customer_profiles') }} as profiles
inner join {{ ref('int_customer_features') }} as features on features.customer_id = profiles.customer_id
inner join {{ ref('int_customer_kmeans_assignments') }} as clusters on clusters.customer_id = profiles.customer_id
order by profiles.mobile
