with

files as (

    select _source_file, row_number() over (order by _source_file) as file_number
    from (select distinct _source_file from {{ source('raw', 'uci_lines') }}) as names

),

typed as (

    select
        10000000 * files.file_number + lines._source_line as line_number,
        cast(upper(trim(lines.InvoiceNo)) as text) as invoice,
        cast(upper(trim(lines.StockCode)) as text) as stock_code,
        cast(nullif(trim(lines.Description), '') as text) as description,
        cast(lines.Quantity as integer) as quantity,
        cast(trim(lines.InvoiceDate) as text) as invoice_at,
        cast(lines.UnitPrice as real) as unit_price,
        cast(nullif(trim(lines.CustomerID), '') as text) as customer_id,
        cast(nullif(trim(lines.Country), '') as text) as country
    from {{ source('raw', 'uci_lines') }} as lines
    inner join files on files._source_file = lines._source_file

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
