{#- A number from 0 up to 1. SQLite's random() is any whole number. -#}
{% macro sqlite__dbt_expectations__rand() -%}
    abs(random() / 9223372036854775808.0)
{%- endmacro %}

{% macro sqlite__dbt_expectations__quantile(field, quantile, partition) -%}
    percentile_cont({{ field }}, {{ quantile }}) over ({% if partition %}partition by {{ partition }}{% endif %})
{%- endmacro %}

{#- With the white space of dbt_expectations' own, which knows no flags: compiled SQL stays the same to the letter. -#}
{% macro sqlite__dbt_expectations__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) %}
    {%- if flags -%}{%- do dbt_expectations._validate_flags(flags, 'cgimsx') -%}{%- endif -%}
    {%- set options = ", 0, '" ~ flags ~ "'" if flags and flags != 'c' else '' -%}
    {%- set blanks = '\n\n\n    \n\n' if is_raw or flags else '\n\n\n' -%}
    {%- do return(blanks ~ 'regexp_instr(' ~ source_value ~ ", '" ~ regexp ~ "', " ~ position ~ ', ' ~ occurrence ~ options ~ ')\n') -%}
{% endmacro %}
