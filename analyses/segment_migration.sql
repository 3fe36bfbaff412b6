-- From which segment to which one customers moved between two snapshots, most frequent moves first.
with

versions as (

    select
        customer_id,
        combined_segment,
        dbt_valid_from,
        lag(combined_segment) over (partition by customer_id order by dbt_valid_from) as segment_before
    from {{ ref('snap_customer_segments') }}

)

select segment_before, combined_segment as segment_after, count(*) as moves, max(dbt_valid_from) as last_move
from versions
where segment_before is not null
group by segment_before, combined_segment
order by moves desc, segment_before, segment_after
