{{ config(enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample')) }}

-- What the generator planted is what source_defects counts, no more and no less. Untidy text and outliers leave no trace.
with

planted as (

    select source, defect, row_count from {{ source('generator', 'planted_defects') }}
    where defect not in ('untidy text', 'price outlier', 'income outlier')

),

found as (

    select source, defect, row_count from {{ ref('source_defects') }}

)

select planted.source, planted.defect, planted.row_count as rows_planted, found.row_count as rows_found
from planted
left join found on found.source = planted.source and found.defect = planted.defect
where found.row_count is null or found.row_count <> planted.row_count

union all

select found.source, found.defect, 0, found.row_count
from found
left join planted on planted.source = found.source and planted.defect = found.defect
where planted.defect is null
