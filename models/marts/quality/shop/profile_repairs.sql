-- What was put in place of what: so many profiles got an age or an income that they did not have.
with

repairs (column_name, repair, row_count) as (

    select 'age', 'median instead of a missing or impossible age', sum(age_imputed) from {{ ref('int_customer_profiles') }}
    union all
    select 'income', 'median instead of a missing income', sum(income_imputed) from {{ ref('int_customer_profiles') }}
    union all
    select 'income', 'bound instead of an outlier', sum(income_bounded) from {{ ref('int_customer_profiles') }}

)

select
    cast(column_name as text) as column_name,
    cast(repair as text) as repair,
    cast(coalesce(row_count, 0) as integer) as row_count
from repairs
