{#- Dates that do not follow the date before them by one day; the same day twice is one too. -#}
{% test no_gap_dates(model, column_name) %}

with

neighbours as (

    select
        {{ column_name }} as date_day,
        lag({{ column_name }}) over (order by {{ column_name }}) as day_before
    from {{ model }}

)

select *
from neighbours
where {{ days_diff('day_before', 'date_day') }} <> 1

{% endtest %}
