-- Values that could not be read, and rows that could not be read at all: what was there, where, and why it was refused.
{%- set values = [
    ('orders', 'order_id', 'order_date', to_date('order_date', day_first=true), 'no date'),
    ('orders', 'order_id', 'amount', safe_number('amount'), 'no number'),
    ('transactions', 'transaction_id', 'transaction_date', to_date('transaction_date'), 'no date'),
    ('transactions', 'transaction_id', 'quantity', safe_number('quantity'), 'no number'),
    ('transactions', 'transaction_id', 'price', safe_number('price'), 'no number'),
    ('refunds', 'refund_id', 'refund_date', to_date('refund_date'), 'no date'),
    ('refunds', 'refund_id', 'refund_amount', safe_number('refund_amount'), 'no number'),
    ('clickstream', 'event_id', 'timestamp', to_timestamp('timestamp'), 'no time'),
    ('subscriptions', 'event_id', 'changed_at', to_date('changed_at'), 'no date'),
    ('customers', 'customer_id', 'signup_date', to_date('signup_date'), 'no date'),
    ('customer_profiles', 'mobile', 'age', safe_number('age'), 'no number'),
    ('customer_profiles', 'mobile', 'income', safe_number('income'), 'no number'),
] %}
{%- set files = ['customers', 'products', 'orders', 'transactions', 'refunds', 'subscriptions', 'clickstream', 'store_events',
                 'customer_profiles', 'purchase_history'] %}
with

values_refused as (
{% for table, key, column, clean, reason in values %}
    select 'raw_{{ table }}' as source, _source_file as source_file, _source_line as source_line,
           {{ key }} as row_key, '{{ column }}' as column_name, {{ column }} as raw_value, '{{ reason }}' as reason
    from {{ source('raw', table) }}
    where {{ clean }} is null and {{ clean_text(column) }} is not null
    {{ 'union all' if not loop.last }}
{%- endfor %}

),

rows_refused as (
{% for table in files %}
    select 'raw_{{ table }}' as source, source_file, source_line, null as row_key, null as column_name,
           raw_text as raw_value, reason
    from {{ source('raw', 'raw_' ~ table ~ '__rejects') }}
    {{ 'union all' if not loop.last }}
{%- endfor %}

)

select
    cast(source as text) as source,
    cast(source_file as text) as source_file,
    cast(source_line as integer) as source_line,
    cast(row_key as text) as row_key,
    cast(column_name as text) as column_name,
    cast(raw_value as text) as raw_value,
    cast(reason as text) as reason
from values_refused

union all

select source, source_file, source_line, row_key, column_name, raw_value, reason
from rows_refused
