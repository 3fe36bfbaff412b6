{#- A unit test: the model upon fixtures, beside the expected rows. The runner compares the two. -#}
{% materialization unit, default %}
  {%- set sql_header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set expected_rows = config.get('expected_rows') -%}
  {%- set expected_sql = config.get('expected_sql') -%}
  {%- set wanted_names = expected_rows[0].keys() if expected_rows else get_columns_in_query(sql) -%}

  {#- An empty table with the model's columns shows their types. -#}
  {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(True, temp_relation, get_empty_subquery_sql(sql))) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in get_columns_for_unit_tests(temp_relation) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}

  {%- set wanted = [] -%}
  {%- for name in wanted_names %}{% do wanted.append(quoted[name | lower]) %}{% endfor -%}
  {%- set expected_sql = expected_sql or get_expected_sql(expected_rows, types, quoted) -%}
  {%- set unit_test_sql = get_unit_test_sql(sql, expected_sql, wanted) -%}
  {%- call statement('main', fetch_result=True) -%}
    {{ sql_header if sql_header }}
    {{ unit_test_sql }}
  {%- endcall -%}
  {%- do adapter.drop_relation(temp_relation) -%}
  {%- do return({'relations': []}) -%}
{% endmaterialization %}
