{#-
    Two sums that have to agree, here and in another relation. With `expression: 1` and `to_expression: 1` the numbers of
    rows have to agree. An empty side counts as 0.
-#}
{% test sums_match(model, expression, to, to_expression, to_where='true', tolerance=0.01) %}

with

here as (

    select coalesce(sum({{ expression }}), 0) as total from {{ model }}

),

there as (

    select coalesce(sum({{ to_expression }}), 0) as total from {{ to }}
    where {{ to_where }}

)

select here.total as total_here, there.total as total_there
from here
cross join there
where abs(here.total - there.total) > {{ tolerance }}

{% endtest %}
