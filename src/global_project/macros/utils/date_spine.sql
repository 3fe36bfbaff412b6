{#- How many `datepart`s lie between two dates, as a number: the database computes it. -#}
{% macro get_intervals_between(start_date, end_date, datepart) %}
  {%- do return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) -%}
{% endmacro %}
{% macro default__get_intervals_between(start_date, end_date, datepart) %}
  {%- call statement('get_intervals_between', fetch_result=True) %}
        select {{ dbt.datediff(start_date, end_date, datepart) }}
  {% endcall -%}
  {%- set answer = load_result('get_intervals_between') -%}
  {%- if answer and answer['data'] -%}
    {%- do return(answer['data'][0][0]) -%}
  {%- endif -%}
  {%- do return(1) -%}
{% endmacro %}

{#- A query of consecutive dates, the end excluded, in the column date_<datepart>. Both ends are SQL expressions. -#}
{% macro date_spine(datepart, start_date, end_date) %}
  {%- do return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) -%}
{% endmacro %}
{% macro default__date_spine(datepart, start_date, end_date) %}
    with rawdata as (

        {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}

    ),

    all_periods as (

        select (
            {{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}
        ) as date_{{ datepart }}
        from rawdata

    ),

    filtered as (

        select *
        from all_periods
        where date_{{ datepart }} <= {{ end_date }}

    )

    select * from filtered
{% endmacro %}
