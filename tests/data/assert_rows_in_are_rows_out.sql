{{ config(enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample')) }}

-- Every row that the generator wrote is in its table or among the table's rejects, and only those that it broke are there.
{%- set tables = ['customers', 'products', 'orders', 'transactions', 'refunds', 'subscriptions', 'clickstream', 'store_events',
                  'customer_profiles', 'purchase_history'] %}
with

loaded (source, rows_loaded, rows_rejected) as (
{% for table in tables %}
    select
        'raw_{{ table }}',
        (select count(*) from {{ source('raw', table) }}),
        (select count(*) from {{ source('raw', 'raw_' ~ table ~ '__rejects') }})
    {{ 'union all' if not loop.last }}
{%- endfor %}

)

select files.source, files.rows_written, files.unreadable, loaded.rows_loaded, loaded.rows_rejected
from {{ source('generator', 'raw_files') }} as files
left join loaded on loaded.source = files.source
where
    loaded.rows_rejected is null
    or loaded.rows_rejected <> files.unreadable
    or loaded.rows_loaded + loaded.rows_rejected <> files.rows_written
