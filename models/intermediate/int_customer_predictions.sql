-- What buyers will do: the BG/NBD model of repeated purchases, and a logistic model of an order within 90 days. Both are
-- scored here with parameters that were fitted elsewhere (seeds bgnbd_parameters and propensity_coefficients).
with recursive

parameters as (

    select
        {%- for name in ['r', 'alpha', 'a', 'b'] %}
        {{ parameter(ref('bgnbd_parameters'), 'parameter', name, 'value') }} as {{ name }},
        {%- endfor %}
        {%- for term in ['intercept', 'recency', 'frequency', 'monetary', 'tenure'] %}
        {{ parameter(ref('propensity_coefficients'), 'term', term, 'coefficient') }} as {{ term }}_weight
        {{- ',' if not loop.last }}
        {%- endfor %}

),

-- BG/NBD counts in weeks: x repeated purchases, the last one at t_x of an age of t_all.
histories as (

    select
        metrics.customer_id,
        metrics.frequency,
        metrics.monetary,
        metrics.recency_days,
        metrics.tenure_days,
        parameters.*,
        metrics.frequency - 1 as x,
        (metrics.tenure_days - metrics.recency_days) / 7.0 as t_x,
        metrics.tenure_days / 7.0 as t_all,
        {{ var('projection_weeks') }} / (parameters.alpha + metrics.tenure_days / 7.0 + {{ var('projection_weeks') }}) as z
    from {{ ref('int_customer_metrics') }} as metrics
    cross join parameters
    where metrics.frequency > 0

),

-- Someone who never came back is alive by this model, which lets customers leave only after a purchase.
chances as (

    select
        *,
        case
            when x = 0 then 1.0
            else 1 / (1 + a / (b + x - 1) * power((alpha + t_all) / (alpha + t_x), r + x))
        end as p_alive,
        a + b - 1 - r as p,
        a - 1 as q,
        a + b + x - 1 as c
    from histories

),

series as (

    {{ hypergeometric_terms('chances', 'customer_id') | indent(4) }}

),

sums as (

    select customer_id, sum(term) as hypergeometric
    from series
    group by customer_id

),

predictions as (

    select
        chances.customer_id,
        p_alive,
        p_alive * c / q * (1 - power(1 - z, q) * sums.hypergeometric) as expected_orders,
        {{ greatest(safe_divide('monetary', 'frequency'), '0') }} as avg_order_net,
        1 / (1 + exp(-(
            intercept_weight
            + recency_weight * ln(1 + recency_days)
            + frequency_weight * ln(frequency)
            + monetary_weight * ln({{ greatest('monetary', '1') }})
            + tenure_weight * ln(1 + tenure_days)
        ))) as propensity
    from chances
    inner join sums on sums.customer_id = chances.customer_id

)

select
    customer_id,
    cast(p_alive as real) as p_alive,
    cast(round(expected_orders, 4) as real) as expected_orders,
    {{ money('expected_orders * avg_order_net') }} as clv_projected,
    cast(round(propensity, 4) as real) as purchase_propensity
from predictions
