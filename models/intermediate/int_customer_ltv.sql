with

buyers as (

    select
        customer_id,
        monetary,
        frequency,
        tenure_days,
        {{ percent_rank('monetary') }} as monetary_rank
    from {{ ref('int_customer_metrics') }}
    where frequency > 0

),

bands as (

    select * from {{ ref('ltv_bands') }}

),

-- A customer of less than a month counts as one of a month, so that one order does not look like a year of them.
rates as (

    select
        *,
        {{ greatest('tenure_days / 30.4375', '1') }} as tenure_months,
        {{ safe_divide('monetary', 'frequency') }} as avg_order_net
    from buyers

)

select
    rates.customer_id,
    {{ money('rates.monetary') }} as clv_historic,
    {{ money(greatest('0', 'rates.avg_order_net * rates.frequency / rates.tenure_months * 12')) }} as clv_12m,
    rates.monetary_rank,
    bands.ltv_band
from rates
left join bands
    on rates.monetary_rank >= bands.from_rank
    and (bands.below_rank is null or rates.monetary_rank < bands.below_rank)
