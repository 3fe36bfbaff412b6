{#-
    CTE body of a recursive query with (`id`, term): the terms of the series of Gauss' hypergeometric function
    2F1(p, q; c; z) for each row of `relation`, which has these columns. They add up to its value; the series ends with
    the first term below a thousand-millionth.
-#}
{% macro hypergeometric_terms(relation, id) -%}
    select {{ id }}, p, q, c, z, 0 as k, 1.0 as term
    from {{ relation }}

    union all

    select {{ id }}, p, q, c, z, k + 1, term * (p + k) * (q + k) / ((c + k) * (k + 1)) * z
    from series
    where abs(term) > 0.000000001
{%- endmacro %}

{#- One number of a seed with (name, number) rows, as a scalar subquery. -#}
{% macro parameter(relation, name_column, name, number_column) -%}
    (select {{ number_column }} from {{ relation }} where {{ name_column }} = '{{ name }}')
{%- endmacro %}
