-- Categories with the levels of their code: electronics.audio.headphone has three, apparel.shoes two.
with

levels as (

    select
        *,
        instr(category_code, '.') as first_dot,
        case
            when instr(substr(category_code, instr(category_code, '.') + 1), '.') > 0
            then instr(category_code, '.') + instr(substr(category_code, instr(category_code, '.') + 1), '.')
        end as second_dot
    from {{ ref('int_categories') }}

)

select
    category_key,
    category_id,
    category,
    category_code,
    cast(case when first_dot > 0 then substr(category_code, 1, first_dot - 1) else category_code end as text) as level_1,
    cast(
        case
            when second_dot is not null then substr(category_code, first_dot + 1, second_dot - first_dot - 1)
            when first_dot > 0 then substr(category_code, first_dot + 1)
        end
    as text) as level_2,
    cast(case when second_dot is not null then substr(category_code, second_dot + 1) end as text) as level_3
from levels
