with

typed as (

    select
        {{ clean_code('product_id') }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        cast(category_id as bigint) as category_id,
        {{ clean_text('brand') }} as brand,
        {{ safe_number('price') }} as price,
        updated_at
    from {{ source('raw', 'products') }}

),

latest_first as (

    select
        *,
        row_number() over (partition by product_id order by updated_at desc, price, product_name) as version_number,
        cast(count(*) over (partition by product_id) as integer) as source_rows
    from typed

)

select
    product_id,
    product_name,
    cast(coalesce(upper(substr(category, 1, 1)) || lower(substr(category, 2)), 'unknown') as text) as category,
    category_id,
    cast(coalesce(brand, 'unknown') as text) as brand,
    {{ money('price') }} as price,
    updated_at,
    source_rows
from latest_first
where version_number = 1
