{#- A function of the user's. Which macro builds it follows from its type and language. -#}
{% materialization function, default, supported_languages=['sql', 'python'] %}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type=this.Function) -%}
  {%- do run_hooks(pre_hooks) -%}
  {#- Under another name, because the macro's name is known only now. -#}
  {%- set find_macro = adapter.dispatch -%}
  {%- set build_sql = find_macro(this.get_function_macro_name(this.get_function_config(model)), 'dbt')(target_relation) -%}
  {%- do function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
