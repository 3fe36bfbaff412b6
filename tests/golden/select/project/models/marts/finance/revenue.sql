{{ config(schema='fin') }}
select id, {{ to_dollars('amount') }} as amount from {{ ref('orders') }}
