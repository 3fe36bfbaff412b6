select id, name, 1 as x from {{ ref('people', v=2) }}
