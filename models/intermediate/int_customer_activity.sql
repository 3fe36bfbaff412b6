with

metrics as (

    select * from {{ ref('int_customer_metrics') }}

),

bands as (

    select * from {{ ref('recency_bands') }}

)

select
    metrics.customer_id,
    metrics.recency_days,
    bands.activity_status,
    bands.churn_status
from metrics
left join bands
    on (metrics.recency_days >= bands.min_days and metrics.recency_days <= coalesce(bands.max_days, metrics.recency_days))
    or (metrics.recency_days is null and bands.min_days is null)
