{#- A view where both relations are in one file; else a copy, because a view cannot look into another file. -#}
{% materialization clone, adapter='sqlite' %}
  {%- if not defer_relation -%}
    {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- if existing_relation and not flags.FULL_REFRESH -%}
    {%- do log('Relation ' ~ existing_relation ~ ' already exists', info=True) -%}
    {%- do return({'relations': []}) -%}
  {%- endif -%}
  {%- if defer_relation.schema == this.schema and defer_relation.identifier == this.identifier -%}
    {%- do log('Target relation and defer relation are the same, skipping clone for relation: ' ~ this.render()) -%}
    {%- do return({'relations': [this]}) -%}
  {%- endif -%}
  {%- set type = 'view' if defer_relation.schema == this.schema else 'table' -%}
  {%- set target_relation = this.incorporate(type=type) -%}
  {%- do sqlite__begin() -%}
  {%- if existing_relation -%}
    {%- do adapter.drop_relation(existing_relation) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    create {{ type }} {{ target_relation }} as select * from {{ defer_relation.include(database=False) }}
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {%- do return({'relations': [target_relation]}) -%}
{% endmaterialization %}
