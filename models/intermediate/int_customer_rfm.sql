-- Scores compare customers with each other, so only those who ever bought take part.
with

buyers as (

    select * from {{ ref('int_customer_metrics') }}
    where frequency > 0

),

scored as (

    select
        customer_id,
        monetary,
        {{ percent_rank('recency_days', 'desc') }} as recency_rank,
        {{ percent_rank('frequency') }} as frequency_rank,
        {{ percent_rank('monetary') }} as monetary_rank,
        {{ quintile_score('recency_days', 'desc') }} as r_score,
        {{ quintile_score('frequency') }} as f_score,
        {{ quintile_score('monetary') }} as m_score
    from buyers

)

select
    customer_id,
    recency_rank,
    frequency_rank,
    monetary_rank,
    r_score,
    f_score,
    m_score,
    cast(r_score * 100 + f_score * 10 + m_score as text) as rfm_score,
    cast(r_score + f_score + m_score as integer) as rfm_total,
    cast(dense_rank() over (order by r_score + f_score + m_score desc, monetary desc) as integer) as rfm_rank
from scored
