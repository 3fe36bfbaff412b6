#include "parse/config_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/render.h"
#include "parse/capture_context.h"

namespace modelc {

using jinja::Value;

namespace {

std::string_view tree_key(ResourceType type, bool rendered) {
  switch (type) {
    case ResourceType::seed:
      return "seeds";
    case ResourceType::snapshot:
      return "snapshots";
    case ResourceType::source:
      return "sources";
    case ResourceType::test:
      return "data_tests";
    case ResourceType::metric:
      return "metrics";
    case ResourceType::semantic_model:
      return "semantic-models";
    case ResourceType::saved_query:
      return "saved-queries";
    case ResourceType::exposure:
      return "exposures";
    case ResourceType::unit_test:
      return "unit_tests";
    case ResourceType::function:
      return rendered ? "functions" : "models";
    default:
      return "models";
  }
}

const Value* find_tree(const Package& package, ResourceType type, bool rendered) {
  const auto& trees = rendered ? package.project.configs : package.project.unrendered_configs;
  auto found = trees.find(std::string(tree_key(type, rendered)));
  return found != trees.end() && found->second.is_dict() ? &found->second : nullptr;
}

/// The dicts of a config tree that apply to `fqn`, outermost first (dbt: fqn_search).
void collect_levels(const Value* tree, const std::vector<std::string>& fqn, std::vector<const Value*>& levels) {
  levels.clear();
  if (!tree) return;
  levels.push_back(tree);
  for (const std::string& part : fqn) {
    const Value* next = levels.back()->as_dict().find(std::string_view(part));
    if (!next || !next->is_dict()) return;
    levels.push_back(next);
  }
}

/// One level's own keys: "+key", and any key whose value is no dict.
Value level_config(const Value& level) {
  Value out;
  for (const auto& [key, value] : level.as_dict().entries()) {
    if (!key.is_string()) continue;
    std::string_view name = key.as_string();
    if (name.starts_with('+')) {
      name = trim(name.substr(1));
    } else if (value.is_dict()) {
      continue;
    }
    if (out.is_undefined()) out = Value::dict();
    out.as_dict().set(name, value);
  }
  return out;
}

const void* level_id(const std::vector<const Value*>& levels) {
  return levels.empty() ? nullptr : static_cast<const void*>(&levels.back()->as_dict());
}

bool has_none(const Value& dict) {
  if (!dict.is_dict()) return false;
  return std::any_of(dict.as_dict().entries().begin(), dict.as_dict().entries().end(),
                     [](const auto& entry) { return entry.second.is_none(); });
}

/// dbt: TestConfig.finalize_and_validate. store_failures_as decides when both are given.
void finalize_test_config(ConfigBuilder& builder) {
  Value as = builder.value().get("store_failures_as"), store = builder.value().get("store_failures");
  if (as.is_none()) {
    if (store.is_bool()) builder.set("store_failures_as", Value(store.as_bool() ? "table" : "ephemeral"));
  } else if (as.is_string()) {
    builder.set("store_failures", Value(as.as_string() != "ephemeral"));
  }
}

/// dbt: SeedConfig.validate, TestConfig.validate.
void check_materialized(const Value& config, ResourceType type) {
  std::string materialized = config.get_string("materialized");
  auto fail = [](std::string_view kind) {
    throw Error(ErrorKind::parsing, "parse/config-value",
                fmt::format("A {0} must have a materialized value of '{0}'", kind));
  };
  if (type == ResourceType::seed && materialized != "seed") fail("seed");
  if (type == ResourceType::test && materialized != "test") fail("test");
}

/// What is wrong between values of the right types, or "" (dbt: NodeConfig.__post_init__, ModelConfig.__post_init__).
std::string fault_between_values(const Value& config, ResourceType type) {
  if (config.get("contract").get_bool("enforced") && config.get_string("materialized") == "incremental") {
    std::string change = config.get_string("on_schema_change");
    if (change != "append_new_columns" && change != "fail")
      return "Invalid value for on_schema_change: " + change +
             ". Models materialized as incremental with contracts enabled must set on_schema_change to "
             "'append_new_columns' or 'fail'";
  }
  Value after = config.get("freshness").get("build_after");
  if (type == ResourceType::model && after.is_dict()) {
    bool count = !after.get("count").is_none(), period = !after.get("period").is_none();
    if (period && !count) return "`freshness.build_after` must have a value for `count` if a `period` is provided";
    if (count && !period) return "`freshness.build_after` must have a value for `period` if a `count` is provided";
  }
  return {};
}

/// dbt labels a fault of types in these as it comes from the checks of dataclasses: not at all.
bool is_checked_without_label(ResourceType type) {
  return type == ResourceType::source || type == ResourceType::exposure || type == ResourceType::metric ||
         type == ResourceType::semantic_model || type == ResourceType::saved_query;
}

void add_tags(Node& node, const Value& tags) {
  auto add = [&](const Value& tag) {
    if (tag.is_string() && std::find(node.tags.begin(), node.tags.end(), tag.as_string()) == node.tags.end())
      node.tags.push_back(tag.as_string());
  };
  if (tags.is_list()) {
    for (const Value& tag : tags.as_list()) add(tag);
  } else {
    add(tags);
  }
}

/// Defaults under the package's own project file.
Value base_config(ParseState& state, const ConfigInputs& inputs, const std::vector<const Value*>& levels) {
  const ConfigClass& schema = config_class(inputs.type);
  if (levels.empty()) return schema.defaults;
  ConfigInputs base{inputs.type, inputs.package, inputs.level, nullptr, {}, {}};
  return state.base_configs.get(std::move(base), [&](const Value&, const Value&) {
    ConfigBuilder builder(schema, state.traits.type, schema.defaults);
    for (const Value* level : levels) builder.apply(level_config(*level));
    builder.validate();
    return builder.value();
  });
}

/// The dicts of the two project files that apply to a node; `root` only for nodes of other packages.
struct Levels {
  std::vector<const Value*> own, root;

  Levels(const ParseState& state, const Package& package, ResourceType type, const std::vector<std::string>& fqn,
         bool rendered) {
    collect_levels(find_tree(package, type, rendered), fqn, own);
    if (!package.is_root) collect_levels(find_tree(state.project.root(), type, rendered), fqn, root);
  }
  ConfigInputs inputs(ResourceType type, const Package& package, const Value& patch, const Value& calls) const {
    return {type, &package, level_id(own), level_id(root), patch, calls};
  }
};

ParseState::FinishedConfig finished_config(ParseState& state, const ConfigInputs& inputs, const Levels& levels,
                                           const Value& patch, const Value& calls) {
  const ResourceType type = inputs.type;
  const Value base = base_config(state, inputs, levels.own);
  auto build = [&](const Value& yaml, const Value& in_file) {
    ConfigBuilder builder(config_class(type), state.traits.type, base);
    builder.apply(yaml);
    builder.apply(in_file);
    for (const Value* level : levels.root) builder.apply(level_config(*level));
    if (type == ResourceType::test) finalize_test_config(builder);
    try {
      builder.validate();
    } catch (Error& error) {
      if (is_checked_without_label(type)) error.diagnostic().code = "parse/config-form";
      throw;
    }
    return builder;
  };
  ConfigBuilder builder = build(patch, calls);
  const Value as_said = builder.value();
  // dbt lays every later config over the earlier one without its None values: None never takes back what the project
  // file says.
  if (has_none(patch) || has_none(calls)) {
    ConfigBuilder initial = build(Value(), Value());
    ConfigBuilder after_calls = has_none(patch) ? build(Value(), calls) : initial;
    builder = ConfigBuilder(config_class(type), state.traits.type, as_said);
    for (const auto& [key, value] : as_said.as_dict().entries()) {
      if (!value.is_none()) continue;
      Value earlier = after_calls.value().get(key.as_string());
      if (earlier.is_undefined() || earlier.is_none()) earlier = initial.value().get(key.as_string());
      if (!earlier.is_undefined() && !earlier.is_none()) builder.set(key.as_string(), earlier);
    }
  }
  if (builder.changed() || !levels.own.empty() || !levels.root.empty()) {
    check_materialized(builder.value(), type);
    if (std::string fault = fault_between_values(builder.value(), type); !fault.empty()) {
      // What the file alone says is checked with the node at hand, what the YAML adds to it without.
      bool by_patch = patch.is_dict() && fault_between_values(build(Value(), calls).value(), type).empty();
      throw Error(ErrorKind::parsing, by_patch ? "parse/config-form" : "parse/config-value", std::move(fault));
    }
  }
  return {builder.value(), as_said};
}

}  // namespace

Value build_config(ParseState& state, const Package& package, ResourceType type, const std::vector<std::string>& fqn,
                   const Value& patch, const Value& calls, Value* as_said) {
  const Levels levels(state, package, type, fqn, true);
  const ConfigInputs inputs = levels.inputs(type, package, patch, calls);
  auto finished = state.finished_configs.get(inputs, [&](const Value& own_patch, const Value& own_calls) {
    return finished_config(state, inputs, levels, own_patch, own_calls);
  });
  if (as_said) *as_said = finished.as_said;
  return finished.config;
}

Value build_unrendered_config(ParseState& state, const Package& package, ResourceType type,
                              const std::vector<std::string>& fqn, const Value& patch, const Value& calls) {
  const Levels levels(state, package, type, fqn, false);
  auto lay_over = [&](Value& result, const Value& partial) {
    if (!partial.is_dict()) return;
    for (const auto& [key, value] : partial.as_dict().entries()) {
      if (!key.is_string()) continue;
      std::string_view name = key.as_string();
      if (name != "pre_hook" && name != "post_hook") name = canonical_config_key(state.traits.type, name);
      result.as_dict().set(name, value);
    }
  };
  return state.finished_unrendered.get(levels.inputs(type, package, patch, calls),
                                       [&](const Value& own_patch, const Value& own_calls) {
                                         Value result = Value::dict();
                                         for (const Value* level : levels.own) lay_over(result, level_config(*level));
                                         lay_over(result, own_patch);
                                         lay_over(result, own_calls);
                                         for (const Value* level : levels.root) lay_over(result, level_config(*level));
                                         return result;
                                       });
}

Value build_group_config(const ParseState& state, const Package& package, const std::vector<std::string>& fqn,
                         const Value& patch) {
  static const ConfigClass schema = [] {
    ConfigClass out;
    out.fields = {{"meta", ConfigMerge::update, ConfigType::object}};
    out.index.emplace("meta", 0);
    out.defaults = Value::dict({{"meta", Value::dict()}});
    return out;
  }();
  ConfigBuilder builder(schema, state.traits.type, schema.defaults);
  std::vector<const Value*> levels;
  collect_levels(find_tree(package, ResourceType::model, true), fqn, levels);
  for (const Value* level : levels) builder.apply(level_config(*level));
  builder.apply(patch);
  if (!package.is_root) {
    collect_levels(find_tree(state.project.root(), ResourceType::model, true), fqn, levels);
    for (const Value* level : levels) builder.apply(level_config(*level));
  }
  return builder.value();
}

void copy_config_to_node(Node& node, const Value& config) {
  add_tags(node, config.get("tags"));
  if (Value meta = config.get("meta"); meta.is_dict() && meta.as_dict().size() > 0) node.meta = meta;
  if (node.meta.is_undefined()) node.meta = config_class(node.resource_type).defaults.get("meta");
  if (std::string group = config.get_string("group"); !group.empty()) node.group = group;
  if (node.model) {
    if (std::string access = config.get_string("access"); !access.empty()) node.model->access = access;
  }
}

namespace {

/// dbt-docs cannot draw a node in a colour that no browser knows.
void check_node_color(const Node& node) {
  const Value color = node.config.get("docs").get("node_color");
  if (!color.is_string() || color.as_string().empty() || is_html_color(color.as_string())) return;
  throw Error(ErrorKind::unlabelled, "parse/node-color",
              "Invalid color name for docs.node_color: " + color.as_string() +
                  ". It is neither a valid HTML color name nor a valid HEX code.",
              node.declared_at);
}

}  // namespace

void finish_config(ParseState& state, Draft& draft) {
  Node& node = draft.node;
  try {
    Value as_said;
    node.config = build_config(state, *draft.package, node.resource_type, node.fqn, draft.patch, draft.calls, &as_said);
    node.unrendered_config =
        build_unrendered_config(state, *draft.package, node.resource_type, node.fqn,
                                draft.unrendered_patch.is_dict() ? draft.unrendered_patch : draft.patch,
                                draft.unrendered_calls.is_dict() ? draft.unrendered_calls : draft.calls);
    draft.enabled = node.config.get_bool("enabled", true);
    // dbt reads the file before the YAML: its tags come first.
    if (!draft.patch.get("tags").is_undefined())
      add_tags(node,
               build_config(state, *draft.package, node.resource_type, node.fqn, Value(), draft.calls).get("tags"));
    copy_config_to_node(node, node.config);
    check_node_color(node);
    generate_names(state, draft, as_said);
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = draft_subject(node);
    if (!error.diagnostic().span) error.diagnostic().span = node.declared_at;
    throw;
  }
  if (node.resource_type == ResourceType::test) return;
  for (std::string_view kind : {"pre-hook", "post-hook"}) {
    Value hooks = node.config.get(kind);
    if (!hooks.is_list()) continue;
    for (const Value& hook : hooks.as_list()) {
      std::string sql = hook.get_string("sql");
      if (!jinja::has_markup(sql)) continue;
      CaptureContext context(state, draft);
      const SourceFile* file =
          state.invocation.sources->add(node.original_file_path + " (" + std::string(kind) + ")", sql);
      jinja::TemplatePtr tmpl;
      try {
        tmpl = jinja::compile(*file);
      } catch (Error& error) {
        error.diagnostic().subject = draft_subject(node);
        throw;
      }
      context.run(*tmpl);
    }
  }
  if (node.resource_type == ResourceType::seed &&
      (!node.refs.empty() || !node.sources.empty() || !node.metrics.empty())) {
    std::string list;
    for (std::string_view kind : {"pre-hook", "post-hook"})
      for (const Value& hook : node.config.get(kind).as_list())
        list +=
            (list.empty() ? "" : "\n") + ("- " + replace_all(kind, "-", "_") + ": \"" + hook.get_string("sql") + "\"");
    fail_parsing("parse/seed-hook",
                 "\nSeeds cannot depend on other nodes. dbt detected a seed with a pre- or post-hook\n"
                 "that calls 'ref', 'source', or 'metric', either directly or indirectly via other macros.\n\n"
                 "Error raised for '" +
                     node.unique_id + "', which has these hooks defined: \n" + list + "\n        ",
                 {}, node.declared_at);
  }
}

}  // namespace modelc
