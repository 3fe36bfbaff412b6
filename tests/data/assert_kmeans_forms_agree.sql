-- The recursive form stops by itself and the chain of CTEs after a fixed number of steps: on some hundred buyers both must
-- come to rest in the same clusters.
{%- set arguments = {
    'relation': 'some_buyers',
    'id': 'customer_id',
    'features': var('kmeans_features'),
    'k': var('kmeans_k'),
    'start_order': 'z_frequency + z_monetary - z_recency',
} %}
with

some_buyers as (

    select * from {{ ref('int_customer_features') }}
    order by customer_id
    limit 300

),

recursive_form as (

    {{ kmeans(max_steps=var('kmeans_max_steps'), **arguments) | indent(4) }}

),

unrolled_form as (

    {{ kmeans_unrolled(steps=var('kmeans_unrolled_steps'), **arguments) | indent(4) }}

)

select
    recursive_form.customer_id,
    recursive_form.cluster,
    unrolled_form.cluster as unrolled_cluster,
    recursive_form.is_converged,
    unrolled_form.is_converged as is_unrolled_converged
from recursive_form
left join unrolled_form on unrolled_form.customer_id = recursive_form.customer_id
where
    unrolled_form.cluster is distinct from recursive_form.cluster
    or not recursive_form.is_converged
    or not unrolled_form.is_converged
