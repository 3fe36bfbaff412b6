{% macro to_dollars(column) %}{{ divided(column, 100) }}{% endmacro %}
{% macro divided(column, by) %}({{ column }} / {{ by }}.0){% endmacro %}
{% macro unused() %}1{% endmacro %}
{% test is_even(model, column_name) %}select * from {{ model }} where {{ column_name }} % 2 = 1{% endtest %}
{% test at_least_one(model, field) %}select 1 from {{ model }} having count({{ field }}) = 0{% endtest %}
