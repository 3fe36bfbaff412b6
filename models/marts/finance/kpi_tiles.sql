{{ config(materialized='view') }}

-- The key figures one a row, so that a dashboard needs one query for its tiles.
{%- set tiles = [
    ('Lifetime Revenue', 'lifetime_revenue', 'money'),
    ('Orders', 'orders', 'count'),
    ('Average Order Value', 'average_order_value', 'money'),
    ('Average Customer LTV', 'average_customer_ltv', 'money'),
    ('Total Customers', 'total_customers', 'count'),
    ('Repeat Customers', 'repeat_customers', 'count'),
    ('Repeat Rate', 'repeat_rate', 'share'),
] %}
{% for kpi, column, format in tiles %}
select
    cast('{{ kpi }}' as text) as kpi,
    cast({{ column }} as real) as value,
    cast('{{ format }}' as text) as format
from {{ ref('kpi_summary') }}
{{ 'union all' if not loop.last }}
{%- endfor %}
