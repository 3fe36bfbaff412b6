-- The same figures for every way in which customers are divided: one query for any donut or bar.
{%- set segment_types = [
    'tier', 'ltv_band', 'activity_status', 'churn_status', 'behavioral_segment', 'combined_segment', 'rfm_score', 'segment',
    'subscription_status',
] %}
with

members as (
{% for segment_type in segment_types %}
    select '{{ segment_type }}' as segment_type, cast({{ segment_type }} as text) as segment, monetary, frequency, churn_status
    from {{ ref('customer_360') }}
    where {{ segment_type }} is not null
    {{ 'union all' if not loop.last }}
{% endfor %}
)

select
    cast(segment_type as text) as segment_type,
    segment,
    cast(count(*) as integer) as customers,
    {{ money('sum(monetary)') }} as total_spend,
    {{ money(safe_divide('sum(monetary)', 'sum(frequency)')) }} as avg_order_value,
    {{ safe_divide("count(*) filter (where churn_status = 'Churned')", 'count(*) filter (where frequency > 0)') }} as churn_rate
from members
group by segment_type, segment
order by segment_type, segment
