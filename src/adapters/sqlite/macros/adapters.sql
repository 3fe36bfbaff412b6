{#- Schemas are attached database files; relations are what their sqlite_master lists. -#}

{#- Takes the write lock now. Materializations call it before they read what they are going to change, so that two runs
    on one file come one after the other, and before they drop anything, so that a kill leaves the old relation or the new. -#}
{% macro sqlite__begin() %}{% do adapter.execute('begin immediate') %}{% endmacro %}

{#- The same for a transaction that makes a table of a query: while other models are at work, the query is computed before it, so
    that they wait for no more than the copying of its rows. -#}
{% macro sqlite__begin_with_query(sql) %}{% do adapter.begin_with_query(sql, this, own_types=config.get('contract').enforced) %}{% endmacro %}

{% macro sqlite__list_schemas(database) %}
  {%- do return(run_query('select name as "schema" from pragma_database_list where name <> \'temp\'')) -%}
{% endmacro %}

{% macro sqlite__create_schema(relation) %}{% do adapter.create_schema(relation) %}{% endmacro %}
{% macro sqlite__drop_schema(relation) %}{% do adapter.drop_schema(relation) %}{% endmacro %}

{% macro sqlite__check_schema_exists(information_schema, schema) %}
  {%- do return(run_query("select count(*) as schema_exist from pragma_database_list where lower(name) = lower('" ~ escape_single_quotes(schema) ~ "')")) -%}
{% endmacro %}

{% macro sqlite__list_relations_without_caching(schema_relation) %}
  {%- set sql -%}
    select '{{ schema_relation.database }}' as database, name, '{{ schema_relation.schema }}' as schema, type as data_type
    from {{ schema_relation.schema }}.sqlite_master
    where type in ('table', 'view') and name not like 'sqlite\_%' escape '\'
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{% endmacro %}

{% macro sqlite__get_columns_in_relation(relation) %}{% do return(adapter.get_columns_in_relation(relation)) %}{% endmacro %}
{% macro sqlite__get_columns_for_unit_tests(relation) %}{% do return(adapter.get_columns_in_relation(relation)) %}{% endmacro %}

{% macro sqlite__drop_relation(relation) %}
  {%- call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type or 'table' }} if exists {{ relation.render() }}
  {%- endcall -%}
{% endmacro %}

{% macro sqlite__drop_table(relation) -%}
    drop table if exists {{ relation.render() }}
{%- endmacro %}
{% macro sqlite__drop_view(relation) -%}
    drop view if exists {{ relation.render() }}
{%- endmacro %}

{% macro sqlite__truncate_relation(relation) %}
  {%- call statement('truncate_relation') -%}
    delete from {{ relation.render() }}
  {%- endcall -%}
{% endmacro %}

{#- A view has no `alter`: its text is read back and stored again under the new name. -#}
{% macro sqlite__rename_relation(from_relation, to_relation) %}
  {%- if from_relation.is_view -%}
    {%- set found = run_query("select sql from " ~ from_relation.schema ~ ".sqlite_master where type = 'view' and lower(name) = lower('"
                              ~ escape_single_quotes(from_relation.identifier) ~ "')") -%}
    {%- if not found.rows -%}
      {%- do exceptions.raise_compiler_error('Cannot rename ' ~ from_relation ~ ': there is no such view') -%}
    {%- endif -%}
    {%- set name = modules.re.match('create\\s+view\\s+("(?:[^"]|"")*"|\\[[^\\]]*\\]|`[^`]*`|[^\\s(]+)', found.rows[0][0], modules.re.IGNORECASE) -%}
    {%- call statement('rename_relation') -%}
      drop view {{ from_relation.render() }};
      create view {{ to_relation.render() }}{{ found.rows[0][0][name.end():] }}
    {%- endcall -%}
  {%- else -%}
    {%- call statement('rename_relation') -%}
      alter table {{ from_relation.render() }} rename to {{ adapter.quote(to_relation.identifier) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro sqlite__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation.render() }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{#- Temporary tables live in the schema `temp` of the connection that made them, and nowhere else. -#}
{% macro sqlite__make_temp_relation(base_relation, suffix) %}
  {%- do return(base_relation.incorporate(path={'schema': 'temp', 'identifier': base_relation.identifier ~ suffix})) -%}
{% endmacro %}

{% macro sqlite__create_table_as(temporary, relation, sql) -%}
    {%- set header = config.get('sql_header', none) -%}
    {{ header if header is not none }}
    {% if temporary -%}
    drop table if exists {{ relation }};
    create temporary table {{ relation }}
    as
        {{ sql }}
    {%- elif config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) -}}
    create table {{ relation }} {{ get_table_columns_and_constraints() | trim }};
    insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() | trim }})
    {{ get_select_subquery(sql) }}
    {%- else -%}
    create table {{ relation }}
    as
        {{ sql }}
    {%- endif %}
{%- endmacro %}

{% macro sqlite__create_view_as(relation, sql) -%}
    {%- if config.get('contract').enforced -%}
      {{- get_assert_columns_equivalent(sql) -}}
    {%- endif %}
    create view {{ relation }} as
    {{ sql }}
{%- endmacro %}

{#- create index names the schema before the index. An index belongs to its table and goes with it. -#}
{% macro sqlite__get_create_index_sql(relation, index_dict) %}
  {%- set parts = [index_dict.columns] if index_dict.columns is string else index_dict.columns -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error('An index of ' ~ relation ~ ' names no columns') -%}
  {%- endif -%}
  {%- set columns = parts | join(', ') -%}
  {%- set name = local_md5(relation.identifier ~ '_' ~ columns ~ '_' ~ (index_dict.unique or false) ~ '_' ~ (index_dict.where or '')) -%}
  {%- do return('create ' ~ ('unique ' if index_dict.unique else '') ~ 'index if not exists ' ~ relation.schema ~ '.' ~ adapter.quote(name)
                ~ ' on ' ~ adapter.quote(relation.identifier) ~ ' (' ~ columns ~ ')' ~ (' where ' ~ index_dict.where if index_dict.where else '')) -%}
{% endmacro %}

{% macro sqlite__get_drop_index_sql(relation, index_name) -%}
    drop index if exists {{ relation.schema }}.{{ adapter.quote(index_name) }}
{%- endmacro %}

{% macro sqlite__get_show_indexes_sql(relation) -%}
    select
        l.name,
        group_concat(i.name) as column_names,
        l."unique",
        l.partial
    from pragma_index_list('{{ escape_single_quotes(relation.identifier) }}', '{{ relation.schema }}') as l
    join pragma_index_info(l.name, '{{ relation.schema }}') as i
    group by l.name
{%- endmacro %}

{#- SQLite keeps no comments; documented columns that do not exist are told of all the same. -#}
{% macro sqlite__persist_docs(relation, model, for_relation, for_columns) %}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- do validate_doc_columns(relation, model.columns, adapter.get_columns_in_relation(relation) | map(attribute='name') | list) -%}
  {%- endif -%}
{% endmacro %}

{#- Calls persist_docs where it does something: here, or because somebody put another in its place. `model` is long in the making. -#}
{% macro sqlite__document(relation) %}
  {%- if config.persist_column_docs() or not adapter.is_built_in('persist_docs') -%}
    {%- do persist_docs(relation, model) -%}
  {%- endif -%}
{% endmacro %}

{#- There are no users to grant anything to. -#}
{% macro sqlite__copy_grants() %}{% do return(False) %}{% endmacro %}
{% macro sqlite__apply_grants(relation, grant_config, should_revoke=True) %}
  {%- if grant_config -%}
    {%- do exceptions.warn('SQLite has no grants: those configured for ' ~ relation ~ ' are not applied') -%}
  {%- endif -%}
{% endmacro %}
