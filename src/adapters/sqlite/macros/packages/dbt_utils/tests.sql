{#- What dbt_utils' tests say with casts of dates and of numerics, in SQLite's words. -#}

{% macro sqlite__dbt_utils__test_recency(model, field, datepart, interval, ignore_time_component, group_by_columns) %}
{%- set groups = group_by_columns | join(', ') -%}
{%- set threshold = dbt.dateadd(datepart, interval * -1, dbt.current_timestamp()) -%}
{%- set comparable = 'date' if ignore_time_component else 'to_timestamp' %}

with recency as (
    select
        {% if groups %}{{ groups }},{% endif %}
        max({{ comparable }}({{ field }})) as most_recent
    from {{ model }}
    {% if groups %}group by {{ groups }}{% endif %}
)

select
    {% if groups %}{{ groups }},{% endif %}
    most_recent,
    {{ comparable }}({{ threshold }}) as threshold
from recency
where most_recent < {{ comparable }}({{ threshold }})
{%- if not flags.EMPTY %}
   or most_recent is null
{%- endif %}
{% endmacro %}

{% macro sqlite__dbt_utils__test_sequential_values(model, column_name, interval=1, datepart=None, group_by_columns=[]) %}
{%- set previous = 'previous_' ~ dbt_utils.slugify(column_name) -%}
{%- set groups = group_by_columns | join(', ') %}

with windowed as (
    select
        {% if groups %}{{ groups }},{% endif %}
        {{ column_name }},
        lag({{ column_name }}) over (
            {% if groups %}partition by {{ groups }}{% endif %}
            order by {{ column_name }}
        ) as {{ previous }}
    from {{ model }}
)

select *
from windowed
{% if datepart %}
where to_timestamp({{ column_name }}) <> to_timestamp({{ dbt.dateadd(datepart, interval, previous) }})
{% else %}
where {{ column_name }} <> {{ previous }} + {{ interval }}
{% endif %}
{% endmacro %}
