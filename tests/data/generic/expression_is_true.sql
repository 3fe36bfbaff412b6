{#- Rows for which a boolean expression over the columns is false. NULL passes: not_null is for that. -#}
{% test expression_is_true(model, expression, column_name=none) %}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
