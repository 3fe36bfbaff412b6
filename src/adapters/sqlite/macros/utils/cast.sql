{#- SQLite's own cast knows five types and takes every other name for a number: cast('2026-01-31' as date) is 2026. Dates, times and
    truth values therefore go through functions, whose results keep the type of a column; and a type that says nothing leaves the value alone. -#}
{% macro sqlite__cast(field, type) %}
  {%- set name = (type or '') | string | lower | trim -%}
  {%- if name in ['', 'unknown', 'any', 'num', 'json', 'jsonb', 'array', 'object', 'variant'] -%}
    {%- do return(field | string) -%}
  {%- elif name == 'date' -%}
    {%- do return('cast(date(' ~ field ~ ') as text)') -%}
  {%- elif name.startswith('timestamp') or name.startswith('datetime') -%}
    {%- do return('cast(to_timestamp(' ~ field ~ ') as text)') -%}
  {%- elif name == 'time' or name.startswith('time(') -%}
    {%- do return('cast(time(' ~ field ~ ') as text)') -%}
  {%- elif name in ['bool', 'boolean'] -%}
    {%- do return('cast(to_boolean(' ~ field ~ ') as int)') -%}
  {%- endif %}
    cast({{ field }} as {{ type }})
{% endmacro %}

{#- With the blank line that dbt's own safe_cast prints: compiled SQL stays the same to the letter. -#}
{% macro sqlite__safe_cast(field, type) %}{% do return('\n    ' ~ sqlite__cast(field, type)) %}{% endmacro %}
