{#- Values of a column that go with several values of another, or the other way round. -#}
{% test one_to_one(model, column_name, other) %}

with

pairs as (

    select distinct {{ column_name }} as here, {{ other }} as there
    from {{ model }}

),

counted as (

    select
        here,
        there,
        count(*) over (partition by here) as times_here,
        count(*) over (partition by there) as times_there
    from pairs

)

select *
from counted
where times_here > 1 or times_there > 1

{% endtest %}
