-- Who is who: accounts of the store and telephone numbers, each with its customer. Those whom nobody registered become
-- customers of their own.
with

customers as (

    select customer_id, store_user_id, mobile from {{ ref('stg_customers') }}

),

identities as (

    select distinct 'store_user' as identity_type, cast(store_user_id as text) as identity
    from {{ ref('stg_store_events') }}
    where store_user_id is not null

    union all

    select 'mobile', mobile
    from (
        select mobile from {{ ref('stg_customer_profiles') }}
        union
        select mobile from {{ ref('stg_purchase_history') }}
    ) as mobiles
    where mobile is not null

),

known_identities as (

    select 'store_user' as identity_type, cast(store_user_id as text) as identity, min(customer_id) as customer_id
    from customers
    where store_user_id is not null
    group by store_user_id

    union all

    select 'mobile', mobile, min(customer_id)
    from customers
    where mobile is not null
    group by mobile

)

select
    cast(identities.identity_type as text) as identity_type,
    identities.identity,
    cast(
        coalesce(
            known_identities.customer_id,
            case identities.identity_type when 'store_user' then 'U' else 'M' end || identities.identity
        )
    as text) as customer_id
from identities
left join known_identities
    on known_identities.identity_type = identities.identity_type
    and known_identities.identity = identities.identity
