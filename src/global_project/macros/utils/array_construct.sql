{% macro array_construct(inputs=[], data_type=api.Column.translate_type('integer')) %}
  {%- do return(adapter.dispatch('array_construct', 'dbt')(inputs, data_type)) -%}
{% endmacro %}
{#- All elements are of one type; an empty array needs it spelled out. -#}
{% macro default__array_construct(inputs, data_type) -%}
    {%- if inputs -%}
    array[ {{ inputs | join(' , ') }} ]
    {%- else -%}
    array[]::{{ data_type }}[]
    {%- endif -%}
{%- endmacro %}
