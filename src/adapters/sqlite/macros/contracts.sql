{#- Contracts: what a model promises of its columns, checked before it is built and written into the table. -#}

{#- Same names; and a type that fits where SQLite knows one: of a column, of a cast, of the first row's value. -#}
{% macro sqlite__get_assert_columns_equivalent(sql) %}
  {%- if not model['columns'] -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set untyped = [] -%}
  {%- set promised = {} -%}
  {%- for column in model['columns'].values() -%}
    {%- if not column['data_type'] -%}
      {%- do untyped.append(column['name']) -%}
    {%- endif -%}
    {%- set type = column['data_type'] | string -%}
    {%- do promised.update({column['name'] | lower: {'name': column['name'], 'data_type': type, 'formatted': column['name'] | lower ~ ' ' ~ type}}) -%}
  {%- endfor -%}
  {%- if untyped -%}
    {%- do exceptions.column_type_missing(column_names=untyped) -%}
  {%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set given = [] -%}
  {%- set breaches = [] -%}
  {%- for column in format_columns(adapter.get_column_schema_from_query((header ~ '\n' if header is not none else '') ~ sql)) -%}
    {%- set wanted = promised.get(column['name'] | lower) -%}
    {%- if wanted and sqlite__type_fits(wanted['data_type'], column['data_type']) -%}
      {%- do given.append(wanted) -%}
    {%- else -%}
      {%- do given.append(column) -%}
      {%- do breaches.append(column) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if breaches or given | length != promised | length -%}
    {%- do exceptions.raise_contract_error(promised.values() | list, given) -%}
  {%- endif -%}
{% endmacro %}

{#- Affinities are compared. Whole numbers may stand for other numbers, as a sum of them does. A type that SQLite has no
    affinity of its own for (date, json, uuid) takes what it gets. -#}
{% macro sqlite__type_fits(promised, found) %}
  {%- set wanted = sqlite__affinity(promised) -%}
  {%- set given = sqlite__affinity(found) -%}
  {%- set word = promised | lower | trim -%}
  {%- set is_number = modules.re.match('(num|dec|bool)', word) is not none -%}
  {%- do return(given in ['', wanted] or wanted == '' or (wanted == 'NUM' and (given != 'TEXT' or not is_number))
                or (wanted == 'REAL' and given == 'INT')) -%}
{% endmacro %}

{#- The declared columns, with two rules of other databases that SQLite must be told: a primary key holds no nulls, and is no
    other name of the row number (`integer primary key` is, and puts a number where there is a null). -#}
{% macro sqlite__get_table_columns_and_constraints() %}
  {%- set keys = [] -%}
  {%- for constraint in model['constraints'] if constraint.type == 'primary_key' -%}
    {%- do keys.extend(constraint.columns | map('lower')) -%}
  {%- endfor -%}
  {%- set columns = {} -%}
  {%- for name, column in model['columns'].items() -%}
    {%- set types = column.constraints | map(attribute='type') | list -%}
    {%- set is_key = 'primary_key' in types or name | lower in keys -%}
    {%- set constraints = sqlite__reachable(column.constraints) -%}
    {%- set copy = dict(column) -%}
    {%- do copy.update({'constraints': ([{'type': 'not_null'}] if is_key and 'not_null' not in types else []) + constraints}) -%}
    {%- if is_key and column.data_type | lower | trim == 'integer' -%}
      {%- do copy.update({'data_type': 'int'}) -%}
    {%- endif -%}
    {%- do columns.update({name: copy}) -%}
  {%- endfor -%}
  {%- set lines = adapter.render_raw_columns_constraints(raw_columns=columns)
                  + adapter.render_raw_model_constraints(raw_constraints=sqlite__reachable(model['constraints'])) %}
    (
      {{ lines | join(',\n      ') }}
    )
{% endmacro %}

{#- A foreign key names its table without a schema: it reaches no other file. -#}
{% macro sqlite__reachable(constraints) %}
  {%- set kept = [] -%}
  {%- for constraint in constraints or [] -%}
    {%- if constraint.type != 'foreign_key' -%}
      {%- do kept.append(constraint) -%}
    {%- else -%}
      {%- set field = 'to' if constraint.to else 'expression' -%}
      {%- set parts = modules.re.match('\\s*(?:"?([^".]+)"?\\.)?(.*)$', constraint[field] or '', modules.re.DOTALL).groups() -%}
      {%- if parts[0] and parts[0] | lower != this.schema | lower -%}
        {%- do exceptions.warn('A foreign key cannot reach another database file: ' ~ this ~ ' is made without the one to ' ~ constraint[field]) -%}
      {%- else -%}
        {%- set copy = dict(constraint) -%}
        {%- do copy.update({field: parts[1]}) -%}
        {%- do kept.append(copy) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(kept) -%}
{% endmacro %}

{% macro sqlite__has_foreign_key() %}
  {%- set constraints = (model['constraints'] or []) + (model['columns'].values() | map(attribute='constraints') | sum(start=[])) -%}
  {%- do return('foreign_key' in constraints | map(attribute='type')) -%}
{% endmacro %}

{#- Foreign keys are looked at once, when their table has been filled: while the pragma that enforces them was on, the table that
    they refer to could not be replaced. -#}
{% macro sqlite__check_foreign_keys(relation) %}
  {%- if config.get('contract').enforced and sqlite__has_foreign_key() -%}
    {%- set found = run_query("select \"parent\", count(*) from pragma_foreign_key_check('" ~ escape_single_quotes(relation.identifier)
                              ~ "', '" ~ relation.schema ~ "') group by 1").rows -%}
    {%- for row in found -%}
      {%- do exceptions.raise_compiler_error('FOREIGN KEY constraint failed: ' ~ row[1] ~ ' rows of ' ~ relation ~ ' refer to no row of "' ~ row[0] ~ '"') -%}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}
