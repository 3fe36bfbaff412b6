{{ config(tags=['quality']) }}
select 1 from {{ ref('orders') }} join {{ ref('stg_payments') }} using (id) where 1 = 0
