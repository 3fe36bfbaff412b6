with

metrics as (

    select
        customer_id,
        monetary as total_spent,
        {% if var('tier_method') == 'quantile' -%}
        {{ percent_rank('monetary') }} as measure
        {%- else -%}
        monetary as measure
        {%- endif %}
    from {{ ref('int_customer_metrics') }}

),

bands as (

    select * from {{ ref('tier_thresholds') }}
    where tier_method = '{{ var('tier_method') }}'

)

select
    metrics.customer_id,
    metrics.total_spent,
    bands.tier,
    bands.tier_method
from metrics
left join bands
    on (bands.above is null or metrics.measure > bands.above)
    and (bands.up_to is null or metrics.measure <= bands.up_to)
