{#- Seeds are replaced in one transaction too, hence the early begin. -#}
{% macro sqlite__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {%- do sqlite__begin() -%}
  {%- if full_refresh -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {%- do return(create_csv_table(model, agate_table)) -%}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {%- do return('delete from ' ~ old_relation) -%}
{% endmacro %}

{#- Another run may have made the table since this one looked. -#}
{% macro sqlite__create_csv_table(model, agate_table) %}
  {%- do sqlite__begin() -%}
  {%- do adapter.drop_relation(this.incorporate(type='table')) -%}
  {%- do return(default__create_csv_table(model, agate_table)) -%}
{% endmacro %}

{#- One prepared statement, run once a row by the adapter. -#}
{% macro sqlite__load_csv_rows(model, agate_table) %}
  {%- do adapter.bulk_load(this, agate_table) -%}
  {%- set marks = [get_binding_char()] * (agate_table.column_names | length) -%}
  {%- set sql %}
            insert into {{ this }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }}) values
            ({{ marks | join(',') }})
  {% endset -%}
  {%- do return(sql) -%}
{% endmacro %}
