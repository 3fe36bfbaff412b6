{#-
    Pre-hooks of an incremental model that takes every row whose key it does not have. What they delete comes back as it is
    now; so an incremental run ends where a full refresh would. Nothing on a first run or a full refresh.
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
