{% snapshot snap_orders %}
{{ config(strategy='check', unique_key='id', check_cols='all', tags=['nightly']) }}
select * from {{ ref('orders') }}
{% endsnapshot %}
