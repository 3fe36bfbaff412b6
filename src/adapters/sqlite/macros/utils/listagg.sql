{#- group_concat knows neither an order nor a limit, and no separator of its own beside `distinct`: then listagg is called, as
    listagg(value, separator, limit or null, distinct?, key, 'asc'|'desc' [nulls first|last], ...). -#}
{% macro sqlite__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- set text = measure | string | trim -%}
  {%- set distinct = text[:9] | lower == 'distinct ' -%}
  {%- if order_by_clause or limit_num or distinct -%}
    {%- set arguments = [text[9:] if distinct else text, delimiter_text, limit_num or 'null', 1 if distinct else 0] -%}
    {%- for item in sqlite__order_items(order_by_clause or '') -%}
      {%- do arguments.extend([item[0], "'" ~ item[1] ~ "'"]) -%}
    {%- endfor -%}
    listagg({{ arguments | join(', ') }})
  {%- else -%}
    group_concat({{ measure }}, {{ delimiter_text }})
  {%- endif -%}
{%- endmacro %}

{#- "order by a desc, f(b, c)" -> [(a, desc), (f(b, c), asc)] -#}
{% macro sqlite__order_items(order_by_clause) %}
  {%- set pattern = modules.re.compile('^(.*?)(?:\\s+(asc|desc))?(?:\\s+(nulls\\s+(?:first|last)))?$', modules.re.IGNORECASE + modules.re.DOTALL) -%}
  {%- set clause = modules.re.sub('^\\s*order\\s+by\\s+', '', order_by_clause, flags=modules.re.IGNORECASE) -%}
  {%- set items = [] -%}
  {%- set open = namespace(text='') -%}
  {%- for piece in clause.split(',') -%}
    {%- set open.text = piece if not open.text else open.text ~ ',' ~ piece -%}
    {%- if open.text.count('(') == open.text.count(')') and open.text.count("'") % 2 == 0 -%}
      {%- if open.text | trim -%}
        {%- set parts = pattern.match(open.text | trim).groups() -%}
        {%- do items.append([parts[0], [parts[1] or 'asc', parts[2] or ''] | join(' ') | lower | trim]) -%}
      {%- endif -%}
      {%- set open.text = '' -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(items) -%}
{% endmacro %}
