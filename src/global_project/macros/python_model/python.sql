{#- What is appended to a Python model. modelc parses such models but runs none; adapters that do need this text. -#}

{% macro resolve_model_name(input_model_name) %}
  {%- do return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) -%}
{% endmacro %}
{% macro default__resolve_model_name(input_model_name) -%}
    {{ input_model_name | string | replace('"', '\"') }}
{%- endmacro %}

{% macro build_ref_function(model) %}
  {%- set names = {} -%}
  {%- for wanted in model.refs -%}
    {%- set key = [wanted.get('package'), wanted['name']] if wanted.get('package') else [wanted['name']] -%}
    {%- set relation = ref(*key, v=wanted.get('version')) -%}
    {#- A project's own ref may give a plain text. render() leaves out what --empty and --sample add. -#}
    {%- if relation.render is defined and relation.render is callable -%}
      {%- set relation = relation.render() -%}
    {%- endif -%}
    {%- set suffix = ['v' ~ wanted['version']] if wanted.get('version') else [] -%}
    {%- do names.update({(key + suffix) | join('.'): resolve_model_name(relation)}) -%}
  {%- endfor %}
def ref(*args, **kwargs):
    relations = {{ names | tojson }}
    name = '.'.join(args)
    version = kwargs.get('v') or kwargs.get('version')
    if version:
        name += f'.v{version}'
    return kwargs.get('dbt_load_df_function')(relations[name])
{% endmacro %}

{% macro build_source_function(model) %}
  {%- set names = {} -%}
  {%- for wanted in model.sources -%}
    {%- do names.update({wanted | join('.'): resolve_model_name(source(*wanted))}) -%}
  {%- endfor %}
def source(*args, dbt_load_df_function):
    relations = {{ names | tojson }}
    return dbt_load_df_function(relations['.'.join(args)])
{% endmacro %}

{#- The configs that the model's code was seen to read, with its own defaults. -#}
{% macro build_config_dict(model) %}
  {%- set configs = {} -%}
  {%- for key, default in zip(model.config.config_keys_used, model.config.config_keys_defaults) | list -%}
    {%- do configs.update({key: model.config.get(key, default)}) -%}
  {%- endfor -%}
  {%- set metas = {} -%}
  {%- if model.config.meta_keys_used -%}
    {%- for key, default in zip(model.config.meta_keys_used, model.config.meta_keys_defaults) | list -%}
      {%- do metas.update({key: (model.config.meta or {}).get(key, default)}) -%}
    {%- endfor -%}
  {%- endif %}
config_dict = {{ configs }}
meta_dict = {{ metas }}
{% endmacro %}

{% macro py_script_postfix(model) %}
{{ build_ref_function(model) }}
{{ build_source_function(model) }}
{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)


class this:
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"

    def __repr__(self):
        return '{{ resolve_model_name(this) }}'


class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

{{ py_script_comment() }}
{% endmacro %}

{#- Adapters write here how their users can run the text by hand. -#}
{% macro py_script_comment() %}{% endmacro %}
