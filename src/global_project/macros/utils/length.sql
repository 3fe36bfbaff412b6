{% macro length(expression) %}{% do return(adapter.dispatch('length', 'dbt')(expression)) %}{% endmacro %}
{% macro default__length(expression) %}

    length(
        {{ expression }}
    )

{%- endmacro %}
