{#- A select of a union that begins with a common table expression stands in a subselect, not in parentheses. Callers add a `where`. -#}
{% macro sqlite__audit_helper__compare_all_columns(a_relation, b_relation, primary_key, exclude_columns=[], summarize=true) -%}
  {%- set findings = ['perfect_match', 'null_in_a', 'null_in_b', 'missing_from_a', 'missing_from_b', 'conflicting_values'] -%}
  with main as (
  {%- for column in dbt_utils.get_filtered_columns_in_relation(from=a_relation, except=exclude_columns) %}
    select * from (
      {{ audit_helper.compare_column_values_verbose(
        a_query='select *, ' ~ primary_key ~ ' as dbt_audit_helper_pk from ' ~ a_relation,
        b_query='select *, ' ~ primary_key ~ ' as dbt_audit_helper_pk from ' ~ b_relation,
        primary_key='dbt_audit_helper_pk',
        column_to_compare=column
      ) }}
    )
    {% if not loop.last %}union all{% endif %}
  {%- endfor %}
  ),

  final as (
  select
    {% if not summarize %}primary_key,{% endif %}
    upper(column_name) as column_name,
    {%- for finding in findings %}
    {% if summarize %}sum({{ finding }}) as {{ finding }}{% else %}{{ finding }}{% endif %}{{ ',' if not loop.last }}
    {%- endfor %}
  from main
  {% if summarize %}group by 1 order by 1{% else %}order by primary_key{% endif %}
  )

  select * from final
{%- endmacro %}

{#- No count(distinct) in window functions. -#}
{% macro sqlite__audit_helper___count_num_rows_in_status() -%}
    {{ audit_helper._count_num_rows_in_status_without_distinct_window_func() }}
{%- endmacro %}

{#- Both queries as sorted lists of their rows. -#}
{% macro sqlite__audit_helper__quick_are_queries_identical(query_a, query_b, columns, event_time) %}
    {%- set bounds = audit_helper._get_comparison_bounds(query_a, query_b, event_time) if event_time else none %}
    select count(distinct coalesce(all_rows, '')) = 1 as are_tables_identical
    from (
      {%- for query in [query_a, query_b] %}
        select json_group_array(one_row) as all_rows
        from (
            select json_array({{ columns | join(', ') }}) as one_row
            from ({{ query }})
            {{ audit_helper.event_time_filter(bounds) }}
            order by 1
        )
        {% if not loop.last %}union all{% endif %}
      {%- endfor %}
    )
{% endmacro %}
