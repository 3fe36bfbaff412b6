// The part of `adapter` that runs SQL.
#include <fmt/format.h>

#include "compile/adapter_methods.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

bool flag(const Value& value, bool fallback) { return is_absent(value) ? fallback : jinja::truth(value); }

}  // namespace

Value adapter_execute(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("execute", {"sql", "auto_begin", "fetch", "limit"}, 1);
  std::optional<int64_t> limit;
  if (b[3].is_int()) limit = b[3].as_int();
  QueryResult result = context.session().execute(jinja::to_str(b[0]), flag(b[1], false), flag(b[2], false), limit);
  std::shared_ptr<const Table> table = result.table ? std::move(result.table) : std::make_shared<Table>();
  return Value::tuple(
      {Value(jinja::make_ref<ResponseObject>(std::move(result.response))), table_value(std::move(table))});
}

Value adapter_add_query(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("add_query", {"sql", "auto_begin", "bindings", "abridge_sql_log"}, 1);
  std::vector<Value> bindings;
  if (b[2].is_sequence()) bindings = b[2].as_items();
  const QueryResult result =
      context.session().execute(jinja::to_str(b[0]), flag(b[1], true), false, {}, bindings, flag(b[3], false));
  return Value::tuple({Value::none(), Value(jinja::make_ref<ResponseObject>(result.response))});
}

Value adapter_commit(RuntimeContext& context, State&, CallArgs&) {
  context.session().commit();
  return Value::none();
}

Value adapter_column_schema(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("get_column_schema_from_query", {"sql"}, 1);
  return columns_value(context, context.session().connection().describe_query(jinja::to_str(b[0])));
}

/// adapter.begin_with_query(sql, relation, own_types=False): begins the transaction that makes a table of `sql` for
/// `relation`. Not in dbt.
Value adapter_begin_with_query(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("begin_with_query", {"sql", "relation", "own_types"}, 2);
  const Relation& target = relation_argument(context, state, b[1], "begin_with_query", "relation");
  const std::string sql = jinja::to_str(b[0]);
  context.session().begin_with_query({sql, target, flag(b[2], false)});
  return Value::none();
}

/// adapter.bulk_load(relation, table): the rows written. Not in dbt; seeds use it.
Value adapter_bulk_load(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("bulk_load", {"relation", "table"}, 2);
  const Relation& relation = relation_argument(context, state, b[0], "bulk_load", "relation");
  const auto table = table_of(b[1]);
  if (!table) {
    throw context_error(context, &state, ErrorKind::compilation, "compile/not-a-table",
                        "adapter.bulk_load needs a table, such as load_agate_table() gives");
  }
  context.session().begin();
  return Value(context.session().connection().bulk_insert(relation, *table));
}

/// adapter.check_view(relation): fails now when the view's columns or tables do not exist. Not in dbt.
Value adapter_check_view(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("check_view", {"relation"}, 1);
  context.session().connection().check_view(relation_argument(context, state, b[0], "check_view", "relation"));
  return Value::none();
}

}  // namespace modelc
