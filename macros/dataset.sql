{#- Which data fill the models: `sample` or `uci`. project.yml asks the same question in its `+enabled` keys. -#}
{% macro dataset() -%}
    {%- set name = var('dataset', 'uci' if target.name == 'retail' else 'sample') -%}
    {%- if name not in var('datasets') -%}
        {{ exceptions.raise_compiler_error("var dataset is '" ~ name ~ "'; it can be " ~ var('datasets') | join(' or ')) }}
    {%- endif -%}
    {{- return(name) -}}
{%- endmacro %}

{#- A setting that each data set pins and that `--vars` overrides. -#}
{% macro dataset_setting(name) -%}
    {{- return(var(name, var('datasets')[dataset()][name])) -}}
{%- endmacro %}

{#- The day that recency and tenure count up to, as a SQL literal. Models never ask for the current time. -#}
{% macro as_of_date() -%}
    '{{ dataset_setting('as_of_date') }}'
{%- endmacro %}

{#- The currency of every amount after staging, as a SQL literal. -#}
{% macro base_currency() -%}
    '{{ dataset_setting('base_currency') }}'
{%- endmacro %}

{#- A query without rows that has these columns: what a data set without such a source offers. -#}
{% macro no_rows(columns) -%}
    select
        {%- for name, type in columns.items() %}
        cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
{%- endmacro %}
