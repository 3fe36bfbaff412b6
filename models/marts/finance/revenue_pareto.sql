-- How few customers bring how much. The share runs above 1 before the end where refunds outweigh sales in the tail.
with

buyers as (

    select
        customer_id,
        monetary,
        cast(row_number() over (order by monetary desc, customer_id) as integer) as rank,
        count(*) over () as customers,
        sum(monetary) over () as total
    from {{ ref('customer_360') }}
    where frequency > 0

),

shares as (

    select
        *,
        {{ running_total('monetary', 'rank') }} as cum_revenue
    from buyers

)

select
    rank,
    customer_id,
    monetary,
    {{ money('cum_revenue') }} as cum_revenue,
    {{ safe_divide('monetary', 'total') }} as share,
    {{ safe_divide('cum_revenue', 'total') }} as cum_share,
    cast(ntile(10) over (order by rank) as integer) as decile,
    cast(rank <= ceil(customers / 5.0) as integer) as in_top_20pct,
    {{ is_in_80pct('cum_revenue', 'monetary', 'total') }} as in_80pct_revenue
from shares
order by rank
