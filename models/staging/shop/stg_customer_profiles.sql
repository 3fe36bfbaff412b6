{{ config(materialized='table') }}

with

typed as (

    select
        {{ clean_mobile('mobile') }} as mobile,
        {{ clean_text('name') }} as name,
        cast({{ safe_number('age') }} as integer) as age,
        {{ safe_number('income') }} as income,
        {{ clean_word('gender') }} as gender,
        {{ clean_word('education') }} as education,
        {{ clean_word('occupation') }} as occupation,
        {{ clean_text('zip_code') }} as zip_code,
        updated_at
    from {{ source('raw', 'customer_profiles') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by mobile order by updated_at desc, name, income) as version_number,
        cast(count(*) over (partition by mobile) as integer) as source_rows
    from typed

)

select
    mobile,
    name,
    cast(case when age between 15 and 100 then age end as integer) as age,
    cast(coalesce(age not between 15 and 100, 0) as integer) as is_age_out_of_range,
    cast(case when income >= 0 then income end as real) as income,
    cast(
        case
            when gender in ('f', 'female', '0') then 'F'
            when gender in ('m', 'male', '1') then 'M'
        end
    as text) as gender,
    education,
    occupation,
    cast(case when length(zip_code) = 5 and {{ starts_with_digits('zip_code', 5) }} then zip_code end as text) as zip_code,
    updated_at,
    source_rows
from latest_first
where version_number = 1
