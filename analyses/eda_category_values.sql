-- What a box plot of each category needs: quartiles of the line values, and how many lie above the overall P99.
with

lines as (

    select products.category, purchases.revenue
    from {{ ref('fact_purchases') }} as purchases
    inner join {{ ref('dim_product') }} as products on products.product_id = purchases.product_id

),

places as (

    select
        category,
        revenue,
        {{ percent_rank('revenue', partition_by='category') }} as place,
        {{ percent_rank('revenue') }} as overall_place
    from lines

)

select
    category,
    count(*) as lines,
    min(revenue) as lowest,
    max(revenue) filter (where place <= 0.25) as first_quartile,
    max(revenue) filter (where place <= 0.5) as median,
    max(revenue) filter (where place <= 0.75) as third_quartile,
    max(revenue) as highest,
    count(*) filter (where overall_place > 0.99) as lines_above_p99
from places
group by category
order by median desc
