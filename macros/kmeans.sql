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
    {{ kmeans_unrolled(relation, id, features, k, start_order, var('kmeans_unrolled_steps')) }}
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
                    {{ '(select centroid_' ~ cluster ~ '_' ~ loop.index0 ~ ' from centroid_columns)' if otherwise == 'centroid' else otherwise }}
                )) || {{ "']'" if is_last_cluster and loop.last else "',' ||" }}
        {%- endfor -%}
    {%- endfor %}
{%- endmacro %}

{#- CTEs that end in `nearest`: every point with its cluster. -#}
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
            {{ id }},
            {{ features | join(', ') }},
            case min({% for cluster in range(k) %}distance_{{ cluster }}{{ ', ' if not loop.last }}{% endfor %})
                {%- for cluster in range(k) %}
                when distance_{{ cluster }} then {{ cluster }}
                {%- endfor %}
            end as cluster
        from distances
    )
{%- endmacro %}

{#-
    The same clusters in plain SQL: a chain of CTEs, one for each of a fixed number of `steps`. It works wherever there are
    window functions and is the check of the recursive form; is_converged is 0 when some row was not at rest in the last
    step. Materialized, because else each step would work out all steps before it.
-#}
{% macro kmeans_unrolled(relation, id, features, k, start_order, steps) -%}
    with

    points as materialized (
        select {{ id }}, {{ features | join(', ') }}, {{ start_order }} as start_order
        from {{ relation }}
    ),

    centroids_0 as materialized (
        select
            cluster,
            {%- for feature in features %}
            avg({{ feature }}) as {{ feature }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select *, ntile({{ k }}) over (order by start_order, {{ id }}) - 1 as cluster
            from points
        ) as start_groups
        group by cluster
    )
    {%- for step in range(1, steps + 1) %},

    -- Every point with every centroid, the nearest first: so each step names the step before it only once.
    distances_{{ step }} as materialized (
        select
            points.{{ id }},
            {%- for feature in features %}
            points.{{ feature }},
            centroids.{{ feature }} as centroid_{{ feature }},
            {%- endfor %}
            centroids.cluster,
            row_number() over (
                partition by points.{{ id }}
                order by
                    {% for feature in features -%}
                    (points.{{ feature }} - centroids.{{ feature }}) * (points.{{ feature }} - centroids.{{ feature }})
                    {{- ' + ' if not loop.last }}
                    {%- endfor %},
                    centroids.cluster
            ) as place
        from points
        cross join centroids_{{ step - 1 }} as centroids
    ),

    centroids_{{ step }} as materialized (
        select
            cluster,
            {%- for feature in features %}
            coalesce(avg(case when place = 1 then {{ feature }} end), max(centroid_{{ feature }})) as {{ feature }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from distances_{{ step }}
        group by cluster
    )
    {%- endfor %}

    select
        last_step.{{ id }},
        last_step.cluster,
        {{ steps }} as steps,
        case
            when max(case when last_step.cluster <> step_before.cluster then 1 else 0 end) over () = 0 then 1 else 0
        end as is_converged
    from distances_{{ steps }} as last_step
    inner join distances_{{ steps - 1 }} as step_before
        on step_before.{{ id }} = last_step.{{ id }}
        and step_before.place = 1
    where last_step.place = 1
{%- endmacro %}
