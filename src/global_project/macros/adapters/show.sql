{#- Previews. The limit is appended to the query as text, so a query that ends with its own limit is an SQL error. -#}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
  {{ sql_header ~ '\n' if sql_header is not none }}
  {{ get_limit_subquery_sql(compiled_code, limit) }}
{% endmacro %}

{% macro get_limit_subquery_sql(sql, limit) -%}
  {{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}
{%- endmacro %}
{% macro default__get_limit_sql(sql, limit) %}
  {{ sql }}
  {% if limit is not none %}
  limit {{ limit }}
  {%- endif -%}
{% endmacro %}
