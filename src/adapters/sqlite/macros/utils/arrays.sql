{#- Arrays are JSON texts. -#}
{% macro sqlite__array_construct(inputs, data_type) -%}
    json_array({{ inputs | join(', ') }})
{%- endmacro %}

{% macro sqlite__array_append(array, new_element) -%}
    json_insert({{ array }}, '$[#]', {{ new_element }})
{%- endmacro %}

{% macro sqlite__array_concat(array_1, array_2) -%}
    array_concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}
