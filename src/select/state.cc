// state:, result: and source_status:, and dbt's rules for when a node has changed (dbt: same_contents and its parts).
#include "select/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "artifacts/artifacts.h"
#include "base/text.h"
#include "select/methods.h"

namespace modelc {
namespace {

using jinja::DictData;
using jinja::Value;
using enum ResourceType;

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }

bool same_text(std::string_view mine, const Value& old) {
  return old.is_string() ? old.as_string() == mine : mine.empty();
}
bool same_nullable(const std::optional<std::string>& mine, const Value& old) {
  return mine ? old.is_string() && old.as_string() == *mine : !old.is_string();
}

bool same_texts(const std::vector<std::string>& mine, const Value& old) {
  if (!old.is_list() || old.as_list().size() != mine.size()) return mine.empty() && !old.is_list();
  for (size_t i = 0; i < mine.size(); ++i)
    if (!old.as_list()[i].is_string() || old.as_list()[i].as_string() != mine[i]) return false;
  return true;
}

const Value* find_in(const Value& dict, std::string_view key) {
  return dict.is_dict() ? static_cast<const DictData&>(dict.as_dict()).find(key) : nullptr;
}

/// A key that only one side has is a difference, even when its value is None.
bool same_key(const Value& mine, const Value& old, std::string_view key) {
  const Value *a = find_in(mine, key), *b = find_in(old, key);
  return a && b ? jinja::equals(*a, *b) : a == b;
}

/// Keys of configs that are no difference, by kind (dbt: CompareBehavior.Exclude).
bool is_ignored(ResourceType type, std::string_view key) {
  switch (type) {
    case source:
    case exposure:
      return false;
    case metric:
      return key == "group";
    default:
      return key == "alias" || key == "schema" || key == "database" || key == "tags" || key == "group";
  }
}

bool same_unrendered_config(ResourceType type, const Value& mine, const Value& old) {
  for (const Value* side : {&mine, &old}) {
    if (!side->is_dict()) continue;
    for (const auto& entry : side->as_dict().entries()) {
      if (!entry.first.is_string() || is_ignored(type, entry.first.as_string())) continue;
      if (!same_key(mine, old, entry.first.as_string())) return false;
    }
  }
  return true;
}

/// Of a test's own settings only these count; keys that dbt does not know count, too.
bool same_test_config(const Value& mine, const Value& old) {
  for (std::string_view key :
       {"severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"})
    if (!same_key(mine, old, key)) return false;
  return true;
}

bool is_parsed_node(const Node& node) { return is_manifest_node(node) || node.resource_type == function; }

bool same_keys(const Value& mine, const Value& old, std::initializer_list<std::string_view> keys) {
  for (std::string_view key : keys)
    if (!same_value(or_none(mine.get(key)), or_none(old.get(key)))) return false;
  return true;
}

bool same_exposure(const Manifest& manifest, const Node& node, const Value& old) {
  const ExposurePart& part = *node.exposure;
  std::set<std::string_view> mine, theirs;
  for (NodeId id : node.depends_on) mine.insert(manifest.node(id).unique_id);
  const Value nodes = old.get("depends_on").get("nodes");
  if (nodes.is_list())
    for (const Value& id : nodes.as_list())
      if (id.is_string()) theirs.insert(id.as_string());
  return same_texts(node.fqn, old.get("fqn")) && same_text(part.type, old.get("type")) &&
         same_value(part.owner, old.get("owner")) && same_text(part.maturity, old.get("maturity")) &&
         same_text(part.url, old.get("url")) && same_text(node.description, old.get("description")) &&
         same_text(part.label, old.get("label")) && mine == theirs &&
         same_unrendered_config(exposure, node.unrendered_config, old.get("unrendered_config"));
}

bool same_exports(const Value& mine, const Value& old) {
  static const std::vector<Value> none;
  const auto& a = mine.is_list() ? mine.as_list() : none;
  const auto& b = old.is_list() ? old.as_list() : none;
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same_keys(a[i], b[i], {"name"})) return false;
    if (!same_keys(a[i].get("unrendered_config"), b[i].get("unrendered_config"), {"export_as", "schema", "alias"}))
      return false;
  }
  return true;
}

bool same_semantic(const Node& node, const Value& old) {
  const Value& mine = node.semantic->manifest_entry;
  switch (node.resource_type) {
    case metric:
      return same_keys(mine, old, {"type", "description", "label"}) &&
             same_unrendered_config(metric, mine.get("unrendered_config"), old.get("unrendered_config"));
    case semantic_model:
      return same_keys(mine, old,
                       {"model", "description", "defaults", "entities", "dimensions", "measures", "config",
                        "primary_entity", "group"});
    default:
      return same_keys(mine.get("query_params"), old.get("query_params"), {"metrics", "group_by", "where"}) &&
             same_keys(mine, old, {"description", "label", "config", "group", "tags"}) &&
             same_exports(mine.get("exports"), old.get("exports"));
  }
}

struct SeedWarning {
  std::string_view name, code, text;
};

}  // namespace

bool same_value(const Value& a, const Value& b) {
  if (a.is_undefined() || a.is_none()) return b.is_undefined() || b.is_none();
  if (b.is_undefined() || b.is_none()) return false;
  if (a.is_dict() && b.is_dict()) {
    for (const Value* side : {&a, &b}) {
      for (const auto& entry : side->as_dict().entries()) {
        const Value *x = a.as_dict().find(entry.first), *y = b.as_dict().find(entry.first);
        if (!same_value(x ? *x : Value(), y ? *y : Value())) return false;
      }
    }
    return true;
  }
  if (a.is_sequence() && b.is_sequence()) {
    return std::equal(a.as_items().begin(), a.as_items().end(), b.as_items().begin(), b.as_items().end(), same_value);
  }
  return jinja::equals(a, b);
}

StateComparison::StateComparison(const Invocation& invocation, const Manifest& manifest, const StateManifest& state)
    : invocation_(invocation),
      manifest_(manifest),
      state_(state),
      contract_(manifest.nodes.size()),
      seed_(manifest.nodes.size()) {
  const auto flag = invocation.flags.behavior.find("state_modified_compare_more_unrendered_values");
  compare_unrendered_ = flag != invocation.flags.behavior.end() && flag->second;
}

const Value& StateComparison::previous(const Node& node) {
  if (previous_.empty()) {
    previous_.reserve(manifest_.nodes.size());
    for (const Node& each : manifest_.nodes) previous_.push_back(state_.find(each.unique_id));
  }
  return previous_[node.id];
}

bool StateComparison::same_body(const Node& node) {
  const Value& old = previous(node);
  if (node.resource_type != seed) return same_text(node.raw_code, old.get("raw_code"));
  uint8_t& known = seed_[node.id];
  if (known) return known == 1;
  const Value checksum = old.get("checksum");
  const std::string old_name = checksum.get_string("name");
  const bool same = node.checksum_name != "none" && node.checksum_name == old_name &&
                    node.checksum == checksum.get_string("checksum");
  known = same ? 1 : 2;
  if (node.checksum_name == "path" && invocation_.events) {
    const std::string seed_text = fmt::format("Found a seed ({}.{}) >1MB in size", node.package_name, node.name);
    SeedWarning warning;
    if (old_name != "path")
      warning = {"SeedIncreased", "I052", ". The previous file was <=1MB, so it has changed"};
    else if (same)
      warning = {"SeedExceedsLimitSamePath", "I053",
                 " at the same path, dbt cannot tell if it has changed: assuming they are the same"};
    else
      warning = {"SeedExceedsLimitAndPathChanged", "I054",
                 ". The previous file was in a different location, assuming it has changed"};
    Event event;
    event.name = warning.name;
    event.code = warning.code;
    event.level = EventLevel::warn;
    event.message = seed_text + std::string(warning.text);
    event.data = Value::dict({{"package_name", Value(node.package_name)}, {"name", Value(node.name)}});
    invocation_.events->warn_or_error(event, node.declared_at);
  }
  return same;
}

bool StateComparison::same_config(const Node& node) {
  const Value& old = previous(node);
  if (node.resource_type == test) return same_test_config(node.unrendered_config, old.get("unrendered_config"));
  if (node.resource_type == semantic_model || node.resource_type == saved_query)
    return same_keys(node.semantic->manifest_entry, old, {"config"});
  const Value mine = node.semantic ? node.semantic->manifest_entry.get("unrendered_config") : node.unrendered_config;
  return same_unrendered_config(node.resource_type, mine, old.get("unrendered_config"));
}

bool StateComparison::same_persisted_description(const Node& node) {
  const Value persist = node.config.get("persist_docs");
  if (!persist.is_dict()) return true;
  const Value& old = previous(node);
  if (jinja::truth(persist.get("relation")) && !same_text(node.description, old.get("description"))) return false;
  if (!jinja::truth(persist.get("columns"))) return true;
  const Value old_columns = old.get("columns");
  if ((old_columns.is_dict() ? old_columns.as_dict().size() : 0) != node.columns.size()) return false;
  for (const ColumnInfo& column : node.columns) {
    const Value* before = find_in(old_columns, column.name);
    if (!before || !same_text(column.description, before->get("description"))) return false;
  }
  return true;
}

bool StateComparison::same_database_representation(const Node& node) {
  const Value& old = previous(node);
  if (node.source) {
    const bool same_place =
        compare_unrendered_
            ? same_value(node.source->unrendered_database, old.get("unrendered_database")) &&
                  same_value(node.source->unrendered_schema, old.get("unrendered_schema"))
            : same_text(node.database, old.get("database")) && same_text(node.schema, old.get("schema"));
    return same_place && same_text(node.source->identifier, old.get("identifier"));
  }
  return same_keys(node.unrendered_config, old.get("unrendered_config"), {"database", "schema", "alias"});
}

bool StateComparison::same_contract(const Node& node) {
  if (!node.model) return true;
  uint8_t& known = contract_[node.id];
  if (known) return known == 1;
  const Value& old = previous(node);
  const Value old_contract = old.get("contract");
  const bool was_enforced = old_contract.get_bool("enforced"),
             is_enforced = node.config.get("contract").get_bool("enforced");
  const bool same = was_enforced ? is_enforced && same_text(node.model->contract_checksum, old_contract.get("checksum"))
                                 : !is_enforced;
  known = same ? 1 : 2;
  if (same || !was_enforced) return same;
  const std::vector<std::string> changes = breaking_contract_changes(manifest_, node, old);
  if (changes.empty()) return false;
  const std::string reasons = join(changes, "\n  - ");
  if (node.is_versioned()) {
    throw Error(ErrorKind::contract_change, "select/contract-broken",
                fmt::format("While comparing to previous project state, dbt detected a breaking change to an enforced "
                            "contract.\n  - {}\n"
                            "Consider making an additive (non-breaking) change instead, if possible.\nOtherwise, "
                            "create a new model version: "
                            "https://docs.getdbt.com/docs/collaborate/govern/model-versions",
                            reasons),
                node.declared_at);
  }
  Event event;
  event.name = "UnversionedBreakingChange";
  event.code = "I071";
  event.level = EventLevel::warn;
  event.message = fmt::format(
      "Breaking change to contracted, unversioned model {} ({})\nWhile comparing to previous project state, dbt "
      "detected "
      "a breaking change to an unversioned model.\n  - {}\n",
      node.name, node.original_file_path, reasons);
  std::vector<Value> list(changes.begin(), changes.end());
  event.data = Value::dict({{"breaking_changes", Value::list(std::move(list))},
                            {"model_name", Value(node.name)},
                            {"model_file_path", Value(node.original_file_path)}});
  if (invocation_.events) invocation_.events->warn_or_error(event, node.declared_at);
  return false;
}

void StateComparison::check_removed_models() {
  const Value* nodes = find_in(state_.root, "nodes");
  if (!nodes || !nodes->is_dict()) return;
  for (const auto& [key, old] : nodes->as_dict().entries()) {
    if (!key.is_string() || old.get_string("resource_type") != "model" || !old.get("contract").get_bool("enforced"))
      continue;
    if (manifest_.find(key.as_string()) != no_id) continue;
    const std::string expires = old.get_string("deprecation_date");
    if (!expires.empty() && expires < format_iso_utc(invocation_.started_at ? invocation_.started_at : now_micros()))
      continue;
    const bool disabled = std::any_of(manifest_.disabled.begin(), manifest_.disabled.end(),
                                      [&](const Node& node) { return node.unique_id == key.as_string(); });
    const std::string change =
        fmt::format("Contracted model '{}' was {}.", key.as_string(), disabled ? "disabled" : "deleted or renamed");
    const Value version = old.get("version");
    if (!version.is_undefined() && !version.is_none()) {
      throw Error(ErrorKind::contract_change, "select/contract-broken",
                  fmt::format("While comparing to previous project state, dbt detected a breaking change to an "
                              "enforced contract.\n  - {}\n"
                              "Consider making an additive (non-breaking) change instead, if possible.\nOtherwise, "
                              "create a new model version: "
                              "https://docs.getdbt.com/docs/collaborate/govern/model-versions",
                              change));
    }
    Event event;
    event.name = "UnversionedBreakingChange";
    event.code = "I071";
    event.level = EventLevel::warn;
    event.message = fmt::format(
        "Breaking change to contracted, unversioned model {} ({})\nWhile comparing to previous project state, dbt "
        "detected a breaking change to an unversioned model.\n  - {}\n",
        old.get_string("name"), old.get_string("original_file_path"), change);
    event.data = Value::dict({{"breaking_changes", Value::list({Value(change)})},
                              {"model_name", Value(old.get_string("name"))},
                              {"model_file_path", Value(old.get_string("original_file_path"))}});
    if (invocation_.events) invocation_.events->warn_or_error(event);
  }
}

/// A generic test whose macro is gone: only a comparison of macros cannot pass over it.
void StateComparison::check_test_macro(const Node& node) {
  if (!node.test || !node.test->generic) return;
  const Value before = previous(node).get("depends_on").get("macros");
  const Value* old_macros = find_in(state_.root, "macros");
  if (!before.is_list() || !old_macros) return;
  for (const Value& id : before.as_list()) {
    if (!id.is_string() || !id.as_string().ends_with(".test_" + node.test->test_name)) continue;
    if (!find_in(*old_macros, id.as_string()) || manifest_.find_macro(id.as_string()) != no_id) continue;
    throw Error(ErrorKind::compilation, "select/missing-test-macro",
                fmt::format("Node '{}' (in {}) depends on a macro or test that does not exist.", node.name,
                            node.original_file_path),
                node.test->yaml_span, "the earlier state has " + id.as_string());
  }
}

bool StateComparison::macros_modified(const Node& node) {
  check_test_macro(node);
  if (!macros_looked_at_) {
    macros_looked_at_ = true;
    macro_tainted_.assign(manifest_.macros.size(), false);
    const Value* old_macros = find_in(state_.root, "macros");
    std::vector<std::vector<MacroId>> callers(manifest_.macros.size());
    std::vector<MacroId> changed;
    for (const Macro& macro : manifest_.macros) {
      for (MacroId callee : macro.depends_on) callers[callee].push_back(macro.id);
      const Value* old = old_macros ? find_in(*old_macros, macro.unique_id) : nullptr;
      if (old && same_text(macro.tmpl ? macro.macro_sql() : std::string_view(), old->get("macro_sql"))) continue;
      macro_tainted_[macro.id] = true;
      changed.push_back(macro.id);
    }
    while (!changed.empty()) {
      const MacroId id = changed.back();
      changed.pop_back();
      for (MacroId caller : callers[id]) {
        if (macro_tainted_[caller]) continue;
        macro_tainted_[caller] = true;
        changed.push_back(caller);
      }
    }
  }
  return std::any_of(node.depends_on_macros.begin(), node.depends_on_macros.end(),
                     [&](MacroId id) { return macro_tainted_[id]; });
}

bool StateComparison::same_source(const Node& node, const Value& old) {
  const SourcePart& part = *node.source;
  return same_database_representation(node) && same_texts(node.fqn, old.get("fqn")) && same_config(node) &&
         same_value(part.quoting, old.get("quoting")) && same_value(part.freshness, old.get("freshness")) &&
         same_nullable(part.loaded_at_field, old.get("loaded_at_field")) &&
         same_value(part.external, old.get("external"));
}

bool StateComparison::same_contents(const Node& node) {
  const Value& old = previous(node);
  // A source, exposure, metric, ... that is new is "new" but, in dbt, not "modified".
  if (node.source) return old.is_undefined() || same_source(node, old);
  if (node.exposure) return old.is_undefined() || same_exposure(manifest_, node, old);
  if (node.semantic) return old.is_undefined() || same_semantic(node, old);
  if (old.is_undefined()) return false;
  if (node.unit_test) return same_text(node.unit_test->checksum, old.get("checksum"));
  if (node.test && node.test->generic) return same_config(node) && same_texts(node.fqn, old.get("fqn"));
  const bool contract = same_contract(node);  // first, because it may warn or throw
  bool same = same_body(node) && same_config(node) && same_persisted_description(node) &&
              same_texts(node.fqn, old.get("fqn")) && same_database_representation(node) && contract;
  if (same && node.model) {
    same = same_value(node.model->latest_version, old.get("latest_version")) &&
           node.model->access == old.get_string("access", "protected") &&  // absent before version 9
           same_nullable(node.model->deprecation_date, old.get("deprecation_date"));
  }
  if (same && node.function)
    same = same_value(node.function->arguments, old.get("arguments")) &&
           same_value(node.function->returns, old.get("returns"));
  return same;
}

bool StateComparison::is_modified(const Node& node) {
  const bool by_macros = macros_modified(node);
  return !same_contents(node) || by_macros;
}

bool StateComparison::part_modified(const Node& node, std::string_view part) {
  if (part == "macros") return macros_modified(node);
  bool has_part = is_parsed_node(node);
  if (part == "relation") has_part |= node.source != nullptr;
  if (part == "configs") has_part |= node.source || node.exposure || node.semantic;
  if (!has_part) return false;
  if (is_new(node)) return true;
  if (part == "body") return !same_body(node);
  if (part == "configs") return !same_config(node);
  if (part == "persisted_descriptions") return !same_persisted_description(node);
  if (part == "relation") return !same_database_representation(node);
  return !same_contract(node);
}

bool is_modified(const Invocation& invocation, const Manifest& manifest, const Node& node, const StateManifest& state,
                 std::string_view part) {
  StateComparison comparison(invocation, manifest, state);
  return part.empty() ? comparison.is_modified(node) : comparison.part_modified(node, part);
}

NodeSet match_state(const MethodContext& context, const SelectionCriteria& criteria) {
  static constexpr std::string_view checks[] = {"new",
                                                "old",
                                                "modified",
                                                "unmodified",
                                                "modified.body",
                                                "modified.configs",
                                                "modified.persisted_descriptions",
                                                "modified.relation",
                                                "modified.macros",
                                                "modified.contract"};
  if (!context.state.manifest)
    throw Error(ErrorKind::runtime, "select/no-state", "Got a state selector method, but no comparison manifest", {},
                "pass --state DIR, the folder of an earlier run's manifest.json");
  std::string_view value = criteria.value;
  if (std::find(std::begin(checks), std::end(checks), value) == std::end(checks)) {
    std::vector<std::string> names;
    for (std::string_view name : checks) names.push_back(fmt::format("'{}'", name));
    throw Error(ErrorKind::runtime, "select/bad-value",
                fmt::format("Got an invalid selector \"{}\", expected one of \"[{}]\"", value, join(names, ", ")));
  }
  StateComparison& comparison = *context.comparison;
  NodeSet set = nodes_where(context.manifest, [&](const Node& node) {
    if (value == "new") return comparison.is_new(node);
    if (value == "old") return !comparison.is_new(node);
    if (value == "modified") return comparison.is_modified(node);
    if (value == "unmodified") return !comparison.is_modified(node);
    return comparison.part_modified(node, value.substr(value.find('.') + 1));
  });
  if (value == "modified" || value == "unmodified" || value == "modified.contract") comparison.check_removed_models();
  return set;
}

NodeSet match_result(const MethodContext& context, const SelectionCriteria& criteria) {
  if (!context.state.run_results)
    throw Error(ErrorKind::internal, "select/no-state", "No comparison run_results", {},
                "pass --state DIR, the folder of an earlier run's run_results.json");
  NodeSet set(context.manifest.nodes.size());
  for (const RunResult& result : context.state.run_results->results) {
    if (run_status_name(result.status) != criteria.value) continue;
    if (const NodeId id = context.manifest.find(result.unique_id); id != no_id) set.add(id);
  }
  return set;
}

NodeSet match_source_status(const MethodContext& context, const SelectionCriteria& criteria) {
  if (!context.state.sources)
    throw Error(ErrorKind::internal, "select/no-state",
                "No previous state comparison freshness results in sources.json", {},
                "pass --state DIR, the folder of an earlier `source freshness`");
  if (!context.state.current_sources)
    throw Error(ErrorKind::internal, "select/no-state", "No current state comparison freshness results in sources.json",
                {}, "run `source freshness` first");
  NodeSet set(context.manifest.nodes.size());
  if (criteria.value != "fresher") return set;
  auto loaded_at = [](const Value& sources) {
    std::map<std::string, std::string> times;
    const Value results = sources.get("results");
    if (!results.is_list()) return times;
    for (const Value& entry : results.as_list())  // ISO texts of one zone are ordered as their times
      if (const std::string time = entry.get_string("max_loaded_at"); !time.empty())
        times[entry.get_string("unique_id")] = time;
    return times;
  };
  const auto before = loaded_at(*context.state.sources);
  for (const auto& [unique_id, time] : loaded_at(*context.state.current_sources)) {
    const auto old = before.find(unique_id);
    if (old != before.end() && time <= old->second) continue;
    if (const NodeId id = context.manifest.find(unique_id); id != no_id) set.add(id);
  }
  return set;
}

}  // namespace modelc
