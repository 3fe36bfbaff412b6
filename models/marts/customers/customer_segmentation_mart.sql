-- Everyone who ever bought, with the segments that a campaign asks for.
select
    customer_id,
    rfm_score,
    churn_status,
    behavioral_segment,
    combined_segment,
    r_score,
    f_score,
    m_score,
    monetary,
    tier,
    ltv_band
from {{ ref('customer_360') }}
where frequency > 0
