{#- A number from 0 up to 1. SQLite's random() is any whole number. -#}
{% macro sqlite__dbt_expectations__rand() -%}
    abs(random() / 9223372036854775808.0)
{%- endmacro %}

{% macro sqlite__dbt_expectations__quantile(field, quantile, partition) -%}
    percentile_cont({{ field }}, {{ quantile }}) over ({% if partition %}partition by {{ partition }}{% endif %})
{%- endmacro %}

{% macro sqlite__dbt_expectations__regexp_instr(source_value, regexp, position, occurrence, is_raw, flags) -%}
    {%- if flags -%}{%- do dbt_expectations._validate_flags(flags, 'cgimsx') -%}{%- endif -%}
    regexp_instr({{ source_value }}, '{{ dbt.escape_single_quotes(regexp) }}', {{ position }}, {{ occurrence }}, 0, '{{ flags }}')
{%- endmacro %}
