{{ config(materialized='view', tags='nightly') }}
select * from {{ ref('revenue') }} join {{ ref('lib_base') }} using (id)
