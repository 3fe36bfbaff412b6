{% macro sqlite__generate_series(upper_bound) %}
    {%- if upper_bound <= 0 -%}
      {%- do exceptions.raise_compiler_error('upper bound must be positive') -%}
    {%- endif %}
    with recursive numbers(generated_number) as (
        select 1
        union all
        select generated_number + 1 from numbers where generated_number < {{ upper_bound }}
    )
    select generated_number
    from numbers
{% endmacro %}
