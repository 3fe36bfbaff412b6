{#- The four tests that need no package. What they ask is dispatched, so that an engine may ask it otherwise. -#}

{% test unique(model, column_name) %}
    {% set test_sql = adapter.dispatch('test_unique', 'dbt') %}
    {{ test_sql(model, column_name) }}
{% endtest %}

{% test not_null(model, column_name) %}
    {% set test_sql = adapter.dispatch('test_not_null', 'dbt') %}
    {{ test_sql(model, column_name) }}
{% endtest %}

{% test accepted_values(model, column_name, values, quote=True) %}
    {% set test_sql = adapter.dispatch('test_accepted_values', 'dbt') %}
    {{ test_sql(model, column_name, values, quote) }}
{% endtest %}

{% test relationships(model, column_name, to, field) %}
    {% set test_sql = adapter.dispatch('test_relationships', 'dbt') %}
    {{ test_sql(model, column_name, to, field) }}
{% endtest %}
