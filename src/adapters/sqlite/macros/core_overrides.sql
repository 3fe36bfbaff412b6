{#- SQLite's names have no database part. Packages and versions go through as they are. -#}

{% macro ref(model_name) %}
  {%- do return(builtins.ref(model_name, *varargs, **kwargs).include(database=False)) -%}
{% endmacro %}

{% macro source(source_name, model_name) %}
  {%- do return(builtins.source(source_name, model_name, *varargs, **kwargs).include(database=False)) -%}
{% endmacro %}
