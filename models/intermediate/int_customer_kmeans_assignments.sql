with

assignments as (

    {{ kmeans(
        relation=ref('int_customer_features'),
        id='customer_id',
        features=var('kmeans_features'),
        k=var('kmeans_k'),
        start_order='z_frequency + z_monetary - z_recency',
        max_steps=var('kmeans_max_steps'),
    ) | indent(4) }}

),

-- Clusters are numbered by what their customers spent, so that runs can be compared: 0 spent most.
segments as (

    select
        assignments.cluster,
        row_number() over (order by sum(metrics.monetary) desc, assignments.cluster) - 1 as segment
    from assignments
    inner join {{ ref('int_customer_metrics') }} as metrics on metrics.customer_id = assignments.customer_id
    group by assignments.cluster

)

select
    assignments.customer_id,
    cast(segments.segment as integer) as segment,
    cast(assignments.steps as integer) as steps,
    cast(assignments.is_converged as integer) as is_converged
from assignments
inner join segments on segments.cluster = assignments.cluster
