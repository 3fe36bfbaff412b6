{#- The latest value of a date column where it is more than `max_days` before as_of_date: data that stopped coming. -#}
{% test recency(model, column_name, max_days) %}

select latest
from (select max({{ column_name }}) as latest from {{ model }}) as latest_value
where latest is null or {{ days_diff('latest', as_of_date()) }} > {{ max_days }}

{% endtest %}
