with

typed as (

    select
        rowid as line_number,
        upper(trim(invoice_no)) as invoice,
        upper(trim(stock_code)) as stock_code,
        nullif(trim(description), '') as description,
        cast(quantity as integer) as quantity,
        trim(invoice_date) as invoice_at,
        cast(unit_price as real) as unit_price,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(country), '') as country
    from {{ source('raw', 'uci_lines') }}

),

-- The two files overlap, and each repeats lines of its own: lines equal in all eight columns are one.
distinct_lines as (

    select
        min(line_number) as line_number,
        count(*) as source_rows,
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
    substr(invoice_at, 1, 10) as invoice_date,
    unit_price,
    customer_id,
    country,
    case
        when invoice like 'C%' then 'cancellation'
        when invoice like 'A%' then 'adjustment'
        else 'sale'
    end as line_type,
    {{ starts_with_digits('stock_code', 5) }} or stock_code like 'DCGS%' as is_product,
    source_rows
from distinct_lines
