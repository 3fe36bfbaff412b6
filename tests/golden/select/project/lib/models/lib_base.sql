{{ config(tags=['nightly']) }}
select * from {{ ref('lib_seed') }}
