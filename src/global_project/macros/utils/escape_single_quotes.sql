{#- A text as it stands between single quotes. -#}
{% macro escape_single_quotes(expression) %}
  {%- do return(adapter.dispatch('escape_single_quotes', 'dbt')(expression)) -%}
{% endmacro %}
{% macro default__escape_single_quotes(expression) -%}
{{ expression | replace("'", "''") }}
{%- endmacro %}
