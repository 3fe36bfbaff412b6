#include "parse/link.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "manifest/find.h"
#include "parse/checks.h"
#include "parse/semantic/semantic.h"
#include "parse/unit_tests.h"

namespace modelc {

using jinja::Value;

namespace {

std::string title(std::string_view name) {
  std::string out(name);
  bool start = true;
  for (char& c : out) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && start && c >= 'a') c = static_cast<char>(c - 32);
    start = !letter;
  }
  return out;
}

enum class TargetKind : uint8_t { node, source, metric, function };

std::string_view kind_text(TargetKind kind) {
  switch (kind) {
    case TargetKind::node:
      return "node";
    case TargetKind::source:
      return "source";
    case TargetKind::metric:
      return "metric";
    case TargetKind::function:
      return "function";
  }
  return "";
}

struct MissingTarget {
  TargetKind kind;
  std::string name;
  std::optional<std::string> package;
  Value version;
  bool disabled = false;
  Span span;
};

std::string did_you_mean(const Manifest& manifest, const MissingTarget& target) {
  if (target.disabled) return "Enable it, or remove the reference.";
  std::vector<std::string> names;
  for (const Node& node : manifest.nodes) {
    if (target.kind == TargetKind::source   ? node.resource_type == ResourceType::source
        : target.kind == TargetKind::node   ? node.is_refable()
        : target.kind == TargetKind::metric ? node.resource_type == ResourceType::metric
                                            : node.resource_type == ResourceType::function)
      names.push_back(node.search_name());
  }
  std::string close = closest_match(target.name, names);
  return close.empty() ? std::string() : "Did you mean '" + close + "'?";
}

/// dbt: invalid_target_fail_unless_test. True when the node may live on (never): tests give false, others throw.
bool report_missing(const ParseState& state, const Manifest& manifest, const Node& node, const MissingTarget& target,
                    bool warn_if_disabled) {
  std::string type = title(resource_type_name(node.resource_type));
  std::string start = type + " '" + node.unique_id + "' (" + node.original_file_path + ") depends on a " +
                      std::string(kind_text(target.kind)) + " named '" + target.name + "' ";
  std::string reason = target.disabled ? "which is disabled" : "which was not found";
  if (node.resource_type != ResourceType::test) {
    std::string version;
    if (!target.version.is_undefined() && !target.version.is_none())
      version = "with version '" + jinja::to_str(target.version) + "' ";
    std::string package = target.package ? "in package or project '" + *target.package + "' " : "";
    fail_compilation("parse/missing-target", start + version + package + reason, {},
                     target.span ? target.span : node.declared_at, did_you_mean(manifest, target));
  }
  Value data = Value::dict({{"resource_type_title", Value(type)},
                            {"unique_id", Value(node.unique_id)},
                            {"original_file_path", Value(node.original_file_path)},
                            {"target_kind", Value(kind_text(target.kind))},
                            {"target_name", Value(target.name)},
                            {"target_package", Value(target.package.value_or(""))}});
  if (target.disabled) {
    Event event;
    event.name = "InvalidDisabledTargetInTestNode";
    event.code = "I050";
    event.level = warn_if_disabled ? EventLevel::warn : EventLevel::debug;
    event.message =
        "[WARNING]: " + start + (target.package ? "in package '" + *target.package + "' " : std::string()) + reason;
    event.data = data;
    state.invocation.events->fire(event);
  } else {
    data.as_dict().set("disabled", Value("False"));
    warn(state.invocation, "NodeNotFoundOrDisabled", "I060",
         "[WARNING]: " + start + "in package '" + target.package.value_or("") + "' " + reason, data, target.span);
  }
  return false;
}

bool restricts_access(const ParseState& state, const std::string& package) {
  const Package* found = state.project.find(package);
  return found && found->project.restrict_access;
}

/// dbt: is_invalid_private_ref, is_invalid_protected_ref.
void check_access(const ParseState& state, const Node& node, const Node& target, Span span) {
  if (!target.model || node.resource_type == ResourceType::sql_operation) return;
  bool other_package = node.package_name != target.package_name;
  std::string_view access;
  std::string scope, scope_kind;
  if (target.model->access == "private" && (!node.group || node.group->empty() || node.group != target.group ||
                                            (other_package && restricts_access(state, target.package_name)))) {
    access = "private";
    scope = target.group.value_or("");
    scope_kind = "group";
  } else if (target.model->access == "protected" && other_package && restricts_access(state, target.package_name)) {
    access = "protected";
    scope = target.package_name;
    scope_kind = "package";
  } else {
    return;
  }
  Diagnostic d;
  d.kind = ErrorKind::parsing;
  d.code = "parse/access";
  d.message = "Node " + node.unique_id + " attempted to reference node " + target.unique_id +
              ", which is not allowed because the referenced node is " + std::string(access) + " to the '" + scope +
              "' " + scope_kind + ".";
  d.span = span ? span : node.declared_at;
  throw Error(std::move(d));
}

void warn_root_dependency(const ParseState& state, const Node& node, const Node& target,
                          const std::optional<std::string>& package) {
  if (node.package_name == state.root_name || target.package_name != state.root_name || package == state.root_name)
    return;
  warn(state.invocation, "PackageNodeDependsOnRootProjectNode", "I077",
       "[WARNING]: The node '" + node.name + "'in package '" + node.package_name +
           "' depends on the root project node '" + target.unique_id +
           "'.This may lead to unexpected cycles downstream. Please set the 'require_ref_prefers_node_package_to_root' "
           "behavior "
           "change flag to True to avoid this issue.For more information, see the documentation at "
           "https://docs.getdbt.com/reference/global-configs/behavior-changes#require_ref_prefers_node_package_to_root",
       Value::dict({{"node_name", Value(node.name)},
                    {"package_name", Value(node.package_name)},
                    {"root_project_unique_id", Value(target.unique_id)}}),
       node.declared_at);
}

void add_dependency(Node& node, NodeId id) {
  if (std::find(node.depends_on.begin(), node.depends_on.end(), id) == node.depends_on.end())
    node.depends_on.push_back(id);
}

/// Puts drafts into the manifest by kind, keeping their order within a kind; sets the group of tests from what they
/// test.
class Linker {
 public:
  Linker(ParseState& state, std::vector<DraftPtr> drafts)
      : state_(state), manifest_(state.manifest), drafts_(std::move(drafts)) {}

  void run() {
    manifest_.adapter = &state_.traits;
    manifest_.project_name = state_.root_name;
    std::stable_sort(drafts_.begin(), drafts_.end(), [](const DraftPtr& a, const DraftPtr& b) {
      return a->node.resource_type < b->node.resource_type;
    });
    std::vector<Node> unit_tests;
    manifest_.nodes.reserve(drafts_.size());
    for (DraftPtr& draft : drafts_) {
      if (draft->node.resource_type == ResourceType::unit_test) {
        unit_tests.push_back(std::move(draft->node));
      } else {
        (draft->enabled ? manifest_.nodes : manifest_.disabled).push_back(std::move(draft->owned));
      }
      draft.reset();
    }
    drafts_.clear();
    manifest_.index();
    attach_tests();
    std::vector<bool> keep = resolve_all();
    bind_unit_tests(state_, manifest_, unit_tests);
    renumber(keep, std::move(unit_tests));
    link_semantic(state_, manifest_);
    infer_primary_keys();
    order_hooks();
    check_nodes(state_);
    state_.throw_if_errors();
    check_semantic(state_);
    state_.throw_if_errors();
    manifest_.freeze();
    warn_about_nodes(state_);
  }

 private:
  void attach_tests() {
    bool package_first = node_package_first();
    auto attach = [&](Node& test) {
      if (!test.test || !test.test->generic || test.test->file_key_name.starts_with("sources.") || test.refs.empty())
        return;
      // The model that the test stands at is the last ref of its arguments, or the only one.
      std::string name = test.test->file_key_name.substr(test.test->file_key_name.find('.') + 1);
      const RefArgs* own = nullptr;
      for (const RefArgs& ref : test.refs)
        if (ref.name == name && !ref.package) own = &ref;
      Value version = own ? own->version : Value();
      Manifest::RefResult found;
      try {
        found = manifest_.resolve_ref(name, test.package_name, version, test.package_name, package_first);
      } catch (const Error&) {
        return;
      }
      if (found.status == Manifest::Lookup::found) {
        test.test->attached_node = found.id;
        test.group = manifest_.nodes[found.id].group;
      } else if (found.status == Manifest::Lookup::disabled) {
        test.test->attached_disabled = found.id;
        test.group = manifest_.disabled[found.id].group;
      }
    };
    for (Node& node : manifest_.nodes) attach(node);
    for (Node& node : manifest_.disabled) attach(node);
  }

  bool node_package_first() const { return state_.behavior("require_ref_searches_node_package_before_root"); }

  std::vector<bool> resolve_all() {
    std::vector<bool> keep(manifest_.nodes.size(), true);
    for (Node& node : manifest_.nodes) {
      try {
        keep[node.id] = resolve_dependencies(state_, manifest_, node);
      } catch (const Error& error) {
        state_.errors.push_back(error.diagnostic());
      }
    }
    return keep;
  }

  /// Takes out the tests that lost their target and puts in the unit tests; ids change, so references to them do.
  void renumber(const std::vector<bool>& keep, std::vector<Node> unit_tests) {
    bool all = std::all_of(keep.begin(), keep.end(), [](bool k) { return k; });
    if (all && unit_tests.empty()) return;
    std::vector<std::unique_ptr<Node>> old = manifest_.nodes.release();
    manifest_.nodes.reserve(old.size() + unit_tests.size());
    std::vector<NodeId> new_id(old.size(), no_id);
    bool inserted = unit_tests.empty();
    auto insert = [&] {
      for (Node& test : unit_tests) manifest_.nodes.push_back(std::move(test));
      inserted = true;
    };
    for (std::unique_ptr<Node>& node : old) {
      const NodeId id = node->id;
      if (!inserted && node->resource_type > ResourceType::unit_test) insert();
      if (!keep[id]) {
        Value config = Value::dict();
        config.as_dict().update(node->config.as_dict());
        config.as_dict().set("enabled", Value(false));
        node->config = config;
        node->lost_target = true;
        manifest_.disabled.push_back(std::move(node));
        continue;
      }
      new_id[id] = static_cast<NodeId>(manifest_.nodes.size());
      manifest_.nodes.push_back(std::move(node));
    }
    if (!inserted) insert();
    auto renew = [&](NodeId& id) {
      if (id != no_id) id = new_id[id];
    };
    auto renew_node = [&](Node& node) {
      for (NodeId& id : node.depends_on) renew(id);
      if (node.test) renew(node.test->attached_node);
      if (node.unit_test) renew(node.unit_test->tested_node);
    };
    for (Node& node : manifest_.nodes) renew_node(node);
    for (Node& node : manifest_.disabled) renew_node(node);
    manifest_.index();
  }

  /// dbt: ModelNode.infer_primary_key.
  void infer_primary_keys() {
    struct Tests {
      std::set<std::string> enabled_unique, disabled_unique, not_null;
    };
    std::unordered_map<NodeId, Tests> by_model;
    auto add = [&](const Node& node, bool enabled) {
      if (!node.test || !node.test->generic || node.test->attached_node == no_id) return;
      const std::string& name = node.test->test_name;
      bool unique = name == "unique" || name == "unique_combination_of_columns";
      if (!unique && name != "not_null") return;
      std::vector<std::string> columns;
      Value column = node.test->kwargs.get("column_name"),
            combination = node.test->kwargs.get("combination_of_columns");
      if (column.is_string()) {
        columns.push_back(column.as_string());
      } else if (combination.is_list()) {
        for (const Value& item : combination.as_list())
          if (item.is_string()) columns.push_back(item.as_string());
      }
      Tests& tests = by_model[node.test->attached_node];
      for (std::string& name_ : columns)
        (unique ? enabled ? tests.enabled_unique : tests.disabled_unique : tests.not_null).insert(name_);
    };
    for (const Node& node : manifest_.nodes) add(node, true);
    for (const Node& node : manifest_.disabled) add(node, false);
    for (Node& node : manifest_.nodes)
      if (node.model) node.model->primary_key = primary_key(node, by_model[node.id]);
  }

  template <class Tests>
  static std::vector<std::string> primary_key(const Node& node, const Tests& tests) {
    for (const Value& c : node.model->constraints.as_list()) {
      if (c.get_string("type") != "primary_key") continue;
      std::vector<std::string> columns;
      for (const Value& column : c.get("columns").as_list()) columns.push_back(jinja::to_str(column));
      std::sort(columns.begin(), columns.end());
      return columns;
    }
    for (const ColumnInfo& column : node.columns)
      for (const Value& c : column.constraints.as_list())
        if (c.get_string("type") == "primary_key") return {column.name};
    std::vector<std::string> both;
    for (const std::string& column : tests.not_null)
      if (tests.enabled_unique.contains(column) || tests.disabled_unique.contains(column)) both.push_back(column);
    if (!both.empty()) return both;
    const auto& unique = tests.enabled_unique.empty() ? tests.disabled_unique : tests.enabled_unique;
    return {unique.begin(), unique.end()};
  }

  /// dbt runs packages' hooks by name, the root's last.
  void order_hooks() {
    manifest_.on_run_start.clear();
    manifest_.on_run_end.clear();
    for (const Node& node : manifest_.nodes) {
      if (node.resource_type != ResourceType::operation || node.tags.empty()) continue;
      (node.tags[0] == "on-run-start" ? manifest_.on_run_start : manifest_.on_run_end).push_back(node.id);
    }
    for (std::vector<NodeId>* hooks : {&manifest_.on_run_start, &manifest_.on_run_end}) {
      std::stable_sort(hooks->begin(), hooks->end(), [&](NodeId a, NodeId b) {
        const Node &x = manifest_.nodes[a], &y = manifest_.nodes[b];
        bool root_x = x.package_name == state_.root_name, root_y = y.package_name == state_.root_name;
        return std::tie(root_x, x.package_name, x.hook_index) < std::tie(root_y, y.package_name, y.hook_index);
      });
    }
  }

  ParseState& state_;
  Manifest& manifest_;
  std::vector<DraftPtr> drafts_;
};

}  // namespace

bool resolve_dependencies(const ParseState& state, const Manifest& manifest, Node& node) {
  if (node.resource_type == ResourceType::seed || node.resource_type == ResourceType::source) return true;
  bool package_first = state.behavior("require_ref_searches_node_package_before_root");
  bool complete = true;
  for (const SourceRef& source : node.sources) {
    auto found = manifest.resolve_source(source.source, source.table, node.package_name, package_first);
    if (found.status == Manifest::Lookup::found) {
      add_dependency(node, found.id);
      continue;
    }
    MissingTarget target{
        TargetKind::source, source.source + "." + source.table, {}, {}, found.status == Manifest::Lookup::disabled,
        source.span};
    complete = report_missing(state, manifest, node, target, true) && complete;
  }
  for (const RefArgs& ref : node.refs) {
    Manifest::RefResult found;
    try {
      found = manifest.resolve_ref(ref.name, ref.package, ref.version, node.package_name, package_first);
    } catch (Error& error) {
      if (!error.diagnostic().span) error.diagnostic().span = ref.span;
      throw;
    }
    if (found.status != Manifest::Lookup::found) {
      MissingTarget target{
          TargetKind::node, ref.name, ref.package, ref.version, found.status == Manifest::Lookup::disabled, ref.span};
      complete = report_missing(state, manifest, node, target, false) && complete;
      continue;
    }
    const Node& target = manifest.nodes[found.id];
    check_access(state, node, target, ref.span);
    if (!package_first) warn_root_dependency(state, node, target, ref.package);
    add_dependency(node, found.id);
  }
  for (const std::vector<std::string>& metric : node.metrics) {
    std::optional<std::string> package;
    if (metric.size() == 2) package = metric[0];
    auto found = resolve_metric(manifest, metric.back(), package, node.package_name);
    if (found.status == Manifest::Lookup::found) {
      add_dependency(node, found.id);
      continue;
    }
    bool disabled = found.status == Manifest::Lookup::disabled;
    MissingTarget target{TargetKind::metric, metric.back(), package, {}, disabled, node.declared_at};
    complete = report_missing(state, manifest, node, target, true) && complete;
  }
  for (const RefArgs& function : node.functions) {
    auto found = manifest.resolve_function(function.name, function.package, node.package_name, package_first);
    if (found.status == Manifest::Lookup::found) {
      add_dependency(node, found.id);
      continue;
    }
    MissingTarget target{
        TargetKind::function, function.name, function.package, {}, found.status == Manifest::Lookup::disabled,
        function.span};
    complete = report_missing(state, manifest, node, target, false) && complete;
  }
  return complete;
}

void link_manifest(ParseState& state, std::vector<DraftPtr> drafts) { Linker(state, std::move(drafts)).run(); }

}  // namespace modelc
