#include "select/select.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "select/methods.h"
#include "select/node_set.h"
#include "select/spec.h"
#include "select/state.h"

namespace modelc {
namespace {

using jinja::Value;

/// What a spec gives: nodes that are selected, and tests that would be if more of their parents were.
struct Selected {
  NodeSet direct, indirect;
};

bool is_any_test(const Node& node) {
  return node.resource_type == ResourceType::test || node.resource_type == ResourceType::unit_test;
}

class Selector {
 public:
  Selector(const Invocation& invocation, const Project& project, const Manifest& manifest, const StateInputs& state,
           const std::vector<SelectorDefinition>& selectors, Indirect indirect)
      : context_{invocation, project, manifest, state},
        graph_(manifest.graph()),
        selectors_(selectors),
        indirect_(indirect) {
    if (state.manifest) comparison_.emplace(invocation, manifest, *state.manifest);
    if (comparison_) context_.comparison = &*comparison_;
  }

  NodeSet select(const Spec& spec) { return evaluate(spec).direct; }

  /// The spec of a named selector; the names that are being evaluated must not come again.
  const Spec& named(std::string_view name) {
    if (!named_read_) {
      named_ = specs_of(selectors_, indirect_);
      named_read_ = true;
    }
    auto found = named_.find(name);
    if (found != named_.end()) return found->second;
    std::vector<Value> names;
    for (const SelectorDefinition& selector : selectors_) names.emplace_back(selector.name);
    throw Error(ErrorKind::runtime, "select/unknown-selector",
                fmt::format("Could not find selector named {}, expected one of {}", name,
                            jinja::to_repr(Value::list(std::move(names)))));
  }

 private:
  NodeSet none() const { return NodeSet(context_.manifest.nodes.size()); }

  Selected evaluate(const Spec& spec) {
    if (spec.kind != Spec::Kind::criteria) return evaluate_group(spec);
    if (spec.criteria.method == "selector") return evaluate_named(spec);
    return with_relatives(spec, matching_nodes(context_, spec.criteria));
  }

  /// `selector:name`; + and @ apply to what the selector selects.
  Selected evaluate_named(const Spec& spec) {
    const std::string& name = spec.criteria.value;
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
      std::vector<std::string> path(std::find(open_.begin(), open_.end(), name), open_.end());
      path.push_back(name);
      throw Error(ErrorKind::runtime, "select/selector-cycle", "Found a cycle of selectors: " + join(path, " --> "));
    }
    open_.push_back(name);
    Selected result = evaluate(named(name));
    open_.pop_back();
    const SelectionCriteria& criteria = spec.criteria;
    if (criteria.parents || criteria.children || criteria.childrens_parents) return with_relatives(spec, result.direct);
    return result;
  }

  Selected with_relatives(const Spec& spec, const NodeSet& matched) {
    const SelectionCriteria& criteria = spec.criteria;
    NodeSet selected = matched;
    if (criteria.childrens_parents) {
      NodeSet family = matched;
      family |= reached(graph_.descendants(matched.ids()));
      selected |= family;
      selected |= reached(graph_.ancestors(family.ids()));
    }
    if (criteria.parents)
      selected |= reached(graph_.ancestors(matched.ids(), criteria.parents_depth.value_or(UINT32_MAX)));
    if (criteria.children)
      selected |= reached(graph_.descendants(matched.ids(), criteria.children_depth.value_or(UINT32_MAX)));
    return with_tests(selected, spec.indirect);
  }

  NodeSet reached(const std::vector<bool>& flags) const {
    NodeSet set(flags.size());
    for (size_t i = 0; i < flags.size(); ++i)
      if (flags[i]) set.add(static_cast<NodeId>(i));
    return set;
  }

  bool all_parents_in(NodeId id, const NodeSet& set) const {
    const auto parents = graph_.parents(id);
    return std::all_of(parents.begin(), parents.end(), [&](NodeId parent) { return set.has(parent); });
  }

  /// The selected nodes with what building them builds anyway: their ancestors and, if asked for, every source.
  NodeSet buildable(const NodeSet& selected, bool with_sources) const {
    NodeSet set = selected;
    set |= reached(graph_.ancestors(selected.ids()));
    if (with_sources) {
      for (const Node& node : context_.manifest.nodes)
        if (node.source) set.add(node.id);
    }
    return set;
  }

  /// Tests of selected nodes come along, as the mode says (dbt: expand_selection).
  Selected with_tests(const NodeSet& selected, Indirect mode) const {
    Selected result{selected, none()};
    if (mode == Indirect::empty) return result;
    const NodeSet present = mode == Indirect::buildable ? buildable(selected, true) : selected;
    selected.each([&](NodeId parent) {
      for (NodeId child : graph_.children(parent)) {
        if (!is_any_test(context_.manifest.node(child)) || result.direct.has(child)) continue;
        if (mode == Indirect::eager || all_parents_in(child, present)) {
          result.direct.add(child);
        } else {
          result.indirect.add(child);
        }
      }
    });
    return result;
  }

  static void combine(NodeSet& all, const NodeSet& part, Spec::Kind kind) {
    switch (kind) {
      case Spec::Kind::any_of:
        all |= part;
        break;
      case Spec::Kind::all_of:
        all &= part;
        break;
      default:
        all -= part;
        break;
    }
  }

  Selected evaluate_group(const Spec& spec) {
    Selected result{none(), none()};
    for (size_t i = 0; i < spec.parts.size(); ++i) {
      Selected part = evaluate(spec.parts[i]);
      part.indirect |= part.direct;
      if (i == 0) {
        result = std::move(part);
      } else {
        combine(result.direct, part.direct, spec.kind);
        combine(result.indirect, part.indirect, spec.kind);
      }
    }
    add_completed_tests(result, spec.indirect);
    if (spec.expect_exists && result.direct.empty()) warn_nothing_selected(spec.raw);
    return result;
  }

  /// Tests that were left aside while some of their parents were missing (dbt: incorporate_indirect_nodes). Unit tests
  /// have one parent and are never left aside.
  void add_completed_tests(Selected& result, Indirect mode) const {
    if ((mode != Indirect::cautious && mode != Indirect::buildable) || result.direct == result.indirect) return;
    const NodeSet present = mode == Indirect::buildable ? buildable(result.direct, false) : result.direct;
    result.indirect.each([&](NodeId id) {
      if (is_manifest_node(context_.manifest.node(id)) && all_parents_in(id, present)) result.direct.add(id);
    });
  }

  void warn_nothing_selected(const std::string& raw) const {
    if (!context_.invocation.events) return;
    Event event;
    event.name = "NoNodesForSelectionCriteria";
    event.code = "M030";
    event.level = EventLevel::warn;
    event.message = fmt::format("The selection criterion '{}' does not match any enabled nodes", raw);
    event.data = Value::dict({{"spec_raw", Value(raw)}});
    context_.invocation.events->warn_or_error(event);
  }

  MethodContext context_;
  const Graph& graph_;
  const std::vector<SelectorDefinition>& selectors_;
  Indirect indirect_;
  std::optional<StateComparison> comparison_;
  NamedSpecs named_;
  bool named_read_ = false;
  std::vector<std::string> open_;  // selectors that are being evaluated, outermost first
};

const SelectorDefinition* default_selector(const std::vector<SelectorDefinition>& selectors) {
  for (const SelectorDefinition& selector : selectors)
    if (selector.is_default.is_bool() && selector.is_default.as_bool()) return &selector;
  return nullptr;
}

NodeSet evaluate_request(Selector& selector, const Invocation& invocation, const SelectionRequest& request,
                         const std::vector<SelectorDefinition>& selectors, Indirect indirect) {
  if (request.selector) return selector.select(selector.named(*request.selector));
  if (request.select.empty() && request.exclude.empty()) {
    if (const SelectorDefinition* chosen = default_selector(selectors)) {
      if (invocation.events) {
        Event event;
        event.name = "DefaultSelector";
        event.code = "Q023";
        event.message = fmt::format("Using default selector {}", chosen->name);
        event.data = Value::dict({{"name", Value(chosen->name)}});
        invocation.events->fire(event);
      }
      return selector.select(selector.named(chosen->name));
    }
  }
  return selector.select(spec_from_arguments(request.select, request.exclude, indirect));
}

// ---- kinds ------------------------------------------------------------------------------------------------------

using Types = uint32_t;  // a bit for each ResourceType
constexpr Types bit(ResourceType type) { return Types{1} << static_cast<unsigned>(type); }
constexpr Types every_type = (bit(ResourceType::function) << 1) - 1;

Types bits(const std::vector<ResourceType>& types, Types fallback) {
  if (types.empty()) return fallback;
  Types result = 0;
  for (ResourceType type : types) result |= bit(type);
  return result;
}

Types type_named(std::string_view name) {
  for (unsigned i = 0; i <= static_cast<unsigned>(ResourceType::function); ++i)
    if (resource_type_name(static_cast<ResourceType>(i)) == name) return Types{1} << i;
  throw Error(ErrorKind::usage, "select/bad-resource-type", fmt::format("'{}' is not a valid resource type", name));
}

Types wanted_types(const SelectionRequest& request) {
  const Types possible = bits(request.types, every_type), by_default = bits(request.default_types, possible);
  Types wanted = request.resource_types.empty() ? by_default : 0;
  for (const std::string& name : request.resource_types)
    wanted |= name == "all" ? possible : name == "default" ? by_default : type_named(name);
  for (const std::string& name : request.exclude_resource_types) wanted &= ~type_named(name);
  return wanted & possible;
}

/// A file with nothing in it. dbt lists such nodes, but neither runs nor compiles them.
bool is_empty(const Node& node) {
  return is_manifest_node(node) && node.resource_type != ResourceType::seed && trim(node.raw_code).empty();
}

}  // namespace

std::vector<NodeId> select_nodes(const Invocation& invocation, const Project& project, const Manifest& manifest,
                                 const SelectionRequest& request, const StateInputs& state) {
  const Indirect indirect = parse_indirect(request.indirect_selection);
  std::vector<SelectorDefinition> loaded;
  if (manifest.selectors.empty() && invocation.fs) loaded = load_selectors(invocation, project);
  const std::vector<SelectorDefinition>& selectors = manifest.selectors.empty() ? loaded : manifest.selectors;
  const Types types = wanted_types(request);
  Selector selector(invocation, project, manifest, state, selectors, indirect);
  std::vector<NodeId> result;
  evaluate_request(selector, invocation, request, selectors, indirect).each([&](NodeId id) {
    const Node& node = manifest.node(id);
    if ((types & bit(node.resource_type)) && (request.include_empty || !is_empty(node))) result.push_back(id);
  });
  return result;
}

}  // namespace modelc
