-- Weeks begin on Monday, have seven days, and the fourth of January lies in the first of its year.
with

weeks as (

    select year_week, week_start, count(*) as days, min(weekday) as first_weekday
    from {{ ref('dim_time') }}
    group by year_week, week_start

)

select year_week, 'does not begin on its Monday' as fault
from weeks
where days = 7 and first_weekday <> 1

union all

select year_week, 'has two starts'
from weeks
group by year_week
having count(*) > 1

union all

select year_week, 'is not the first of its year'
from {{ ref('dim_time') }}
where month = 1 and day = 4 and year_week <> year || '-W01'
