{{ config(materialized='table') }}

-- One row for each purchase in the pages of the API, which lists them for each person.
with

answers as (

    select {{ clean_mobile('mobile') }} as mobile, purchases, _source_file, _source_line
    from {{ source('raw', 'purchase_history') }}

),

people as (

    select
        mobile,
        purchases,
        row_number() over (partition by mobile order by _source_file, _source_line) as answer_number
    from answers

)

select
    cast(people.mobile || '-' || people.answer_number || '-' || purchases.key as text) as purchase_id,
    people.mobile,
    {{ to_date("json_extract(purchases.value, '$.date')") }} as purchase_date,
    cast(json_extract(purchases.value, '$.amount') as real) as amount,
    {{ clean_text("json_extract(purchases.value, '$.category')") }} as category
from people
cross join json_each(people.purchases) as purchases
