-- Four questions that the segments were built for. `modelc compile -s business_questions` shows the SQL.

-- Who are our best customers, and are they still with us?
select rank, customer_id, monetary, activity_status
from {{ ref('top_customers_mart') }}
order by rank;

-- How many customers are at risk or gone, and how much did they bring?
select churn_status, count(*) as customers, {{ money('sum(monetary)') }} as monetary
from {{ ref('customer_segmentation_mart') }}
group by churn_status
order by monetary desc;

-- How many loyal high spenders are there, and how many of them are slipping away?
select combined_segment, count(*) as customers, {{ money('sum(monetary)') }} as monetary
from {{ ref('customer_segmentation_mart') }}
where behavioral_segment = 'Loyal High Spender'
group by combined_segment
order by monetary desc;

-- Which RFM score does each customer have?
select customer_id, rfm_score, combined_segment
from {{ ref('customer_segmentation_mart') }}
order by rfm_score desc, customer_id;
