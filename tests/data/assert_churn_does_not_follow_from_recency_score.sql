-- Bands of days and fifths of the customers are two scales: some score has several states of churn, and some state
-- several scores. One row for each direction that is missing.
with

pairs as (

    select distinct churn_status, r_score from {{ ref('customer_segmentation_mart') }}

),

scores_with_several_states as (

    select r_score from pairs
    group by r_score
    having count(*) > 1

),

states_with_several_scores as (

    select churn_status from pairs
    group by churn_status
    having count(*) > 1

)

select 'no score has several states' as missing
where not exists (select 1 from scores_with_several_states)

union all

select 'no state has several scores'
where not exists (select 1 from states_with_several_scores)
