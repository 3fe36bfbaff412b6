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
        sum(monetary) over (order by rank rows unbounded preceding) as cum_revenue
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
    -- those who are needed to reach 80 %: the share before this customer is still below it
    cast({{ safe_divide('cum_revenue - monetary', 'total') }} < 0.8 as integer) as in_80pct_revenue
from shares
order by rank
