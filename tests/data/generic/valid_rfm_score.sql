{#- Scores that are not three digits from 1 to 5. Those without a score are the business of not_null. -#}
{% test valid_rfm_score(model, column_name) %}

select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is not null
    and (
        length({{ column_name }}) <> 3
        {%- for place in [1, 2, 3] %}
        or substr({{ column_name }}, {{ place }}, 1) not in ('1', '2', '3', '4', '5')
        {%- endfor %}
    )

{% endtest %}
