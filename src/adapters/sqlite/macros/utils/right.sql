{% macro sqlite__right(string_text, length_expression) %}
    {%- set length = length_expression | string | trim -%}
    {%- set is_word = modules.re.match('^[\\w."]+$', length) is not none %}
    case
      when {{ length_expression }} <> 0 then 
      substr(
          {{ string_text }},
          -1 * {% if is_word %}{{ length_expression }}{% else %}({{ length_expression }}){% endif %}
      )
      else ''
    end
{%- endmacro %}
