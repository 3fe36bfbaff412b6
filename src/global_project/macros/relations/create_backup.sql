{#- SQL that moves a relation out of the way, under its backup name. -#}
{% macro get_create_backup_sql(relation) -%}
    {%- do log('Applying CREATE BACKUP to: ' ~ relation) -%}
    {{- adapter.dispatch('get_create_backup_sql', 'dbt')(relation) -}}
{%- endmacro %}
{% macro default__get_create_backup_sql(relation) -%}
    {%- set backup_relation = make_backup_relation(relation, relation.type) -%}
    {{ get_drop_sql(backup_relation) }};

    {{ get_rename_sql(relation, backup_relation.identifier) }}
{%- endmacro %}
