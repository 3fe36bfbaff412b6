-- What sets buyers apart, and what the clusters are made of: recency, frequency and money on a logarithmic scale, and all
-- measures on one scale. A buyer without a profile stands in the mean of the others' age and income.
with

measures as (

    select
        metrics.customer_id,
        metrics.monetary,
        metrics.frequency,
        ltv.clv_historic as clv,
        metrics.frequency / {{ greatest('metrics.tenure_days / 30.4375', '1') }} as avg_purchase_frequency,
        {{ percent_rank('metrics.tenure_days') }} * {{ percent_rank('metrics.frequency') }} as loyalty,
        coalesce(profiles.income_band, 0) as income_band,
        ln(1 + metrics.recency_days) as recency_log,
        ln(metrics.frequency) as frequency_log,
        ln({{ greatest('metrics.monetary', '1') }}) as monetary_log,
        profiles.age,
        profiles.income,
        profiles.gender,
        profiles.education,
        profiles.occupation
    from {{ ref('int_customer_metrics') }} as metrics
    inner join {{ ref('int_customer_ltv') }} as ltv on ltv.customer_id = metrics.customer_id
    left join {{ ref('int_customer_profiles') }} as profiles on profiles.customer_id = metrics.customer_id
    where metrics.frequency > 0

),

centred as (

    select
        *,
        recency_log - avg(recency_log) over () as recency_centred,
        frequency_log - avg(frequency_log) over () as frequency_centred,
        monetary_log - avg(monetary_log) over () as monetary_centred,
        coalesce(age - avg(age) over (), 0) as age_centred,
        coalesce(income - avg(income) over (), 0) as income_centred,
        min(monetary) over (partition by income_band) as lowest_in_band,
        max(monetary) over (partition by income_band) as highest_in_band
    from measures

)

select
    customer_id,
    clv,
    cast(frequency as integer) as num_purchases,
    cast(avg_purchase_frequency as real) as avg_purchase_frequency,
    cast(loyalty as real) as loyalty,
    cast(income_band as integer) as income_band,
    -- 50 where all of a band spent the same
    {%- set place_in_band = safe_divide('monetary - lowest_in_band', 'highest_in_band - lowest_in_band') %}
    {{ money('coalesce(1 + 99 * ' ~ place_in_band ~ ', 50)') }} as spending_score,
    {{ scaled('recency_centred') }} as z_recency,
    {{ scaled('frequency_centred') }} as z_frequency,
    {{ scaled('monetary_centred') }} as z_monetary,
    {{ scaled('age_centred') }} as z_age,
    {{ scaled('income_centred') }} as z_income,
    cast(coalesce(gender = 0, 0) as integer) as is_female,
    cast(coalesce(gender = 1, 0) as integer) as is_male,
    education,
    occupation
from centred
