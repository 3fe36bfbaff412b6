{#-
    Pre-hooks of an incremental model that takes the days of which it does not have every row. What they delete comes back as
    it is now; so an incremental run ends where a full refresh would. Nothing on a first run or a full refresh.
-#}

{#- Forgets the latest `lookback_days`: orders of these days may still be corrected or turn out to be none. -#}
{% macro forget_latest_days(date_column) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ date_column }} >= (select {{ add_days('max(' ~ date_column ~ ')', -var('lookback_days')) }} from {{ this }})
    {%- endif -%}
{%- endmacro %}

{#- Forgets rows of users who are somebody else by now, because they registered or were deleted. -#}
{% macro forget_strangers(user_column) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ user_column }} not in (select customer_id from {{ ref('int_customers') }})
    {%- endif -%}
{%- endmacro %}

{#-
    The days of which `relation` has another number of rows than this model: rows came late, or a hook forgot them. Counting
    both costs a small part of what it costs to look for the key of every row.
-#}
{% macro days_to_take(relation, date_column) -%}
    select {{ date_column }}
    from (
        select {{ date_column }}, count(*) as row_count from {{ relation }}
        group by {{ date_column }}
        except
        select {{ date_column }}, count(*) from {{ this }}
        group by {{ date_column }}
    ) as different_days
{%- endmacro %}
