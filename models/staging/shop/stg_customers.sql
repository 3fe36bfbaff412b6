{{ config(materialized='table') }}

with

typed as (

    select
        {{ clean_code('customer_id') }} as customer_id,
        {{ clean_text('name') }} as customer_name,
        {{ clean_word('email') }} as email,
        {{ clean_word('gender') }} as gender,
        cast({{ safe_number('age') }} as integer) as age,
        {{ clean_text('city') }} as city,
        {{ clean_text('country') }} as country,
        {{ clean_mobile('mobile') }} as mobile,
        cast({{ clean_text('store_user_id') }} as integer) as store_user_id,
        {{ to_date('signup_date') }} as signup_date,
        updated_at
    from {{ source('raw', 'customers') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by customer_id order by updated_at desc, email, customer_name) as version_number,
        cast(count(*) over (partition by customer_id) as integer) as source_rows
    from typed

)

select
    latest_first.customer_id,
    latest_first.customer_name,
    cast(case when latest_first.email like '%_@_%' then latest_first.email end as text) as email,
    cast(
        case
            when latest_first.gender in ('f', 'female') then 'F'
            when latest_first.gender in ('m', 'male') then 'M'
        end
    as text) as gender,
    cast(case when latest_first.age between 15 and 100 then latest_first.age end as integer) as age,
    latest_first.city,
    cast(coalesce(country_aliases.country, latest_first.country) as text) as country,
    latest_first.mobile,
    latest_first.store_user_id,
    latest_first.signup_date,
    latest_first.updated_at,
    latest_first.source_rows
from latest_first
left join {{ ref('country_aliases') }} as country_aliases
    on country_aliases.alias = lower(latest_first.country)
where latest_first.version_number = 1
