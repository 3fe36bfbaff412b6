// The part of `adapter` for snapshots and incremental models.
#include <fmt/format.h>

#include "base/text.h"
#include "compile/adapter_methods.h"
#include "compile/relation_lookup.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// The name that a snapshot column has here: the project may have renamed it.
std::string column_name(const Value& names, const std::string& column) {
  if (!names.is_dict()) return column;
  const Value* found = names.as_dict().find(std::string_view(column));
  return found && found->is_string() ? found->as_string() : column;
}

void require_columns(RuntimeContext& context, State& state, const Relation& relation, const Value& names,
                     std::initializer_list<std::string_view> wanted) {
  const auto columns = relation_columns(context, relation);
  std::vector<std::string> missing;
  for (std::string_view column : wanted) {
    const std::string name = column_name(names, std::string(column));
    bool found = false;
    for (const auto& have : columns) found |= equals_ignore_case(have.name, name);
    if (!found) missing.push_back(name);
  }
  if (missing.empty()) return;
  throw context_error(
      context, &state, ErrorKind::compilation, "compile/not-a-snapshot",
      fmt::format("Snapshot target is missing configured columns (missing \"{}\"). "
                  "See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.",
                  join(missing, "\", \"")));
}

}  // namespace

Value adapter_valid_snapshot_target(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("valid_snapshot_target", {"relation", "column_names"}, 1);
  const Relation& relation = relation_argument(context, state, b[0], "valid_snapshot_target", "relation");
  require_columns(context, state, relation, b[1], {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"});
  return Value::none();
}

Value adapter_assert_snapshot_target(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("assert_valid_snapshot_target_given_strategy", {"relation", "column_names", "strategy"}, 3);
  const Relation& relation =
      relation_argument(context, state, b[0], "assert_valid_snapshot_target_given_strategy", "relation");
  require_columns(context, state, relation, b[1], {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"});
  if (b[2].get_string("hard_deletes") == "new_record")
    require_columns(context, state, relation, b[1], {"dbt_is_deleted"});
  return Value::none();
}

Value adapter_hard_deletes(RuntimeContext& context, State& state, CallArgs& args) {
  const Value config = args.bind("get_hard_deletes_behavior", {"config"}, 1)[0];
  const auto read = [&](std::string_view key) {
    CallArgs call;
    call.positional.push_back(Value(key));
    return jinja::call_method(state, config, "get", call);
  };
  const Value legacy = read("invalidate_hard_deletes"), modern = read("hard_deletes");
  const auto fail = [&](std::string message) {
    return context_error(context, &state, ErrorKind::runtime, "compile/hard-deletes", std::move(message));
  };
  if (!is_absent(legacy) && !is_absent(modern)) {
    throw fail(
        "You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.");
  }
  const std::string text = is_absent(modern) ? "" : jinja::to_str(modern);
  if (jinja::truth(legacy) || text == "invalidate") return Value("invalidate");
  if (text == "new_record") return Value("new_record");
  if (text.empty() || text == "ignore") return Value("ignore");
  throw fail("Invalid setting for property hard_deletes.");
}

Value adapter_incremental_strategy(RuntimeContext& context, State& state, CallArgs& args) {
  const auto b = args.bind("get_incremental_strategy_macro", {"model_context", "strategy"}, 2);
  const std::string strategy = is_absent(b[1]) ? "default" : jinja::to_str(b[1]);
  const std::string macro = fmt::format("get_incremental_{}_sql", replace_all(strategy, "+", "_"));
  const MacroId id = context.macros().find(macro, context.package());
  if (id == no_id) {
    throw context_error(context, &state, ErrorKind::runtime, "compile/no-strategy",
                        fmt::format("dbt could not find an incremental strategy macro with the name \"{}\" in {}",
                                    macro, context.project().root().project.name));
  }
  return context.bind(id);
}

}  // namespace modelc
