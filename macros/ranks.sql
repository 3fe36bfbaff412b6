{#- Share of the other rows that stand before this one, 0 to 1; equal values share it. `order`: asc or desc. -#}
{% macro percent_rank(expression, order='asc', partition_by=none) -%}
    cast(percent_rank() over (
        {%- if partition_by %}partition by {{ partition_by }} {% endif -%}
        order by {{ expression }} {{ order }}) as {{ dbt.type_float() }})
{%- endmacro %}

{#- The group from 1 to `groups` that a place falls into: equal values fall into one group. -#}
{% macro score(expression, groups, order='asc') -%}
    {%- set place = percent_rank(expression, order) -%}
    cast(case when {{ place }} = 1 then {{ groups }} else floor({{ groups }} * {{ place }}) + 1 end as integer)
{%- endmacro %}

{#-
    A score from 1 to 5 for a customer's place in the order of `expression`. var rfm_method:
        percent_rank   equal values get equal scores; a column of equal values scores 1 throughout
        ntile          five groups of equal size, cut by `tie_break` where values are equal
-#}
{% macro quintile_score(expression, order='asc', tie_break='customer_id') -%}
    {%- set method = var('rfm_method') -%}
    {%- if method == 'percent_rank' -%}
        {{ score(expression, 5, order) }}
    {%- elif method == 'ntile' -%}
        cast(ntile(5) over (order by {{ expression }} {{ order }}, {{ tie_break }}) as integer)
    {%- else -%}
        {{ exceptions.raise_compiler_error("var rfm_method is '" ~ method ~ "'; it can be percent_rank or ntile") }}
    {%- endif -%}
{%- endmacro %}

{#- What all rows up to this one, in the order of `rank`, have together. -#}
{% macro running_total(expression, rank) -%}
    sum({{ expression }}) over (order by {{ rank }} rows unbounded preceding)
{%- endmacro %}

{#- 1 for the rows needed to reach four fifths of `total`: what stands before them is still below it. -#}
{% macro is_in_80pct(running_total, expression, total) -%}
    cast({{ safe_divide(running_total ~ ' - ' ~ expression, total) }} < 0.8 as integer)
{%- endmacro %}
