{#- Will this run add to a table that is there already? Never while parsing. -#}
{% macro is_incremental() %}
  {%- if not execute -%}
    {%- do return(False) -%}
  {%- endif -%}
  {%- set relation = adapter.get_relation(this.database, this.schema, this.table) -%}
  {%- do return(relation is not none and relation.type == 'table'
                and model.config.materialized == 'incremental' and not should_full_refresh()) -%}
{% endmacro %}
