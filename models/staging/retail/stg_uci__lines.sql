with

typed as (

    select
        line_number,
        cast(upper(trim(invoice_no)) as text) as invoice,
        cast(upper(trim(stock_code)) as text) as stock_code,
        cast(nullif(trim(description), '') as text) as description,
        cast(quantity as integer) as quantity,
        cast(trim(invoice_date) as text) as invoice_at,
        cast(unit_price as real) as unit_price,
        cast(nullif(trim(customer_id), '') as text) as customer_id,
        cast(nullif(trim(country), '') as text) as country
    from {{ source('raw', 'uci_lines') }}

),

-- The two files overlap, and each repeats lines of its own: lines equal in all eight columns are one.
distinct_lines as (

    select
        cast(min(line_number) as integer) as line_number,
        cast(count(*) as integer) as source_rows,
        invoice,
        stock_code,
        description,
        quantity,
        invoice_at,
        unit_price,
        customer_id,
        country
    from typed
    group by invoice, stock_code, description, quantity, invoice_at, unit_price, customer_id, country

)

select
    line_number,
    invoice,
    stock_code,
    description,
    quantity,
    invoice_at,
    cast(substr(invoice_at, 1, 10) as text) as invoice_date,
    unit_price,
    customer_id,
    country,
    cast(
        case
            when invoice like 'C%' then 'cancellation'
            when invoice like 'A%' then 'adjustment'
            else 'sale'
        end
    as text) as line_type,
    cast({{ starts_with_digits('stock_code', 5) }} or stock_code like 'DCGS%' as integer) as is_product,
    source_rows
from distinct_lines
