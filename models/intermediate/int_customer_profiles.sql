-- What is known of people, made complete: what is missing is the median of those with the same occupation, or of all where
-- nobody of that occupation says it; an income beyond the bounds is the bound; words have become numbers.
with

{% if dataset() == 'uci' %}

-- The retailer knows nothing of its customers.
profiles as (

    {{ no_rows({
        'customer_id': 'text', 'mobile': 'text', 'name': 'text', 'age': 'integer', 'income': 'real', 'gender': 'text',
        'education': 'text', 'occupation': 'text', 'zip_code': 'text',
    }) | indent(4) }}

),

{% else %}

profiles as (

    select
        identities.customer_id,
        profiles.mobile,
        profiles.name,
        profiles.age,
        profiles.income,
        profiles.gender,
        profiles.education,
        profiles.occupation,
        profiles.zip_code
    from {{ ref('stg_customer_profiles') }} as profiles
    inner join {{ ref('int_identities') }} as identities
        on identities.identity_type = 'mobile' and identities.identity = profiles.mobile

),

{% endif %}

income_bounds as (

    {{ outlier_bounds('profiles', 'income') | indent(4) }}

),

bounded as (

    select
        profiles.*,
        'all' as everybody,
        {{ least(greatest('profiles.income', 'income_bounds.lowest'), 'income_bounds.highest') }} as bounded_income
    from profiles
    cross join income_bounds

),

{% for column in ['age', 'bounded_income'] %}

{{ column }}_by_occupation as (

    {{ medians('bounded', column, 'occupation') | indent(4) }}

),

{{ column }}_of_all as (

    {{ medians('bounded', column, 'everybody') | indent(4) }}

),

{% endfor %}

complete as (

    select
        bounded.*,
        coalesce(bounded.age, age_by_occupation.median, age_of_all.median) as complete_age,
        coalesce(bounded.bounded_income, bounded_income_by_occupation.median, bounded_income_of_all.median) as complete_income
    from bounded
    left join age_by_occupation on age_by_occupation.occupation = bounded.occupation
    left join age_of_all on age_of_all.everybody = bounded.everybody
    left join bounded_income_by_occupation on bounded_income_by_occupation.occupation = bounded.occupation
    left join bounded_income_of_all on bounded_income_of_all.everybody = bounded.everybody

)

select
    complete.customer_id,
    complete.mobile,
    complete.name,
    cast(round(complete.complete_age) as integer) as age,
    {{ money('complete.complete_income') }} as income,
    {{ score('complete.complete_income', 4) }} as income_band,
    cast(case complete.gender when 'F' then 0 when 'M' then 1 end as integer) as gender,
    cast(education_levels.level as integer) as education,
    cast(occupations.code as integer) as occupation,
    complete.zip_code,
    cast(complete.age is null as integer) as age_imputed,
    cast(complete.income is null as integer) as income_imputed,
    cast(coalesce(complete.income <> complete.bounded_income, 0) as integer) as income_bounded
from complete
left join {{ ref('education_levels') }} as education_levels on education_levels.education = complete.education
left join {{ ref('occupations') }} as occupations on occupations.occupation = complete.occupation
