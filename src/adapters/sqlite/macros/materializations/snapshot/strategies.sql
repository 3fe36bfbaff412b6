{#- As dbt-sqlite writes them, so that its snapshot tables can be continued. -#}
{% macro sqlite__snapshot_hash_arguments(args) -%}
    hex(md5({%- for arg in args -%}
        coalesce(cast({{ arg }} as varchar ), '')
        {% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%}))
{%- endmacro %}
