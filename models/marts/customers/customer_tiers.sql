select
    customer_id,
    monetary as total_spent,
    tier
from {{ ref('customer_360') }}
