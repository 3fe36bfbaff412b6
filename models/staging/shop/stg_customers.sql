with

typed as (

    select
        upper(trim(customer_id)) as customer_id,
        {{ clean_text('name') }} as customer_name,
        lower({{ clean_text('email') }}) as email,
        case
            when lower(trim(gender)) in ('f', 'female') then 'F'
            when lower(trim(gender)) in ('m', 'male') then 'M'
        end as gender,
        cast({{ safe_number('age') }} as integer) as age,
        {{ clean_text('city') }} as city,
        {{ clean_text('country') }} as country,
        {{ to_date('signup_date') }} as signup_date,
        updated_at
    from {{ ref('raw_customers') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by customer_id order by updated_at desc, email, customer_name) as version_number,
        count(*) over (partition by customer_id) as source_rows
    from typed

)

select
    latest_first.customer_id,
    latest_first.customer_name,
    case when latest_first.email like '%_@_%' then latest_first.email end as email,
    latest_first.gender,
    case when latest_first.age between 15 and 100 then latest_first.age end as age,
    latest_first.city,
    coalesce(country_aliases.country, latest_first.country) as country,
    latest_first.signup_date,
    latest_first.updated_at,
    latest_first.source_rows
from latest_first
left join {{ ref('country_aliases') }} as country_aliases
    on country_aliases.alias = lower(latest_first.country)
where latest_first.version_number = 1
