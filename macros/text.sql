{#- Trimmed text on one line; blanks and the words that exports write for "nothing" become NULL. -#}
{% macro clean_text(expression) -%}
    {%- set text = "trim(replace(" ~ expression ~ ", '\n', ' '))" -%}
    cast(
        case when lower({{ text }}) not in ('', 'null', 'n/a', 'na', 'none') then {{ text }} end
    as {{ dbt.type_string() }})
{%- endmacro %}

{#- An identifier or code: clean text in upper case. -#}
{% macro clean_code(expression) -%}
    cast(upper({{ clean_text(expression) }}) as {{ dbt.type_string() }})
{%- endmacro %}

{#- One word of a fixed set: clean text in lower case. -#}
{% macro clean_word(expression) -%}
    cast(lower({{ clean_text(expression) }}) as {{ dbt.type_string() }})
{%- endmacro %}

{#- A status: one word, and one spelling for what both sides of the ocean cancel. -#}
{% macro clean_status(expression) -%}
    cast(replace({{ clean_word(expression) }}, 'canceled', 'cancelled') as {{ dbt.type_string() }})
{%- endmacro %}

{#- A telephone number without blanks and dashes, with + for 00; the zeros in front of others stay. -#}
{% macro clean_mobile(expression) -%}
    {%- set digits = "replace(replace(" ~ clean_text(expression) ~ ", ' ', ''), '-', '')" -%}
    cast(
        case when {{ digits }} like '00%' then '+' || substr({{ digits }}, 3) else {{ digits }} end
    as {{ dbt.type_string() }})
{%- endmacro %}

{#- A number written by people: '1,234.50' is 1234.5, text that is no number is NULL. -#}
{% macro safe_number(expression) -%}
    {{ return(adapter.dispatch('safe_number')(expression)) }}
{%- endmacro %}

{% macro default__safe_number(expression) -%}
    {{ dbt.safe_cast("replace(trim(" ~ expression ~ "), ',', '')", api.Column.translate_type('numeric')) }}
{%- endmacro %}

{% macro sqlite__safe_number(expression) -%}
    {%- set digits = "replace(trim(" ~ expression ~ "), ',', '')" -%}
    cast(
        case
            when {{ digits }} glob '*[0-9]*'
                and {{ digits }} not glob '*[^0-9.+-]*'
                and {{ digits }} not glob '*.*.*'
                and substr({{ digits }}, 2) not glob '*[+-]*'
            then {{ digits }}
        end
    as real)
{%- endmacro %}

{#- Whether a text begins with `count` digits. -#}
{% macro starts_with_digits(expression, count) -%}
    {{ return(adapter.dispatch('starts_with_digits')(expression, count)) }}
{%- endmacro %}

{% macro default__starts_with_digits(expression, count) -%}
    {{ expression }} ~ '^[0-9]{{ '{' ~ count ~ '}' }}'
{%- endmacro %}

{% macro sqlite__starts_with_digits(expression, count) -%}
    {{ expression }} glob '{{ '[0-9]' * count }}*'
{%- endmacro %}

{#- One key made of several columns: equal when all of them are equal, NULLs being equal. -#}
{% macro surrogate_key(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '~')") -%}
    {%- endfor -%}
    {{ dbt.hash(parts | join(" || '|' || ")) }}
{%- endmacro %}

{#- The product that stands for a purchase of which only the category is known. -#}
{% macro unnamed_product(category) -%}
    cast('ANY-' || upper(coalesce({{ category }}, 'unknown')) as {{ dbt.type_string() }})
{%- endmacro %}

{#- Key of a category: its number in the store, or `unknown`. -#}
{% macro category_key(category_id) -%}
    cast(coalesce(cast({{ category_id }} as {{ dbt.type_string() }}), 'unknown') as {{ dbt.type_string() }})
{%- endmacro %}
