-- Each band of days begins on the day after the one before it, and the first begins with day 0.
with

bands as (

    select
        min_days,
        lag(max_days, 1, -1) over (order by min_days) as max_days_before
    from {{ ref('recency_bands') }}
    where min_days is not null

)

select *
from bands
where max_days_before is null or min_days <> max_days_before + 1
