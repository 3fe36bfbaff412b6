{#- What Postgres says in other words than most: for parsing and compiling; modelc does not run on it. -#}

{% macro postgres__current_timestamp() -%}
    now()
{%- endmacro %}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ from_date_or_timestamp }} + (interval '1 {{ datepart }}' * ({{ interval }}))
{%- endmacro %}

{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {%- set a = '(' ~ first_date ~ ')::timestamp' -%}
    {%- set b = '(' ~ second_date ~ ')::timestamp' -%}
    {%- set years = '(date_part(\'year\', ' ~ b ~ ') - date_part(\'year\', ' ~ a ~ '))' -%}
    {%- set scale = {'hour': 3600, 'minute': 60, 'second': 1, 'millisecond': 0.001, 'microsecond': 0.000001}.get(datepart) -%}
    {%- if datepart == 'year' -%}
    {{ years }}
    {%- elif datepart == 'quarter' -%}
    ({{ years }} * 4 + date_part('quarter', {{ b }}) - date_part('quarter', {{ a }}))
    {%- elif datepart == 'month' -%}
    ({{ years }} * 12 + date_part('month', {{ b }}) - date_part('month', {{ a }}))
    {%- elif datepart == 'week' -%}
    ((date_trunc('week', {{ b }})::date - date_trunc('week', {{ a }})::date) / 7)
    {%- elif datepart == 'day' -%}
    ({{ b }}::date - {{ a }}::date)
    {%- elif scale -%}
    (extract(epoch from date_trunc('{{ datepart }}', {{ b }}) - date_trunc('{{ datepart }}', {{ a }})) / {{ scale }})::bigint
    {%- else -%}
    {%- do exceptions.raise_compiler_error("Unsupported datepart for macro datediff in postgres: '" ~ datepart ~ "'") -%}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__last_day(date, datepart) -%}
    cast(date_trunc('{{ datepart }}', {{ date }}) + interval '{{ '3 month' if datepart == 'quarter' else '1 ' ~ datepart }}' - interval '1 day' as date)
{%- endmacro %}

{% macro postgres__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set aggregated = 'array_agg(' ~ measure ~ (' ' ~ order_by_clause if order_by_clause else '') ~ ')' -%}
    array_to_string({% if limit_num %}({{ aggregated }})[1:{{ limit_num }}]{% else %}{{ aggregated }}{% endif %}, {{ delimiter_text }})
{%- endmacro %}

{% macro postgres__split_part(string_text, delimiter_text, part_number) -%}
    {%- if part_number | int >= 0 -%}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
    {%- else -%}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
    {%- endif -%}
{%- endmacro %}
