{#-
    K-means by Lloyd's iterations in one query: (`id`, cluster, steps, is_converged), one row for each row of `relation`.

    Start centroids are the means of the `k` equal groups in the order of (`start_order`, `id`). Each step moves every
    centroid to the mean of the rows nearest to it, until nothing moves. A row as near to two centroids belongs to the
    lower one; a centroid without rows stays where it is. `max_steps` guards against an endless query: is_converged is 0
    when it cut the iterations short.
-#}
{% macro kmeans(relation, id, features, k, start_order, max_steps=200) -%}
    {%- if k < 2 -%}
        {{ exceptions.raise_compiler_error("kmeans needs k of at least 2, not " ~ k) }}
    {%- endif -%}
    {{ return(adapter.dispatch('kmeans')(relation, id, features, k, start_order, max_steps)) }}
{%- endmacro %}

{% macro default__kmeans(relation, id, features, k, start_order, max_steps) -%}
    {{ exceptions.raise_compiler_error("kmeans has no implementation for " ~ target.type) }}
{%- endmacro %}

{#-
    The centroids travel through the recursion as one JSON array of k x features numbers, because an aggregate may stand
    in a scalar subquery of a recursive query but not in the query itself. 17 digits keep every double exact.
-#}
{% macro sqlite__kmeans(relation, id, features, k, start_order, max_steps) -%}
    with recursive

    points as materialized (
        select {{ id }}, {{ features | join(', ') }}, {{ start_order }} as start_order
        from {{ relation }}
    ),

    start_groups as (
        select *, ntile({{ k }}) over (order by start_order, {{ id }}) - 1 as cluster
        from points
    ),

    -- A group without rows starts out of reach of every row.
    centroids (step, position, previous_position) as (
        select
            0,
            {{ _kmeans_means(features, k, '1e150') }},
            null
        from start_groups

        union all

        select
            step + 1,
            (
                with {{ _kmeans_nearest(id, features, k, 'centroids.position') }}
                select {{ _kmeans_means(features, k, 'centroid') }}
                from nearest
            ),
            position
        from centroids
        where position is not previous_position and step < {{ max_steps }}
    ),

    final_step as materialized (
        select step, position, position is previous_position as is_converged
        from centroids
        order by step desc
        limit 1
    ),

    {{ _kmeans_nearest(id, features, k, '(select position from final_step)') }}

    select nearest.{{ id }}, nearest.cluster, final_step.step as steps, final_step.is_converged
    from nearest
    cross join final_step
{%- endmacro %}

{#- The mean of each feature in each cluster as JSON; `otherwise` for a cluster without rows ('centroid': where it was). -#}
{% macro _kmeans_means(features, k, otherwise) -%}
    '[' ||
    {%- for cluster in range(k) -%}
        {%- set is_last_cluster = loop.last -%}
        {%- for feature in features %}
                printf('%!.17g', coalesce(
                    avg({{ feature }}) filter (where cluster = {{ cluster }}),
                    {{ 'max(centroid_' ~ cluster ~ '_' ~ loop.index0 ~ ')' if otherwise == 'centroid' else otherwise }}
                )) || {{ "']'" if is_last_cluster and loop.last else "',' ||" }}
        {%- endfor -%}
    {%- endfor %}
{%- endmacro %}

{#- CTEs that end in `nearest`: every point with its cluster and the centroids that were compared. -#}
{% macro _kmeans_nearest(id, features, k, position) -%}
    centroid_columns as materialized (
        select
            {%- for cluster in range(k) %}{% set is_last_cluster = loop.last %}{% for feature in features %}
            json_extract({{ position }}, '$[{{ cluster * (features | length) + loop.index0 }}]') as centroid_{{ cluster }}_{{ loop.index0 }}
            {{- '' if is_last_cluster and loop.last else ',' }}
            {%- endfor %}{% endfor %}
    ),

    distances as (
        select
            points.*,
            centroid_columns.*,
            {%- for cluster in range(k) %}
            {% for feature in features -%}
            (points.{{ feature }} - centroid_{{ cluster }}_{{ loop.index0 }}) * (points.{{ feature }} - centroid_{{ cluster }}_{{ loop.index0 }})
                {{- ' + ' if not loop.last }}
            {%- endfor %} as distance_{{ cluster }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from centroid_columns
        cross join points
    ),

    -- Materialized: else each of the means would work out the distances again.
    nearest as materialized (
        select
            *,
            case min({% for cluster in range(k) %}distance_{{ cluster }}{{ ', ' if not loop.last }}{% endfor %})
                {%- for cluster in range(k) %}
                when distance_{{ cluster }} then {{ cluster }}
                {%- endfor %}
            end as cluster
        from distances
    )
{%- endmacro %}
