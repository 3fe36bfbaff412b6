{{ config(enabled=(var('dataset', 'uci' if target.name == 'retail' else 'sample') == 'sample')) }}

-- The recursive form stops by itself and the chain of CTEs after a fixed number of steps: both must be at rest in the same
-- clusters. Numbers of clusters differ, as those of the model go by spend: so clusters are compared by their members.
with

unrolled as (

    {{ kmeans_unrolled(
        relation=ref('int_customer_features'),
        id='customer_id',
        features=var('kmeans_features'),
        k=var('kmeans_k'),
        start_order='z_frequency + z_monetary - z_recency',
        steps=var('kmeans_unrolled_steps'),
    ) | indent(4) }}

),

matched as (

    select
        unrolled.cluster,
        assignments.segment,
        count(*) as customers,
        min(unrolled.is_converged) as is_converged,
        count(*) over (partition by unrolled.cluster) as segments_of_cluster,
        count(*) over (partition by assignments.segment) as clusters_of_segment
    from {{ ref('int_customer_kmeans_assignments') }} as assignments
    left join unrolled on unrolled.customer_id = assignments.customer_id
    group by unrolled.cluster, assignments.segment

)

select *
from matched
where cluster is null or not is_converged or segments_of_cluster <> 1 or clusters_of_segment <> 1
