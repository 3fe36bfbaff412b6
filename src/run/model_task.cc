// Models, seeds, snapshots, functions and clones: everything that a materialization macro builds.
#include <fmt/format.h>

#include "base/text.h"
#include "compile/relation_lookup.h"
#include "context/relation_object.h"
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

Error node_error(const Node& node, ErrorKind kind, std::string code, std::string message, std::string hint = {}) {
  Error error(kind, std::move(code), std::move(message), node.declared_at, std::move(hint));
  error.diagnostic().subject = node_subject(node);
  return error;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back("'" + name + "'");
  return "[" + join(quoted, ", ") + "]";
}

/// An installed package's materialization of a name that dbt has one for: only with the flag that allows it.
void warn_of_override(const RunShared& shared, const Macro& macro, const std::string& name) {
  const ParsedProject& parsed = shared.environment.parsed;
  EventBus* events = shared.environment.invocation.events;
  if (macro.embedded || macro.package_name == parsed.project.root().project.name || !events) return;
  const std::string type(parsed.macros->traits().type), full = "materialization_" + name + "_";
  if (parsed.macros->find_in_package("dbt", full + "default") == no_id &&
      parsed.macros->find_in_package("dbt_" + type, full + type) == no_id)
    return;
  events->warn_or_error(
      {"PackageMaterializationOverrideDeprecation",
       "D016",
       EventLevel::warn,
       fmt::format("[WARNING]: Installed package '{}' is overriding the built-in materialization '{}'. Overrides of "
                   "built-in materializations from installed packages will be deprecated in future versions of dbt.",
                   macro.package_name, name),
       Value::dict({{"package_name", Value(macro.package_name)}, {"materialization_name", Value(name)}}),
       {}});
}

MacroId find_materialization(RunShared& shared, const Node& node, const std::string& name) {
  const MacroNamespace& macros = *shared.environment.parsed.macros;
  const MacroId id = macros.materialization(name);
  if (id == no_id) {
    const std::string_view type = macros.traits().type;
    throw node_error(
        node, ErrorKind::compilation, "run/no-materialization",
        fmt::format("No materialization '{0}' was found for adapter {1}! (searched types 'default' and '{1}')", name,
                    type));
  }
  const Macro& macro = macros.macro(id);
  warn_of_override(shared, macro, name);
  std::vector<std::string> languages = macro.supported_languages;
  if (languages.empty()) languages = {"sql"};
  for (const auto& language : languages) {
    if (language == node.language) return id;
  }
  throw node_error(node, ErrorKind::runtime, "run/unsupported-language",
                   fmt::format("Materialization \"{}\" only supports languages {}; got \"{}\"", macro.name,
                               quoted_list(languages), node.language),
                   node.language == "python"
                       ? "Python models do not run here: rewrite the model in SQL, or leave it out with --exclude"
                       : "");
}

/// A seed has no SQL to compile; everything else has.
bool is_compiled(const Node& node) { return node.resource_type != ResourceType::seed; }

/// The names of the fields that a materialization returned, for the message that "relations" is not among them.
std::string key_list(const Value& dict) {
  Value keys = Value::list();
  for (const auto& [key, value] : dict.as_dict().entries()) keys.as_list().push_back(key);
  return jinja::to_repr(keys);
}

}  // namespace

Value call_materialization(RunShared& shared, RuntimeContext& context, const std::string& materialization) {
  const MacroId id = find_materialization(shared, *context.node(), materialization);
  return jinja::call_value(context.bind(id), {}, context);
}

void cache_relations(RuntimeContext& context, const Value& returned, const std::string& materialization) {
  const auto fail = [&](std::string message) {
    throw node_error(*context.node(), ErrorKind::compilation, "run/materialization-result", std::move(message),
                     "end the materialization with {{ return({'relations': [target_relation]}) }}");
  };
  if (returned.is_string() || returned.is_undefined()) {
    fail(fmt::format("The materialization (\"{}\") did not explicitly return a list of relations to add to the cache.",
                     materialization));
  }
  if (!returned.is_dict()) {
    fail(fmt::format("Invalid return value from materialization, expected a dict with key \"relations\", got: {}",
                     jinja::to_str(returned)));
  }
  const Value* relations = returned.as_dict().find("relations");
  if (!relations) {
    fail(fmt::format("Invalid return value from materialization, \"relations\" not found, got keys: {}",
                     key_list(returned)));
  }
  if (!relations->is_list()) {
    fail(fmt::format("Invalid return value from materialization, \"relations\" not a list, got: {}",
                     jinja::to_str(*relations)));
  }
  for (const Value& item : relations->as_list()) {
    const auto* relation = item.as<RelationObject>();
    if (!relation) {
      fail(fmt::format("Invalid return value from materialization, \"relations\" contains non-Relation: {}",
                       jinja::to_str(item)));
    }
    cache_schema(context, relation->relation().database, relation->relation().schema.value_or(""));
    context.shared().cache().add(relation->relation());
  }
}

Outcome outcome_of_main(RuntimeContext& context) {
  const StatementResult* main = context.results().find("main");
  if (!main) {
    throw node_error(*context.node(), ErrorKind::runtime, "run/no-main",
                     "main is not being called during running model",
                     "a materialization runs its decisive statement with {% call statement('main') %}");
  }
  Outcome outcome;
  outcome.message = jinja::to_str(main->response());
  if (const auto* response = main->response().as<ResponseObject>())
    outcome.adapter_response = response->response().as_dict();
  return outcome;
}

Outcome execute_compile(NodeTask& task) {
  RuntimeContext context(task.shared.compiler.shared(), task.session, task.node);
  if (is_compiled(task.node) && task.node.resource_type != ResourceType::unit_test) {
    compile_task(task, context);
  } else {
    StepTimer timer(task.timing, "compile");
  }
  if (!task.node.is_ephemeral()) {
    StepTimer timer(task.timing, "execute");
    task.enter("executing");
    task.shared.log.node_executing(task.info(), task.node);
  }
  return {};
}

Outcome execute_model(NodeTask& task) {
  RuntimeContext context(task.shared.compiler.shared(), task.session, task.node);
  if (is_compiled(task.node)) {
    compile_task(task, context);
  } else {
    StepTimer timer(task.timing, "compile");
  }
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  context.results().clear();
  const std::string materialization = task.node.materialized();
  try {
    const Value returned = call_materialization(task.shared, context, materialization);
    task.build_path = context.build_path;
    if (task.node.resource_type != ResourceType::function) cache_relations(context, returned, materialization);
  } catch (...) {
    task.build_path = context.build_path;
    throw;
  }
  Outcome outcome = outcome_of_main(context);
  if (task.node.resource_type == ResourceType::seed && task.shared.environment.invocation.flags.show) {
    if (const StatementResult* table = context.results().find("agate_table")) outcome.extra = table->table();
  }
  return outcome;
}

Outcome execute_clone(NodeTask& task) {
  RuntimeContext context(task.shared.compiler.shared(), task.session, task.node);
  { StepTimer timer(task.timing, "compile"); }
  if (task.node.is_ephemeral()) return {};
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  const Value returned = call_materialization(task.shared, context, "clone");
  cache_relations(context, returned, "clone");
  task.build_path = context.build_path;
  if (context.results().find("main")) return outcome_of_main(context);
  Outcome outcome;
  outcome.message = "No-op";
  return outcome;
}

}  // namespace modelc
