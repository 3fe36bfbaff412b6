{{ config(tags=['nightly'], persist_docs={'relation': true, 'columns': true}) }}
select id, customer_id, amount from {{ ref('raw_orders') }}
