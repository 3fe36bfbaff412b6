{{ config(meta={'owner': 'pay', 'levels': [1, 2], 'nested': {'deep': 'yes'}, 'flag': true}) }}
select id, {{ to_dollars('amount') }} as amount from {{ ref('raw_payments') }}
