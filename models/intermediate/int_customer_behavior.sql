-- What kind of buyer: by frequency, monetary value and tenure, never by recency, which churn_status tells.
with

candidates as (

    select
        rfm.customer_id,
        rules.behavioral_segment,
        row_number() over (partition by rfm.customer_id order by rules.priority) as place
    from {{ ref('int_customer_rfm') }} as rfm
    inner join {{ ref('int_customer_metrics') }} as metrics on metrics.customer_id = rfm.customer_id
    inner join {{ ref('rfm_segment_rules') }} as rules
        on rfm.f_score >= rules.min_f_score
        and rfm.m_score >= rules.min_m_score
        and (rules.max_tenure_days is null or metrics.tenure_days <= rules.max_tenure_days)

)

select
    customer_id,
    behavioral_segment
from candidates
where place = 1
