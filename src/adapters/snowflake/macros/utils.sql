{#- What Snowflake says in other words than most: for parsing and compiling; modelc does not run on it. -#}

{% macro snowflake__current_timestamp() -%}
    convert_timezone('UTC', current_timestamp())
{%- endmacro %}

{% macro snowflake__bool_or(expression) -%}
    boolor_agg({{ expression }})
{%- endmacro %}

{% macro snowflake__safe_cast(field, type) %}
    {%- if type | lower in ['variant', 'array', 'object', 'json'] %}
    cast({{ field }} as {{ type }})
    {%- else %}
    try_cast({{ field }} as {{ type }})
    {%- endif %}
{% endmacro %}

{% macro snowflake__right(string_text, length_expression) -%}
    case when {{ length_expression }} = 0 then '' else right({{ string_text }}, {{ length_expression }}) end
{%- endmacro %}

{% macro snowflake__array_construct(inputs, data_type) -%}
    array_construct({{ inputs | join(', ') }})
{%- endmacro %}

{% macro snowflake__escape_single_quotes(expression) -%}
{{ expression | replace("'", "\\'") }}
{%- endmacro %}
