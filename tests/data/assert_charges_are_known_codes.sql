{{ config(severity='warn') }}

-- Codes that were taken for charges and that non_product_codes does not name: a new charge, or a product lost.
select lines.product_id, count(*) as row_count
from {{ ref('int_order_lines') }} as lines
where
    not lines.is_product
    and not exists (
        select 1
        from {{ ref('non_product_codes') }} as codes
        where codes.dataset = '{{ dataset() }}' and lines.product_id like codes.code_pattern
    )
group by lines.product_id
