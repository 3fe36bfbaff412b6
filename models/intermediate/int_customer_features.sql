-- Recency, frequency and monetary value on a logarithmic scale, then as distances from the mean in standard deviations.
with

logarithms as (

    select
        customer_id,
        ln(1 + recency_days) as recency,
        ln(frequency) as frequency,
        ln({{ greatest('monetary', '1') }}) as monetary
    from {{ ref('int_customer_metrics') }}
    where frequency > 0

),

means as (

    select
        avg(recency) as recency,
        avg(frequency) as frequency,
        avg(monetary) as monetary
    from logarithms

),

deviations as (

    select
        sqrt(avg((l.recency - m.recency) * (l.recency - m.recency))) as recency,
        sqrt(avg((l.frequency - m.frequency) * (l.frequency - m.frequency))) as frequency,
        sqrt(avg((l.monetary - m.monetary) * (l.monetary - m.monetary))) as monetary
    from logarithms as l
    cross join means as m

)

-- A column without spread says nothing about anyone: 0 for all.
select
    l.customer_id,
    cast(coalesce({{ safe_divide('l.recency - m.recency', 'd.recency') }}, 0) as real) as z_recency,
    cast(coalesce({{ safe_divide('l.frequency - m.frequency', 'd.frequency') }}, 0) as real) as z_frequency,
    cast(coalesce({{ safe_divide('l.monetary - m.monetary', 'd.monetary') }}, 0) as real) as z_monetary
from logarithms as l
cross join means as m
cross join deviations as d
