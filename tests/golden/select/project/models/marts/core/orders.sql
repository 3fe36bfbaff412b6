{{ config(materialized='incremental', unique_key='id', tags=['core']) }}
select o.id, p.amount from {{ ref('stg_orders') }} o join {{ ref('stg_payments') }} p on p.id = o.id
