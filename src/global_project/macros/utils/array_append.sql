{% macro array_append(array, new_element) %}
  {%- do return(adapter.dispatch('array_append', 'dbt')(array, new_element)) -%}
{% endmacro %}
{% macro default__array_append(array, new_element) -%}
    array_append({{ array }}, {{ new_element }})
{%- endmacro %}
