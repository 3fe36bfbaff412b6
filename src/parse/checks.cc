#include "parse/checks.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "jinja/pymodules.h"

namespace modelc {

using jinja::Value;

namespace {

void record(ParseState& state, const Node& node, ErrorKind kind, std::string code, std::string message,
            bool with_subject = false) {
  Diagnostic d;
  d.kind = kind;
  d.code = std::move(code);
  d.message = std::move(message);
  d.span = node.declared_at;
  if (with_subject) d.subject = draft_subject(node);
  state.errors.push_back(std::move(d));
}

void check_group(ParseState& state, const Node& node, const std::set<std::string>& groups) {
  if (!node.group || node.group->empty() || groups.contains(*node.group)) return;
  std::vector<std::string> known;
  for (const std::string& group : groups) known.push_back("'" + group + "'");
  record(state, node, ErrorKind::parsing, "parse/unknown-group",
         "Invalid group '" + *node.group + "', expected one of [" + join(known, ", ") + "]", true);
}

void check_snapshot(ParseState& state, const Node& node) {
  auto fail = [&](std::string message) {
    record(state, node, ErrorKind::parsing, "parse/snapshot-config", std::move(message), true);
  };
  std::string strategy = node.config.get_string("strategy");
  if (strategy.empty() || !jinja::truth(node.config.get("unique_key"))) {
    fail("Snapshots must be configured with a 'strategy' and 'unique_key'.");
    return;
  }
  Value columns = node.config.get("check_cols");
  if (strategy == "check") {
    if (!jinja::truth(columns)) {
      fail("A snapshot configured with the check strategy must specify a check_cols configuration.");
    } else if (columns.is_string() && columns.as_string() != "all") {
      fail("Invalid value for 'check_cols': " + columns.as_string() + ". Expected 'all' or a list of strings.");
    }
  } else if (strategy == "timestamp") {
    if (node.config.get_string("updated_at").empty())
      fail("A snapshot configured with the timestamp strategy must specify an updated_at configuration.");
    else if (jinja::truth(columns))
      fail("A 'timestamp' snapshot should not have 'check_cols'");
  }
  if (node.materialized() != "snapshot") fail("A snapshot must have a materialized value of 'snapshot'");
}

std::string class_of(const Value& v) { return "<class '" + std::string(jinja::type_name(v)) + "'>"; }

bool is_microbatch(const Node& node) {
  return node.resource_type == ResourceType::model && node.materialized() == "incremental" &&
         node.config.get_string("incremental_strategy") == "microbatch";
}

/// dbt: check_valid_microbatch_config.
void check_microbatch(ParseState& state, Node& node) {
  std::string start = "Microbatch model '" + node.name + "' ";
  auto fail = [&](std::string message) {
    record(state, node, ErrorKind::parsing, "parse/microbatch-config", start + std::move(message));
  };
  Value event_time = node.config.get("event_time"), begin = node.config.get("begin"),
        size = node.config.get("batch_size"), lookback = node.config.get("lookback"),
        concurrent = node.config.get("concurrent_batches");
  if (event_time.is_none())
    return fail("must provide an 'event_time' (string) config that indicates the name of the event time column.");
  if (!event_time.is_string())
    return fail("must provide an 'event_time' config of type string, but got: " + class_of(event_time) + ".");
  if (begin.is_none())
    return fail(
        "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be "
        "built from.");
  if (begin.is_string()) {
    std::string given = begin.as_string();
    try {
      Value parsed = jinja::parse_iso_datetime(given);
      std::string text = jinja::to_str(parsed);
      if (text.size() == 10) text += " 00:00:00";
      if (size_t blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
      Value config = Value::dict();
      config.as_dict().update(node.config.as_dict());
      config.as_dict().set("begin", Value(text));
      node.config = config;
    } catch (const Error&) {
      return fail("must provide a 'begin' config of valid datetime (ISO format), but got: " + given + ".");
    }
  } else if (!jinja::is_datetime(begin) && !jinja::is_date(begin)) {
    return fail("must provide a 'begin' config of type datetime, but got: " + class_of(begin) + ".");
  }
  static constexpr std::string_view sizes[] = {"hour", "day", "month", "year"};
  if (!size.is_string() || std::find(std::begin(sizes), std::end(sizes), size.as_string()) == std::end(sizes))
    return fail("must provide a 'batch_size' config that is one of ['hour', 'day', 'month', 'year'], but got: " +
                jinja::to_str(size) + ".");
  if (!lookback.is_int() && !lookback.is_none())
    return fail("must provide the optional 'lookback' config as type int, but got: " + class_of(lookback) + ").");
  if (!concurrent.is_bool() && !concurrent.is_none())
    return fail("optional 'concurrent_batches' config must be of type `bool` if specified, but got: " +
                class_of(concurrent) + ").");
}

/// Batches are used unless the project has a microbatch macro of its own and no flag for it.
bool uses_batches(const ParseState& state) {
  if (state.behavior("require_batched_execution_for_custom_microbatch_strategy")) return true;
  MacroId id = state.macros().find("get_incremental_microbatch_sql", state.root_name);
  return id == no_id || state.macros().macro(id).embedded;
}

void check_names(ParseState& state) {
  std::vector<const Node*> bad;
  for (const Node& node : state.manifest.nodes)
    if (node.resource_type <= ResourceType::operation && node.name.find(' ') != std::string::npos) bad.push_back(&node);
  if (bad.empty()) return;
  if (state.behavior("require_resource_names_without_spaces", true)) {
    std::string list;
    for (const Node* node : bad) list += "\n  * '" + node->unique_id + "' (" + node->original_file_path + ")";
    record(state, *bad[0], ErrorKind::runtime, "parse/name-with-spaces",
           "Resource names cannot contain spaces:" + list +
               "\nPlease rename the invalid model(s) so that their name(s) do not contain any spaces.");
    return;
  }
  bool debug = state.invocation.flags.debug;
  for (const Node* node : bad) {
    warn_deprecation(state, "SpacesInResourceNameDeprecation", "D014",
                     "[WARNING]: Found spaces in the name of `" + node->unique_id + "`",
                     Value::dict({{"unique_id", Value(node->unique_id)}, {"level", Value("warn")}}), node->declared_at);
    if (!debug) break;
  }
  warn_deprecation(state, "ResourceNamesWithSpacesDeprecation", "D015",
                   "[WARNING]: Spaces found in " + std::to_string(bad.size()) +
                       " resource name(s). This is deprecated, and may lead to errors when using dbt." +
                       (debug ? "" : " Run again with `--debug` to see them all.") +
                       " For more information: https://docs.getdbt.com/reference/global-configs/legacy-behaviors",
                   Value::dict({{"count_invalid_names", Value(bad.size())}, {"show_debug_hint", Value(!debug)}}));
}

/// "2024-01-31T00:00:00+00:00" as text compares like the instant it names, close enough for a warning of this kind.
bool is_past(const std::string& date, Micros now) { return date.substr(0, 19) < format_iso_naive(now).substr(0, 19); }

std::string version_text(const Node& node) {
  return node.model->version.is_undefined() || node.model->version.is_none() ? std::string()
                                                                             : jinja::to_str(node.model->version);
}

void warn_reference(const ParseState& state, const Node& child, const Node& node, bool past) {
  const ModelPart& part = *node.model;
  std::string version = version_text(node),
              latest = part.latest_version.is_undefined() ? "None" : jinja::to_str(part.latest_version);
  std::string message = "[WARNING]: While compiling '" + child.name + "': Found a reference to " + node.name +
                        (version.empty() ? "" : ".v" + version) + ", which " +
                        (past ? "was deprecated on '" : "is slated for deprecation on '") + *part.deprecation_date +
                        "'. ";
  if (!version.empty() && version != latest)
    message += "A new version of '" + node.name + "' is available. " + (past ? "Migrate now" : "Try it out") +
               ": {{ ref('" + node.package_name + "', '" + node.name + "', v='" + latest + "') }}.";
  warn(state.invocation, past ? "DeprecatedReference" : "UpcomingReferenceDeprecation", past ? "I067" : "I066", message,
       Value::dict({{"model_name", Value(child.name)},
                    {"ref_model_package", Value(node.package_name)},
                    {"ref_model_name", Value(node.name)},
                    {"ref_model_version", Value(version)},
                    {"ref_model_latest_version", Value(latest)},
                    {"ref_model_deprecation_date", Value(*part.deprecation_date)}}),
       child.declared_at);
}

void warn_deprecated_models(const ParseState& state) {
  for (const Node& node : state.manifest.nodes) {
    if (!node.model || !node.model->deprecation_date) continue;
    const std::string& date = *node.model->deprecation_date;
    bool past = is_past(date, state.invocation.started_at);
    std::string version = version_text(node);
    if (past)
      warn(
          state.invocation, "DeprecatedModel", "I065",
          "[WARNING]: Model " + node.name + (version.empty() ? "" : ".v" + version) +
              " has passed its deprecation date of " + date + ". This model should be disabled or removed.",
          Value::dict(
              {{"model_name", Value(node.name)}, {"model_version", Value(version)}, {"deprecation_date", Value(date)}}),
          node.declared_at);
    for (NodeId child : state.manifest.graph().children(node.id))
      if (state.manifest.nodes[child].model) warn_reference(state, state.manifest.nodes[child], node, past);
  }
}

void collect_paths(const Value& tree, std::vector<std::string>& path, std::vector<std::vector<std::string>>& out) {
  bool has_own = false;
  for (const auto& [key, value] : tree.as_dict().entries()) {
    std::string name = jinja::to_str(key);
    if (value.is_dict() && !name.starts_with('+')) {
      path.push_back(name);
      collect_paths(value, path, out);
      path.pop_back();
    } else {
      has_own = true;
    }
  }
  if (has_own) out.push_back(path);
}

/// dbt: warn_for_unused_resource_config_paths.
void warn_unused_paths(const ParseState& state) {
  static constexpr std::pair<std::string_view, ResourceType> sections[] = {
      {"models", ResourceType::model},
      {"seeds", ResourceType::seed},
      {"snapshots", ResourceType::snapshot},
      {"sources", ResourceType::source},
      {"data_tests", ResourceType::test},
      {"unit_tests", ResourceType::unit_test},
      {"metrics", ResourceType::metric},
      {"semantic-models", ResourceType::semantic_model},
      {"saved-queries", ResourceType::saved_query},
      {"exposures", ResourceType::exposure},
      {"functions", ResourceType::function}};
  std::vector<std::string> unused;
  const ProjectFile& root = state.project.root().project;
  for (const auto& [section, type] : sections) {
    auto tree = root.configs.find(std::string(section));
    if (tree == root.configs.end() || !tree->second.is_dict()) continue;
    std::vector<std::vector<std::string>> paths;
    std::vector<std::string> path;
    collect_paths(tree->second, path, paths);
    for (const std::vector<std::string>& wanted : paths) {
      auto applies = [&](const Node& node) {
        return node.fqn.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), node.fqn.begin());
      };
      bool used = std::any_of(state.manifest.nodes.begin(), state.manifest.nodes.end(),
                              [&](const Node& node) { return node.resource_type == type && applies(node); }) ||
                  std::any_of(state.manifest.disabled.begin(), state.manifest.disabled.end(), applies);
      if (used) continue;
      std::string name = replace_all(section, "-", "_");
      for (const std::string& part : wanted) name += "." + part;
      unused.push_back(std::move(name));
    }
  }
  if (unused.empty()) return;
  std::string list;
  for (const std::string& path : unused) list += "\n- " + path;
  warn(state.invocation, "UnusedResourceConfigPath", "I051",
       "[WARNING]: Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\nThere "
       "are " +
           std::to_string(unused.size()) + " unused configuration paths:" + list,
       Value::dict({{"unused_config_paths", Value::list(std::vector<Value>(unused.begin(), unused.end()))}}));
}

void check_same_names(const ParseState& state) {
  for (auto [a, b] : state.manifest.same_names()) {
    const Node &first = state.manifest.nodes[a], &second = state.manifest.nodes[b];
    if (state.behavior("require_unique_project_resource_names")) throw duplicate_name_error(second, first);
    warn_deprecation(state, "DuplicateNameDistinctNodeTypesDeprecation", "D040",
                     "[WARNING]: Deprecated functionality\nFound resources with the same name '" + first.name +
                         "' in package '" + first.package_name + "': '" + first.unique_id + "' and '" +
                         second.unique_id + "'. Please update one of the resources to have a unique name.",
                     Value::dict({{"resource_name", Value(first.name)},
                                  {"unique_id1", Value(first.unique_id)},
                                  {"unique_id2", Value(second.unique_id)},
                                  {"package_name", Value(first.package_name)}}),
                     second.declared_at);
  }
}

void warn_microbatch_inputs(const ParseState& state) {
  size_t concurrent = 0;
  for (const Node& node : state.manifest.nodes) {
    if (node.model && node.config.get_bool("concurrent_batches")) ++concurrent;
    if (!is_microbatch(node)) continue;
    bool filtered = std::any_of(node.depends_on.begin(), node.depends_on.end(), [&](NodeId id) {
      return jinja::truth(state.manifest.nodes[id].config.get("event_time"));
    });
    if (filtered) continue;
    Event event;
    event.name = "MicrobatchModelNoEventTimeInputs";
    event.code = "I074";
    event.level = EventLevel::warn;
    event.message =
        "[WARNING]: The microbatch model '" + node.name +
        "' has no 'ref' or 'source' input with an 'event_time' configuration. "
        "\nThis means no filtering can be applied and can result in unexpected duplicate records in the resulting "
        "microbatch model.";
    event.data = Value::dict({{"model_name", Value(node.name)}});
    state.invocation.events->fire(event);
  }
  std::string_view type = state.traits.type;
  if (concurrent > 0 && type != "snowflake" && type != "databricks")
    warn(state.invocation, "InvalidConcurrentBatchesConfig", "I075",
         "[WARNING]: Found " + std::to_string(concurrent) + " microbatch model" + (concurrent == 1 ? "" : "s") +
             " with the `concurrent_batches` config set to true, but the " + std::string(type) +
             " adapter does not support running batches concurrently. Batches will be run sequentially.",
         Value::dict({{"num_models", Value(concurrent)}, {"adapter_type", Value(type)}}));
}

void check_function_arguments(ParseState& state, const Node& node) {
  bool defaulted = false;
  if (!node.function->arguments.is_list()) return;
  for (const Value& argument : node.function->arguments.as_list()) {
    bool has_default = !argument.get("default_value").is_none();
    if (defaulted && !has_default)
      record(state, node, ErrorKind::parsing, "parse/function-arguments",
             "Non-defaulted argument '" + argument.get_string("name") + "' of function '" + node.name +
                 "' comes after a defaulted argument. Non-defaulted arguments cannot come after defaulted arguments. ");
    defaulted |= has_default;
  }
}

}  // namespace

void check_nodes(ParseState& state) {
  std::set<std::string> groups;
  for (const Group& group : state.manifest.groups) groups.insert(group.name);
  bool batches = uses_batches(state);
  for (Node& node : state.manifest.nodes) {
    check_group(state, node, groups);
    if (node.model && node.model->access == "public" && node.materialized() == "ephemeral")
      record(state, node, ErrorKind::parsing, "parse/access",
             "Node " + node.unique_id +
                 " with 'ephemeral' materialization has an invalid value (public) for the access field");
    if (node.resource_type == ResourceType::snapshot) check_snapshot(state, node);
    if (batches && is_microbatch(node)) check_microbatch(state, node);
    if (node.function) check_function_arguments(state, node);
  }
  check_names(state);
}

void warn_about_nodes(ParseState& state) {
  check_same_names(state);
  warn_unused_paths(state);
  warn_deprecated_models(state);
  if (uses_batches(state)) {
    warn_microbatch_inputs(state);
  } else if (std::any_of(state.manifest.nodes.begin(), state.manifest.nodes.end(), is_microbatch)) {
    warn_deprecation(state, "MicrobatchMacroOutsideOfBatchesDeprecation", "D020",
                     "[WARNING]: The use of a custom microbatch macro outside of batched execution is deprecated. To "
                     "use it with batched "
                     "execution, set `flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in "
                     "`dbt_project.yml`. In "
                     "the future this will be the default behavior.");
  }
}

}  // namespace modelc
