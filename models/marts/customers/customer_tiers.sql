{{ config(
    materialized='external',
    location='output/' ~ target.name ~ '/customer_tiers',
    format='csv',
    partition_by=['tier'],
    options={'filename_pattern': 'part-{i}'},
) }}

-- A table, and a folder of files with one folder for each tier.
select
    customer_id,
    monetary as total_spent,
    tier
from {{ ref('customer_360') }}
order by customer_id
