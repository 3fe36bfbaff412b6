-- Nobody is nearer to the mean of another cluster than to that of the own: another step of k-means would move nobody.
with

members as (

    select features.*, assignments.segment
    from {{ ref('int_customer_kmeans_assignments') }} as assignments
    inner join {{ ref('int_customer_features') }} as features on features.customer_id = assignments.customer_id

),

centroids as (

    select
        segment
        {%- for feature in var('kmeans_features') %},
        avg({{ feature }}) as {{ feature }}
        {%- endfor %}
    from members
    group by segment

),

distances as (

    select
        members.customer_id,
        centroids.segment = members.segment as is_own,
        {% for feature in var('kmeans_features') -%}
        power(members.{{ feature }} - centroids.{{ feature }}, 2)
        {{- ' + ' if not loop.last }}
        {%- endfor %} as distance
    from members
    cross join centroids

)

select customer_id, min(distance) as nearest, max(case when is_own then distance end) as own
from distances
group by customer_id
having min(distance) < max(case when is_own then distance end) - 0.000000001
