-- Categories of the catalogue and of the store, joined by the store's number.
with

{% if dataset() == 'uci' %}

categories (category_id, category, category_code) as (

    select cast(null as bigint), 'unknown', 'unknown'

)

{% else %}

catalogue as (

    select category_id, min(category) as category
    from {{ ref('stg_products') }}
    where category_id is not null
    group by category_id

),

store_codes as (

    select
        category_id,
        category_code,
        row_number() over (
            partition by category_id
            order by category_code = 'unknown', max(event_at) desc, category_code
        ) as place
    from {{ ref('stg_store_events') }}
    where category_id is not null
    group by category_id, category_code

),

category_ids as (

    select category_id from catalogue
    union
    select category_id from store_codes

),

categories as (

    select
        category_ids.category_id,
        coalesce(catalogue.category, 'unknown') as category,
        coalesce(store_codes.category_code, 'unknown') as category_code
    from category_ids
    left join catalogue on catalogue.category_id = category_ids.category_id
    left join store_codes on store_codes.category_id = category_ids.category_id and store_codes.place = 1

    union all

    select null, 'unknown', 'unknown'

)

{% endif %}

select
    {{ category_key('category_id') }} as category_key,
    category_id,
    cast(category as text) as category,
    cast(category_code as text) as category_code
from categories
