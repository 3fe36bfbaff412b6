#include "select/methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "manifest/find.h"

namespace modelc {
namespace {

using jinja::Value;
using enum ResourceType;

Error bad_value(std::string message) { return Error(ErrorKind::runtime, "select/bad-value", std::move(message)); }

/// `[package.]name` and, of sources, `[package.]source[.table]`: patterns for fnmatch.
struct NamePattern {
  std::string_view package = "*", source = "*", name = "*";
};

bool name_matches(const Node& node, const NamePattern& pattern) {
  return fnmatch(node.package_name, pattern.package) && fnmatch(node.name, pattern.name);
}

NodeSet match_source(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::vector<std::string_view> parts = split(criteria.value, '.');
  NamePattern pattern;
  switch (parts.size()) {
    case 1:
      pattern.source = parts[0];
      break;
    case 2:
      pattern.source = parts[0], pattern.name = parts[1];
      break;
    case 3:
      pattern.package = parts[0], pattern.source = parts[1], pattern.name = parts[2];
      break;
    default:
      throw bad_value(
          fmt::format("Invalid source selector value \"{}\". Sources must be of the form `${{source_name}}`, "
                      "`${{source_name}}.${{target_name}}`, or `${{package_name}}.${{source_name}}.${{target_name}}",
                      criteria.value));
  }
  return nodes_where(context.manifest, [&](const Node& node) {
    return node.source && name_matches(node, pattern) && fnmatch(node.source->source_name, pattern.source);
  });
}

/// How dbt words its complaint about `a.b.c` for each kind that has only package and name.
struct NamedKind {
  std::string_view method, message_name, plural, prefix;
  ResourceType type;
};
constexpr NamedKind named_kinds[] = {
    {"exposure", "exposure", "Exposures", "exposure", exposure},
    {"metric", "metric", "Metrics", "metric", metric},
    {"semantic_model", "semantic model", "Semantic models", "semantic_model", semantic_model},
    {"saved_query", "saved query", "Saved queries", "saved_query", saved_query},
    {"unit_test", "unit test", "Saved queries", "unit_test", unit_test},
};

NodeSet match_named(const MethodContext& context, const SelectionCriteria& criteria) {
  const NamedKind& kind = *std::find_if(std::begin(named_kinds), std::end(named_kinds),
                                        [&](const NamedKind& k) { return k.method == criteria.method; });
  const std::vector<std::string_view> parts = split(criteria.value, '.');
  if (parts.size() > 2) {
    const std::string_view package = kind.type == unit_test ? "unit_test_package_name" : "";
    throw bad_value(
        fmt::format("Invalid {} selector value \"{}\". {} must be of the form ${{{}_name}} or ${{{}.{}_name}}",
                    kind.message_name, criteria.value, kind.plural, kind.prefix,
                    package.empty() ? fmt::format("{}_package", kind.prefix) : std::string(package), kind.prefix));
  }
  NamePattern pattern;
  pattern.name = parts.back();
  if (parts.size() == 2) pattern.package = parts[0];
  return nodes_where(context.manifest,
                     [&](const Node& node) { return node.resource_type == kind.type && name_matches(node, pattern); });
}

/// Tags where dbt's classes have an attribute of that name.
template <class Matches>
bool any_tag(const Node& node, Matches matches) {
  auto any_of_list = [&](const Value& tags) {
    if (tags.is_string()) return matches(tags.as_string());
    if (!tags.is_list()) return false;
    for (const Value& tag : tags.as_list())
      if (tag.is_string() && matches(tag.as_string())) return true;
    return false;
  };
  if (node.semantic) return any_of_list(node.semantic->manifest_entry.get("tags"));
  if (node.unit_test) return any_of_list(node.config.get("tags"));
  for (const std::string& tag : node.tags)
    if (matches(tag)) return true;
  return false;
}

NodeSet match_tag(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::string& pattern = criteria.value;
  const bool exact = !has_glob(pattern);
  return nodes_where(context.manifest, [&](const Node& node) {
    return any_tag(node, [&](const std::string& tag) { return exact ? tag == pattern : fnmatch(tag, pattern); });
  });
}

NodeSet match_group(const MethodContext& context, const SelectionCriteria& criteria) {
  return nodes_where(context.manifest, [&](const Node& node) {
    if (!is_manifest_node(node) && node.resource_type != metric) return false;
    const Value group =
        node.semantic ? node.semantic->manifest_entry.get("config").get("group") : node.config.get("group");
    return group.is_string() && !group.as_string().empty() && fnmatch(group.as_string(), criteria.value);
  });
}

NodeSet match_access(const MethodContext& context, const SelectionCriteria& criteria) {
  return nodes_where(context.manifest,
                     [&](const Node& node) { return node.model && node.model->access == criteria.value; });
}

NodeSet match_file(const MethodContext& context, const SelectionCriteria& criteria) {
  return nodes_where(context.manifest, [&](const Node& node) {
    std::string_view name = node.original_file_path;
    name = name.substr(name.rfind('/') + 1);
    if (fnmatch(name, criteria.value)) return true;
    const size_t dot = name.rfind('.');
    return dot != std::string_view::npos && dot > 0 && fnmatch(name.substr(0, dot), criteria.value);
  });
}

NodeSet match_package(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::string& pattern = criteria.value == "this" ? context.manifest.project_name : criteria.value;
  return nodes_where(context.manifest, [&](const Node& node) { return fnmatch(node.package_name, pattern); });
}

NodeSet match_resource_type(const MethodContext& context, const SelectionCriteria& criteria) {
  constexpr std::string_view without_nodes[] = {"rpc", "doc", "macro", "group", "fixture"};
  for (std::string_view name : without_nodes)
    if (criteria.value == name) return NodeSet(context.manifest.nodes.size());
  for (int i = 0; i <= static_cast<int>(function); ++i) {
    const auto type = static_cast<ResourceType>(i);
    if (resource_type_name(type) == criteria.value)
      return nodes_where(context.manifest, [&](const Node& node) { return node.resource_type == type; });
  }
  throw bad_value(fmt::format("Invalid resource_type selector \"{}\"", criteria.value));
}

NodeSet match_test_name(const MethodContext& context, const SelectionCriteria& criteria) {
  return nodes_where(context.manifest, [&](const Node& node) {
    if (node.test) return node.test->generic && fnmatch(node.test->test_name, criteria.value);
    return node.unit_test && fnmatch(node.name, criteria.value);
  });
}

NodeSet match_test_type(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::string& value = criteria.value;
  // dbt asks whether the value is part of these words, so that "dat" means data, too.
  auto part_of = [&](std::string_view word) { return word.find(value) != std::string_view::npos; };
  bool generic = false, singular = false, unit = false;
  if (value == "generic" || value == "schema")
    generic = true;
  else if (part_of("data"))
    generic = singular = true;
  else if (part_of("singular"))
    singular = true;
  else if (part_of("unit"))
    unit = true;
  else
    throw bad_value(
        fmt::format("Invalid test type selector {}: expected \"generic\", \"singular\", \"unit\", or \"data\"", value));
  return nodes_where(context.manifest, [&](const Node& node) {
    return node.unit_test ? unit : node.resource_type == test && (node.test && node.test->generic ? generic : singular);
  });
}

NodeSet match_version(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::string& value = criteria.value;
  if (value != "latest" && value != "prerelease" && value != "old" && value != "none") {
    throw bad_value(fmt::format(
        "Invalid version type selector {}: expected one of: \"latest\", \"prerelease\", \"old\", or \"none\"", value));
  }
  return nodes_where(context.manifest, [&](const Node& node) {
    if (!node.model) return false;
    if (value == "none") return !node.is_versioned();
    if (!node.is_versioned()) return false;
    if (value == "latest") return node.is_latest_version();
    const Value& latest = node.model->latest_version;
    if (latest.is_undefined() || latest.is_none()) return false;
    const int order = compare_model_versions(node.model->version, latest);
    return value == "prerelease" ? order > 0 : order < 0;
  });
}

/// `selector:` needs the other selectors; select.cc evaluates it and never asks here.
NodeSet match_selector(const MethodContext&, const SelectionCriteria& criteria) {
  throw Error(ErrorKind::internal, "select/selector-method", "selector:" + criteria.value + " was not resolved");
}

struct Method {
  std::string_view name;
  NodeSet (*match)(const MethodContext&, const SelectionCriteria&);
};
constexpr Method methods[] = {
    {"fqn", match_fqn},
    {"tag", match_tag},
    {"group", match_group},
    {"access", match_access},
    {"source", match_source},
    {"path", match_path},
    {"file", match_file},
    {"package", match_package},
    {"config", match_config},
    {"test_name", match_test_name},
    {"test_type", match_test_type},
    {"resource_type", match_resource_type},
    {"state", match_state},
    {"exposure", match_named},
    {"metric", match_named},
    {"result", match_result},
    {"source_status", match_source_status},
    {"version", match_version},
    {"semantic_model", match_named},
    {"saved_query", match_named},
    {"unit_test", match_named},
    {"selector", match_selector},
};

const Method* find_method(std::string_view name) {
  for (const Method& method : methods)
    if (method.name == name) return &method;
  return nullptr;
}

}  // namespace

bool is_manifest_node(const Node& node) {
  switch (node.resource_type) {
    case model:
    case seed:
    case snapshot:
    case analysis:
    case test:
    case operation:
    case sql_operation:
      return true;
    default:
      return false;
  }
}

bool is_selection_method(std::string_view name) { return find_method(name) != nullptr; }

std::string selection_method_names() {
  std::string names;
  for (const Method& method : methods) names += (names.empty() ? "" : ", ") + std::string(method.name);
  return names;
}

NodeSet matching_nodes(const MethodContext& context, const SelectionCriteria& criteria) {
  return find_method(criteria.method)->match(context, criteria);
}

}  // namespace modelc
