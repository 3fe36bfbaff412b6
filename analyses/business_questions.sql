-- Questions that the segments were built for. `modelc compile -s business_questions` shows the SQL.

-- Who are our best customers, and are they still with us?
select rank, customer_id, monetary, share, activity_status
from {{ ref('top_customers_mart') }}
order by rank;

-- How many customers are at risk or gone, and how much did they bring?
select segment as churn_status, customers, total_spend, avg_order_value
from {{ ref('kpi_segment') }}
where segment_type = 'churn_status'
order by total_spend desc;

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

-- Do a fifth of the customers bring four fifths of the revenue?
select
    count(*) filter (where in_top_20pct) as customers_in_top_20pct,
    max(cum_share) filter (where in_top_20pct) as their_share,
    count(*) filter (where in_80pct_revenue) as customers_for_80pct,
    count(*) as customers
from {{ ref('revenue_pareto') }};

-- What are the five best brands and categories, and what is bought together?
select brand, net, net_share from {{ ref('brand_performance') }} where net_rank <= 5 order by net_rank;
select category, net, net_share from {{ ref('category_performance') }} where net_rank <= 5 order by net_rank;
select product_a, product_b, orders_together, lift
from {{ ref('product_pairs') }}
order by orders_together desc, lift desc
limit 5;

-- Whom should we win back first, and how?
select priority, customer_id, churn_status, ltv_band, favorite_category, offer, channel
from {{ ref('churn_winback_targets') }}
order by priority
limit 20;

-- How many subscribers are lost, and why?
select
    coalesce(churn_reason, 'still there') as churn_reason,
    count(*) as subscribers,
    {{ money('sum(monthly_revenue)') }} as monthly_revenue
from {{ ref('churn_subscription') }}
group by churn_reason
order by subscribers desc;
