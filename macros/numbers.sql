{#- An amount of money: rounded to the cent, so that sums that should be equal are equal. -#}
{% macro money(expression) -%}
    cast(round({{ expression }}, 2) as {{ dbt.type_float() }})
{%- endmacro %}

{#- An amount that the source counts in cents. -#}
{% macro cents_to_amount(expression) -%}
    {{ money('(' ~ expression ~ ') / 100.0') }}
{%- endmacro %}

{#- NULL instead of an error when the divisor is 0. -#}
{% macro safe_divide(dividend, divisor) -%}
    cast(1.0 * ({{ dividend }}) / nullif({{ divisor }}, 0) as {{ dbt.type_float() }})
{%- endmacro %}

{#- Growth in per cent over the row before: NULL for the first row and after a 0. Also for weeks. -#}
{% macro mom_growth(expression, order_by) -%}
    {%- set previous = "lag(" ~ expression ~ ") over (order by " ~ order_by ~ ")" -%}
    cast(100.0 * ({{ expression }} - {{ previous }}) / nullif({{ previous }}, 0) as {{ dbt.type_float() }})
{%- endmacro %}

{#- What one unit of `currency` was worth in the base currency on a day: the latest rate up to that day, else NULL. -#}
{% macro fx_rate(currency, on_date) -%}
    case
        when {{ currency }} = {{ base_currency() }} then 1.0
        else (
            select fx_rates.rate
            from {{ ref('fx_rates') }} as fx_rates
            where fx_rates.currency = {{ currency }} and fx_rates.valid_from <= {{ on_date }}
            order by fx_rates.valid_from desc
            limit 1
        )
    end
{%- endmacro %}

{#- An amount in the base currency by the rate that `fx_rate` found; NULL where there is none, never the amount as it was. -#}
{% macro to_base_currency(amount, rate) -%}
    {{ money(amount ~ ' * ' ~ rate) }}
{%- endmacro %}

{#- The greater and the lesser of two values. -#}
{% macro greatest(first, second) -%}
    {{ return(adapter.dispatch('greatest')(first, second)) }}
{%- endmacro %}

{% macro default__greatest(first, second) -%}
    greatest({{ first }}, {{ second }})
{%- endmacro %}

{% macro sqlite__greatest(first, second) -%}
    max({{ first }}, {{ second }})
{%- endmacro %}

{% macro least(first, second) -%}
    {{ return(adapter.dispatch('least')(first, second)) }}
{%- endmacro %}

{% macro default__least(first, second) -%}
    least({{ first }}, {{ second }})
{%- endmacro %}

{% macro sqlite__least(first, second) -%}
    min({{ first }}, {{ second }})
{%- endmacro %}
