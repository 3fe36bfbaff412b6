-- Clusters are numbered by what their customers spent, 0 the most, without a gap: so that runs can be compared.
with

numbered as (

    select
        segment,
        total_spend,
        row_number() over (order by total_spend desc, segment) - 1 as place
    from {{ ref('segment_metrics') }}

)

select * from numbered
where segment <> place
