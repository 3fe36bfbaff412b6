{#- dbt's strategies in SQLite's words: there is no `merge`, and no brackets around an inserted select. -#}

{% macro sqlite__get_incremental_default_sql(arg_dict) %}
  {%- do return(get_incremental_delete_insert_sql(arg_dict) if arg_dict['unique_key'] else get_incremental_append_sql(arg_dict)) -%}
{% endmacro %}

{% macro sqlite__get_incremental_append_sql(arg_dict) %}
  {%- do return(sqlite__insert_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) -%}
{% endmacro %}

{% macro sqlite__insert_sql(target, source, dest_columns) %}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) %}
    insert into {{ target }} ({{ names }})
    select {{ names }}
    from {{ source }}
{% endmacro %}

{% macro sqlite__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
    {%- if unique_key %}
    {%- set keys = unique_key if unique_key is string else unique_key | join(', ') %}
    delete from {{ target }} as DBT_INTERNAL_DEST
    where ({{ keys }}) in (
      select {{ keys }}
      from {{ source }} as DBT_INTERNAL_SOURCE
    )
    {%- for predicate in sqlite__predicates(incremental_predicates) %}
      and ({{ predicate }})
    {%- endfor %};
    {%- endif %}
    {{- sqlite__insert_sql(target, source, dest_columns) }}
{% endmacro %}

{#- Rows whose keys match are updated, the others inserted. A null in a key matches nothing. The matching rows are found by one join,
    for which SQLite makes an index of the few new rows; for `not exists` it would read the target once for each of them. -#}
{% macro sqlite__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set update_columns = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
    {%- set conditions = [] + sqlite__predicates(incremental_predicates) -%}
    {%- if unique_key is string and unique_key -%}
      {%- do conditions.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ unique_key, 'DBT_INTERNAL_DEST.' ~ unique_key)) -%}
    {%- else -%}
      {%- for key in unique_key or [] -%}
        {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
      {%- endfor -%}
    {%- endif -%}
    {%- if not unique_key -%}
      {{ sqlite__insert_sql(target, source, dest_columns) }}
    {%- else %}
    {%- set matched = '(' ~ (conditions | join(') and (')) ~ ')' %}
    {%- if update_columns %}
    update {{ target }} as DBT_INTERNAL_DEST
    set
      {% for name in update_columns -%}
      {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ',\n      ' if not loop.last }}
      {%- endfor %}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where {{ matched }};
    {%- endif %}

    insert into {{ target }} ({{ names }})
    select {{ names }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.rowid not in (
      select DBT_INTERNAL_SOURCE.rowid
      from {{ target }} as DBT_INTERNAL_DEST
      inner join {{ source }} as DBT_INTERNAL_SOURCE
        on {{ matched }}
    )
    {%- endif %}
{% endmacro %}

{#- Everything, or what the predicates name, gives way to the new rows. -#}
{% macro sqlite__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) %}
    delete from {{ target }} as DBT_INTERNAL_DEST
    {%- for predicate in sqlite__predicates(predicates) %}
    {{ 'where' if loop.first else 'and' }} ({{ predicate }})
    {%- endfor %};
    {{- sqlite__insert_sql(target, source, dest_columns) }}
{% endmacro %}

{#- The batch's rows replace those of its time window. datetime() makes texts of different shape comparable. -#}
{% macro sqlite__get_incremental_microbatch_sql(arg_dict) %}
  {%- set event_time = model.config.event_time -%}
  {%- set window = [] -%}
  {%- if model.batch and model.batch.event_time_start -%}
    {%- do window.append('datetime(' ~ event_time ~ ") >= datetime('" ~ model.batch.event_time_start ~ "')") -%}
  {%- endif -%}
  {%- if model.batch and model.batch.event_time_end -%}
    {%- do window.append('datetime(' ~ event_time ~ ") < datetime('" ~ model.batch.event_time_end ~ "')") -%}
  {%- endif -%}
  {%- do return(get_insert_overwrite_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'],
                                               window + sqlite__predicates(arg_dict['incremental_predicates']))) -%}
{% endmacro %}

{#- Predicates are configured as a list, or as one text. -#}
{% macro sqlite__predicates(predicates) %}
  {%- do return([predicates] if predicates is string else (predicates or []) | list) -%}
{% endmacro %}
