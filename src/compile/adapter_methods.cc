// Relations, schemas, names: the part of `adapter` that works on what exists.
#include "compile/adapter_methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "compile/relation_lookup.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

bool is_absent(const Value& value) { return value.is_undefined() || value.is_none(); }

const Relation& relation_argument(RuntimeContext& context, State& state, const Value& value, std::string_view method,
                                  std::string_view argument) {
  if (const auto* relation = value.as<RelationObject>()) return relation->relation();
  throw context_error(context, &state, ErrorKind::compilation, "compile/not-a-relation",
                      fmt::format("'adapter.{}' expects argument '{}' to be of type 'Relation', instead got {} ({})",
                                  method, argument, jinja::to_str(value), jinja::type_name(value)));
}

Value columns_value(RuntimeContext& context, const std::vector<Column>& columns) {
  Value list = Value::list();
  for (const auto& column : columns)
    list.as_list().push_back(Value(jinja::make_ref<ColumnObject>(column, context.macros().traits())));
  return list;
}

namespace {

std::optional<std::string> text_of(const Value& value) {
  if (is_absent(value)) return std::nullopt;
  return jinja::to_str(value);
}

Value relations_value(const std::vector<Relation>& relations) {
  Value list = Value::list();
  for (const auto& relation : relations) list.as_list().push_back(relation_value(relation));
  return list;
}

Relation wanted_relation(RuntimeContext& context, const Value& database, const Value& schema, const Value& identifier) {
  return make_relation(context.macros().traits(), text_of(database), text_of(schema), text_of(identifier),
                       RelationType::unknown, project_quoting(context.project()));
}

Value get_relation(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("get_relation", {"database", "schema", "identifier"}, 3);
  const auto found = find_relation(context, wanted_relation(context, b[0], b[1], b[2]));
  return found ? relation_value(*found) : Value::none();
}

Value load_relation(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("load_relation", {"relation"}, 1);
  const auto found = find_relation(context, relation_argument(context, state, b[0], "load_relation", "relation"));
  return found ? relation_value(*found) : Value::none();
}

Value already_exists(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("already_exists", {"schema", "name"}, 2);
  return Value(find_relation(context, wanted_relation(context, Value(context.project().target.database), b[0], b[1]))
                   .has_value());
}

Value list_relations_method(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("list_relations", {"database", "schema"}, 2);
  return relations_value(list_relations(context, text_of(b[0]), text_of(b[1]).value_or("")));
}

Value list_relations_without_caching(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("list_relations_without_caching", {"schema_relation"}, 1);
  const Relation& schema = relation_argument(context, state, b[0], "list_relations_without_caching", "schema_relation");
  std::vector<Relation> relations;
  for (auto& entry : context.session().connection().list_relations(schema.schema.value_or("")))
    relations.push_back(entry.relation);
  return relations_value(relations);
}

Value list_schemas_method(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("list_schemas", {"database"});
  Value list = Value::list();
  for (auto& schema : list_schemas(context, text_of(b[0]))) list.as_list().push_back(Value(std::move(schema)));
  return list;
}

Value check_schema_exists(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("check_schema_exists", {"database", "schema"}, 2);
  const std::string wanted = jinja::to_str(b[1]);
  const auto schemas = list_schemas(context, text_of(b[0]));
  return Value(
      std::any_of(schemas.begin(), schemas.end(), [&](const std::string& s) { return equals_ignore_case(s, wanted); }));
}

Value get_columns(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("get_columns_in_relation", {"relation"}, 1);
  return columns_value(context, relation_columns(context, relation_argument(context, state, b[0],
                                                                            "get_columns_in_relation", "relation")));
}

Value get_columns_in_table(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("get_columns_in_table", {"schema", "identifier"}, 2);
  return columns_value(
      context,
      relation_columns(context, wanted_relation(context, Value(context.project().target.database), b[0], b[1])));
}

Value no_columns(RuntimeContext&, State&, CallArgs&) { return Value::list(); }

Value get_missing_columns(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("get_missing_columns", {"from_relation", "to_relation"}, 2);
  const auto from =
      relation_columns(context, relation_argument(context, state, b[0], "get_missing_columns", "from_relation"));
  const auto to =
      relation_columns(context, relation_argument(context, state, b[1], "get_missing_columns", "to_relation"));
  std::vector<Column> missing;
  for (const auto& column : from) {
    if (std::none_of(to.begin(), to.end(), [&](const Column& c) { return c.name == column.name; }))
      missing.push_back(column);
  }
  return columns_value(context, missing);
}

/// dbt: expand_column_types. A text column of the current table grows to the size of the goal's.
Value expand_target_column_types(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("expand_target_column_types", {"from_relation", "to_relation"}, 2);
  const auto goal =
      relation_columns(context, relation_argument(context, state, b[0], "expand_target_column_types", "from_relation"));
  const auto current =
      relation_columns(context, relation_argument(context, state, b[1], "expand_target_column_types", "to_relation"));
  for (const auto& wanted : goal) {
    const auto have =
        std::find_if(current.begin(), current.end(), [&](const Column& c) { return c.name == wanted.name; });
    if (have == current.end()) continue;
    const AdapterTraits& traits = context.macros().traits();
    const Value wanted_column(jinja::make_ref<ColumnObject>(wanted, traits));
    CallArgs other;
    other.positional.push_back(wanted_column);
    const Value have_column(jinja::make_ref<ColumnObject>(*have, traits));
    if (!jinja::truth(jinja::call_method(state, have_column, "can_expand_to", other))) continue;
    CallArgs none;
    const Value size = jinja::call_method(state, wanted_column, "string_size", none);
    CallArgs change;
    change.positional = {b[1], Value(wanted.name), Value(fmt::format("character varying({})", jinja::to_str(size)))};
    context.call_macro("alter_column_type", std::move(change));
  }
  return Value::none();
}

Value create_schema_method(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("create_schema", {"relation"}, 1);
  create_schema(context, relation_argument(context, state, b[0], "create_schema", "relation"));
  return Value::none();
}

Value drop_schema_method(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("drop_schema", {"relation"}, 1);
  drop_schema(context, relation_argument(context, state, b[0], "drop_schema", "relation"));
  return Value::none();
}

Value drop_relation(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("drop_relation", {"relation"}, 1);
  const Relation& relation = relation_argument(context, state, b[0], "drop_relation", "relation");
  if (relation.type == RelationType::unknown) {
    throw context_error(context, &state, ErrorKind::compilation, "compile/drop-untyped",
                        fmt::format("Tried to drop relation {}, but its type is null.", relation.render()));
  }
  context.shared().cache().drop(relation);
  CallArgs call;
  call.named.emplace_back("relation", b[0]);
  context.call_macro("drop_relation", std::move(call));
  return Value::none();
}

Value truncate_relation(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("truncate_relation", {"relation"}, 1);
  relation_argument(context, state, b[0], "truncate_relation", "relation");
  CallArgs call;
  call.named.emplace_back("relation", b[0]);
  context.call_macro("truncate_relation", std::move(call));
  return Value::none();
}

Value rename_relation(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("rename_relation", {"from_relation", "to_relation"}, 2);
  const Relation& from = relation_argument(context, state, b[0], "rename_relation", "from_relation");
  const Relation& to = relation_argument(context, state, b[1], "rename_relation", "to_relation");
  context.shared().cache().rename(from, to);
  CallArgs call;
  call.named.emplace_back("from_relation", b[0]);
  call.named.emplace_back("to_relation", b[1]);
  context.call_macro("rename_relation", std::move(call));
  return Value::none();
}

Value null_relation(RuntimeContext& context, State& state, std::string_view what) {
  throw context_error(context, &state, ErrorKind::compilation, "compile/null-relation",
                      fmt::format("Attempted to {} a null relation for {}", what, context.session().name()));
}

Value cache_added(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("cache_added", {"relation"}, 1);
  if (is_absent(b[0])) return null_relation(context, state, "cache");
  const Relation& relation = relation_argument(context, state, b[0], "cache_added", "relation");
  cache_schema(context, relation.database, relation.schema.value_or(""));
  context.shared().cache().add(relation);
  return Value("");
}

Value cache_dropped(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("cache_dropped", {"relation"}, 1);
  if (is_absent(b[0])) return null_relation(context, state, "drop");
  context.shared().cache().drop(relation_argument(context, state, b[0], "cache_dropped", "relation"));
  return Value("");
}

Value cache_renamed(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("cache_renamed", {"from_relation", "to_relation"}, 2);
  if (is_absent(b[0]) || is_absent(b[1])) {
    throw context_error(context, &state, ErrorKind::compilation, "compile/null-relation",
                        fmt::format("Attempted to rename {} to {} for {}", jinja::to_str(b[0]), jinja::to_str(b[1]),
                                    context.session().name()));
  }
  context.shared().cache().rename(relation_argument(context, state, b[0], "cache_renamed", "from_relation"),
                                  relation_argument(context, state, b[1], "cache_renamed", "to_relation"));
  return Value("");
}

std::string quoted(RuntimeContext& context, std::string_view identifier) {
  if (const Adapter* adapter = context.shared().environment.adapter) return adapter->quote(identifier);
  const char quote = context.macros().traits().quote_character;
  return fmt::format("{}{}{}", quote, identifier, quote);
}

Value quote(RuntimeContext& context, State&, CallArgs& args) {
  return Value(quoted(context, jinja::to_str(args.bind("quote", {"identifier"}, 1)[0])));
}

Value quote_as_configured(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("quote_as_configured", {"identifier", "quote_key"}, 2);
  const std::string identifier = jinja::to_str(b[0]), key = jinja::to_str(b[1]);
  const QuotingOverride project = project_quoting(context.project());
  const RelationPolicy& engine = context.macros().traits().default_quote;
  bool on;
  if (key == "database")
    on = project.database.value_or(engine.database);
  else if (key == "schema")
    on = project.schema.value_or(engine.schema);
  else if (key == "identifier")
    on = project.identifier.value_or(engine.identifier);
  else
    return Value(identifier);
  return Value(on ? quoted(context, identifier) : identifier);
}

Value quote_seed_column(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("quote_seed_column", {"column", "quote_config"}, 2);
  if (!is_absent(b[1]) && !b[1].is_bool()) {
    throw context_error(
        context, &state, ErrorKind::compilation, "compile/quote-columns",
        fmt::format("The seed configuration value of \"quote_columns\" has an invalid type <class '{}'>",
                    jinja::type_name(b[1])));
  }
  const std::string column = jinja::to_str(b[0]);
  return Value(is_absent(b[1]) || b[1].as_bool() ? quoted(context, column) : column);
}

Value convert_type(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("convert_type", {"agate_table", "col_idx"}, 2);
  const auto table = table_of(b[0]);
  const int64_t index = b[1].is_int() ? b[1].as_int() : -1;
  if (!table || index < 0 || index >= static_cast<int64_t>(table->column_types.size())) {
    throw context_error(context, &state, ErrorKind::compilation, "compile/convert-type",
                        "adapter.convert_type needs a table and the index of one of its columns");
  }
  return Value(context.shared().environment.adapter->seed_column_type(table->column_types[static_cast<size_t>(index)]));
}

Value standardize_grants_dict(RuntimeContext&, State&, CallArgs& args) {
  const auto table = table_of(args.bind("standardize_grants_dict", {"grants_table"}, 1)[0]);
  Value grants = Value::dict();
  if (!table) return grants;
  const auto column = [&](std::string_view name) {
    const auto& names = table->column_names;
    return static_cast<size_t>(
        std::find_if(names.begin(), names.end(), [&](const std::string& n) { return equals_ignore_case(n, name); }) -
        names.begin());
  };
  const size_t grantee = column("grantee"), privilege = column("privilege_type");
  for (const auto& row : table->rows) {
    if (grantee >= row.size() || privilege >= row.size()) continue;
    Value* list = grants.as_dict().find(row[privilege]);
    if (list)
      list->as_list().push_back(row[grantee]);
    else
      grants.as_dict().set(row[privilege], Value::list({row[grantee]}));
  }
  return grants;
}

Value dispatch(RuntimeContext& context, State&, CallArgs& args) { return context.dispatch(args); }

/// Is the macro of dbt's that the node would call one of the product's own?
Value is_built_in(RuntimeContext& context, State&, CallArgs& args) {
  const std::string name = jinja::to_str(args.bind("is_built_in", {"macro_name"}, 1)[0]);
  const MacroNamespace& macros = context.macros();
  const MacroId direct = macros.find(name, context.package());
  const MacroId dispatched = macros.dispatch(name, "dbt", context.package());
  return Value(direct != no_id && macros.macro(direct).embedded && dispatched != no_id &&
               macros.macro(dispatched).embedded);
}

Value adapter_type(RuntimeContext& context, State&, CallArgs&) { return Value(context.macros().traits().type); }
Value give_none(RuntimeContext&, State&, CallArgs&) { return Value::none(); }
Value give_argument(RuntimeContext&, State&, CallArgs& args) {
  return args.positional.empty() ? Value::none() : args.positional[0];
}

Value submit_python_job(RuntimeContext& context, State& state, CallArgs&) {
  throw context_error(context, &state, ErrorKind::runtime, "compile/python",
                      "Python models are not supported by modelc", "rewrite the model in SQL");
}

}  // namespace

AdapterMethod find_adapter_method(std::string_view name) {
  static const NameMap<AdapterMethod> methods = {
      {"add_query", adapter_add_query},
      {"already_exists", already_exists},
      {"assert_valid_snapshot_target_given_strategy", adapter_assert_snapshot_target},
      {"begin_with_query", adapter_begin_with_query},
      {"build_catalog_relation", give_none},
      {"bulk_load", adapter_bulk_load},
      {"cache_added", cache_added},
      {"cache_dropped", cache_dropped},
      {"cache_renamed", cache_renamed},
      {"check_schema_exists", check_schema_exists},
      {"check_view", adapter_check_view},
      {"external_root", adapter_external_root},
      {"commit", adapter_commit},
      {"convert_type", convert_type},
      {"create_schema", create_schema_method},
      {"dispatch", dispatch},
      {"drop_relation", drop_relation},
      {"drop_schema", drop_schema_method},
      {"execute", adapter_execute},
      {"expand_target_column_types", expand_target_column_types},
      {"get_catalog_integration", give_none},
      {"get_column_schema_from_query", adapter_column_schema},
      {"get_columns_in_relation", get_columns},
      {"get_columns_in_table", get_columns_in_table},
      {"get_hard_deletes_behavior", adapter_hard_deletes},
      {"get_incremental_strategy_macro", adapter_incremental_strategy},
      {"get_missing_columns", get_missing_columns},
      {"get_pseudocolumns_for_relation", no_columns},
      {"get_relation", get_relation},
      {"is_built_in", is_built_in},
      {"list_relations", list_relations_method},
      {"list_relations_without_caching", list_relations_without_caching},
      {"list_schemas", list_schemas_method},
      {"load_relation", load_relation},
      {"publish_files", adapter_publish_files},
      {"quote", quote},
      {"quote_as_configured", quote_as_configured},
      {"quote_seed_column", quote_seed_column},
      {"rename_relation", rename_relation},
      {"render_raw_columns_constraints", adapter_column_constraints},
      {"render_raw_model_constraints", adapter_model_constraints},
      {"standardize_grants_dict", standardize_grants_dict},
      {"stage_files", adapter_stage_files},
      {"submit_python_job", submit_python_job},
      {"transform_seed_row", give_argument},
      {"truncate_relation", truncate_relation},
      {"type", adapter_type},
      {"valid_snapshot_target", adapter_valid_snapshot_target},
  };
  const auto found = methods.find(name);
  return found == methods.end() ? nullptr : found->second;
}

}  // namespace modelc
