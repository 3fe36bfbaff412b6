// Names in the database: dbt's generate_database_name, generate_schema_name and generate_alias_name. The project's own
// macros are called; dbt's defaults are computed here, because every node and test needs all three.
#include "base/text.h"
#include "jinja/render.h"
#include "parse/capture_context.h"
#include "parse/config_builder.h"

namespace modelc {

using jinja::Value;

namespace {

/// The macro's context is the root project's, knows no node but its argument, and insists on vars.
class NameContext final : public CaptureContext {
 public:
  NameContext(const ParseState& state, Draft& scratch) : CaptureContext(state, scratch) {
    vars_.missing_is_none = false;
  }
};

/// dbt's own macro, and no `default__` or `<adapter>__` variant of it in the project or its packages.
bool is_default(const ParseState& state, std::string_view component) {
  MacroId id = state.macros().find_generate(component, state.root_name);
  if (id == no_id || !state.macros().macro(id).embedded) return false;
  MacroId target = state.macros().dispatch("generate_" + std::string(component) + "_name", "dbt", state.root_name);
  if (target == no_id) return true;  // an embedded macro that does not dispatch
  return state.macros().macro(target).embedded && state.macros().macro(target).name.starts_with("default__");
}

bool package_overrides(const ParseState& state, std::string_view component, const std::string& package) {
  if (package == state.root_name) return false;
  MacroId id = state.macros().find_in_package(package, "generate_" + std::string(component) + "_name");
  return id != no_id && !state.macros().macro(id).embedded;
}

std::string version_suffix(const Node& node) {
  if (!node.model || node.model->version.is_undefined() || node.model->version.is_none()) return {};
  return "_v" + replace_all(jinja::to_str(node.model->version), ".", "_");
}

std::string default_name(const ParseState& state, std::string_view component, const Node& node, const Value& custom) {
  const Target& target = state.project.target;
  bool given = custom.is_string() && !custom.as_string().empty();
  if (component == "database") return custom.is_string() ? std::string(trim(custom.as_string())) : target.database;
  if (component == "schema")
    return custom.is_string() ? target.schema + "_" + std::string(trim(custom.as_string())) : target.schema;
  return given ? std::string(trim(custom.as_string())) : node.name + version_suffix(node);
}

std::string call_macro(ParseState& state, std::string_view component, Draft& draft, const Value& custom) {
  MacroId id = state.macros().find_generate(component, draft.node.package_name);
  if (id == no_id)
    throw Error(ErrorKind::internal, "parse/no-name-macro",
                "No macro with name generate_" + std::string(component) + "_name found");
  Draft scratch;
  scratch.package = &state.project.root();
  scratch.node.package_name = state.root_name;
  scratch.node.resource_type = draft.node.resource_type;
  scratch.node.name = draft.node.name;
  scratch.node.original_file_path = draft.node.original_file_path;
  scratch.node.alias = draft.node.alias;
  scratch.node.schema = draft.node.schema;
  scratch.node.database = draft.node.database;
  NameContext context(state, scratch);
  const Macro& macro = state.macros().macro(id);
  jinja::CallArgs args;
  args.positional = {custom.is_undefined() ? Value::none() : custom,
                     jinja::reads_parameter(*macro.tmpl, macro.index, 1) ? draft_value(draft) : Value::none()};
  Value name = jinja::call_value(context.bind(id), std::move(args), context);
  if (name.is_none() || name.is_undefined()) return {};
  std::string text = jinja::to_str(name);
  return std::string(trim(text));
}

std::string generate(ParseState& state, std::string_view component, bool plain, Draft& draft, const Value& custom) {
  if (plain && !package_overrides(state, component, draft.node.package_name))
    return default_name(state, component, draft.node, custom);
  return call_macro(state, component, draft, custom);
}

bool is_relational(const ParseState& state, const Node& node) {
  if (node.resource_type == ResourceType::test)
    return node.config_bool("store_failures") || state.invocation.flags.store_failures;
  return node.resource_type == ResourceType::model || node.resource_type == ResourceType::seed ||
         node.resource_type == ResourceType::snapshot;
}

}  // namespace

void find_name_macros(ParseState& state) {
  state.default_database_macro = is_default(state, "database");
  state.default_schema_macro = is_default(state, "schema");
  state.default_alias_macro = is_default(state, "alias");
}

void generate_names(ParseState& state, Draft& draft, const Value& config) {
  Node& node = draft.node;
  // dbt hands over what the levels say, not what the finished config holds: None where nobody said anything.
  Value schema = config.get("schema");
  if (node.resource_type == ResourceType::test && schema.is_undefined()) schema = Value::none();
  node.database = generate(state, "database", state.default_database_macro, draft, config.get("database"));
  node.schema = generate(state, "schema", state.default_schema_macro, draft, schema);
  node.alias = generate(state, "alias", state.default_alias_macro, draft, config.get("alias"));
  if (node.resource_type == ResourceType::snapshot) {
    if (std::string database = config.get_string("target_database"); !database.empty()) node.database = database;
    if (std::string target = config.get_string("target_schema"); !target.empty()) node.schema = target;
  }
  node.relation_name.clear();
  if (is_relational(state, node) && !node.is_ephemeral()) node.relation_name = draft_relation(state, node).render();
}

}  // namespace modelc
