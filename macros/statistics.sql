{#-
    A query with (`group`, median): the middle value, or the mean of the two in the middle, of each group of `relation`.
    Rows without a value do not count; a group without any has no row.
-#}
{% macro medians(relation, value, group) -%}
    select {{ group }}, avg({{ value }}) as median
    from (
        select
            {{ group }},
            {{ value }},
            row_number() over (partition by {{ group }} order by {{ value }}) as place,
            count(*) over (partition by {{ group }}) as group_size
        from {{ relation }}
        where {{ value }} is not null
    ) as ordered
    where place between group_size / 2.0 and group_size / 2.0 + 1
    group by {{ group }}
{%- endmacro %}

{#-
    A query with one row (lowest, highest): the bounds beyond which a value is an outlier. var outlier_method:
        iqr          one and a half times the distance between the quartiles below the first and above the third
        percentile   the first and the last hundredth
-#}
{% macro outlier_bounds(relation, value) -%}
    {%- set method = var('outlier_method') -%}
    {%- if method not in ['iqr', 'percentile'] -%}
        {{ exceptions.raise_compiler_error("var outlier_method is '" ~ method ~ "'; it can be iqr or percentile") }}
    {%- endif -%}
    {%- set low, high = (0.25, 0.75) if method == 'iqr' else (0.01, 0.99) -%}
    select
        {%- if method == 'iqr' %}
        low - 1.5 * (high - low) as lowest,
        high + 1.5 * (high - low) as highest
        {%- else %}
        low as lowest,
        high as highest
        {%- endif %}
    from (
        select
            min(case when place >= {{ low }} * all_values then {{ value }} end) as low,
            min(case when place >= {{ high }} * all_values then {{ value }} end) as high
        from (
            select {{ value }}, row_number() over (order by {{ value }}) as place, count(*) over () as all_values
            from {{ relation }}
            where {{ value }} is not null
        ) as ordered
    ) as quantiles
{%- endmacro %}

{#-
    A column brought to a common scale by var feature_scaling; one without spread says nothing about anyone and is 0.
        z_score   distance from the mean in (population) standard deviations; takes a column that is centred already
        min_max   from 0 for the lowest to 1 for the highest
-#}
{% macro scaled(centred) -%}
    {%- set method = var('feature_scaling') -%}
    {%- if method == 'z_score' -%}
        {%- set deviation = 'sqrt(avg(' ~ centred ~ ' * ' ~ centred ~ ') over ())' -%}
        cast(coalesce({{ safe_divide(centred, deviation) }}, 0) as {{ dbt.type_float() }})
    {%- elif method == 'min_max' -%}
        cast(coalesce({{ safe_divide(
            centred ~ ' - min(' ~ centred ~ ') over ()', 'max(' ~ centred ~ ') over () - min(' ~ centred ~ ') over ()'
        ) }}, 0) as {{ dbt.type_float() }})
    {%- else -%}
        {{ exceptions.raise_compiler_error("var feature_scaling is '" ~ method ~ "'; it can be z_score or min_max") }}
    {%- endif -%}
{%- endmacro %}
