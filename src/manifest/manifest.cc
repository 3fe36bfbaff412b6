#include "manifest/manifest.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace modelc {
namespace {

/// The packages in which dbt looks for a name, in order; the null view stands for "any package".
struct SearchOrder {
  std::array<std::string_view, 3> packages;
  size_t count = 0;
  void add(std::string_view package) { packages[count++] = package; }
  const std::string_view* begin() const { return packages.data(); }
  const std::string_view* end() const { return packages.data() + count; }
};
bool is_any(std::string_view package) { return package.data() == nullptr; }

SearchOrder search_order(std::string_view root, std::string_view current, const std::optional<std::string>& target,
                         bool node_package_first) {
  SearchOrder order;
  if (target) {
    order.add(*target);
    return order;
  }
  const bool same = root == current;
  order.add(node_package_first ? current : root);
  if (!same) order.add(node_package_first ? root : current);
  order.add({});
  return order;
}

bool is_refable_type(ResourceType type) {
  return type == ResourceType::model || type == ResourceType::seed || type == ResourceType::snapshot;
}
bool is_source_type(ResourceType type) { return type == ResourceType::source; }
bool is_function_type(ResourceType type) { return type == ResourceType::function; }

/// Keeps one candidate a package: as in dbt's dicts, the last one wins in the place of the first.
template <class Id, class PackageOf>
void add_candidate(std::vector<Id>& candidates, Id id, PackageOf package_of) {
  for (Id& other : candidates) {
    if (package_of(other) != package_of(id)) continue;
    other = id;
    return;
  }
  candidates.push_back(id);
}

std::string duplicate_message(std::string_view plural, std::string_view name, std::string_view action,
                              std::string_view reference, std::string_view first_id, std::string_view first_path,
                              std::string_view second_id, std::string_view second_path) {
  return fmt::format(
      "dbt found two {} with the name \"{}\".\n\nSince these resources have the same name, dbt will be unable to find "
      "the correct "
      "resource\nwhen {} {}.\n\nTo fix this, change the name of one of these resources:\n- {} ({})\n- {} ({})",
      plural, name, action, reference, first_id, first_path, second_id, second_path);
}

/// The relation that the node will be, whether or not it is ever built (ephemeral models count).
std::string database_name(const Node& node, const AdapterTraits& traits) {
  if (!node.relation_name.empty()) return node.relation_name;
  return make_relation(traits, node.database, node.schema, node.alias, RelationType::unknown, node.quoting).render();
}

bool stores_failures(const Node& node) {
  return node.resource_type == ResourceType::test && node.config_bool("store_failures");
}

Error found_cycle(const Manifest& manifest, const std::vector<NodeId>& cycle) {
  std::vector<std::string> names;
  for (size_t i = 0; i + 1 < cycle.size(); ++i) names.push_back(manifest.node(cycle[i]).unique_id);
  Error error(ErrorKind::compilation, "manifest/cycle", "Found a cycle: " + join(names, " --> "),
              manifest.node(cycle.front()).declared_at,
              "remove one of these references so that no node depends on itself");
  for (size_t i = 1; i + 1 < cycle.size(); ++i) {
    const Node& node = manifest.node(cycle[i]);
    if (node.declared_at)
      error.diagnostic().notes.push_back(
          {fmt::format("{} depends on {}", node.unique_id, names[i - 1]), node.declared_at});
  }
  return error;
}

}  // namespace

std::string node_subject(const Node& node) {
  return fmt::format("{} {} ({})", resource_type_name(node.resource_type), node.name, node.original_file_path);
}

Error duplicate_name_error(const Node& found, const Node& existing) {
  std::string_view plural =
      found.resource_type == existing.resource_type ? resource_type_plural(found.resource_type) : "resources";
  std::string name = found.name, action = "looking for", reference = found.name;
  if (found.is_refable()) {
    reference = fmt::format("ref(\"{}\")", found.name);
  } else if (found.source) {
    name = found.source->source_name + "_" + found.name;
    reference = fmt::format("source(\"{}\", \"{}\")", found.source->source_name, found.name);
  } else if (found.test && found.test->generic) {
    std::string column = found.test->column_name ? fmt::format("column \"{}\" in ", *found.test->column_name) : "";
    name = fmt::format("{}\" defined on {}\"{}", found.name, column, found.test->file_key_name);
    action = "running";
    reference = "tests";
  }
  Error error(ErrorKind::compilation, "manifest/duplicate-name",
              duplicate_message(plural, name, action, reference, found.unique_id, found.original_file_path,
                                existing.unique_id, existing.original_file_path),
              found.declared_at);
  if (existing.declared_at) error.diagnostic().notes.push_back({"first defined here", existing.declared_at});
  return error;
}

void Manifest::index() {
  by_unique_id_.clear();
  macro_by_unique_id_.clear();
  refable_by_name_.clear();
  source_by_name_.clear();
  function_by_name_.clear();
  disabled_by_name_.clear();
  doc_by_name_.clear();

  by_unique_id_.reserve(nodes.size());
  auto package_of = [this](NodeId id) -> const std::string& { return nodes[id].package_name; };
  for (NodeId id = 0; id < nodes.size(); ++id) {
    Node& node = nodes[id];
    node.id = id;
    auto [place, is_new] = by_unique_id_.emplace(node.unique_id, id);
    if (!is_new) throw duplicate_name_error(node, nodes[place->second]);
    if (node.is_refable()) {
      const bool versioned = node.is_versioned();
      if (versioned) add_candidate(refable_by_name_[node.search_name()], id, package_of);
      if (!versioned || node.is_latest_version()) add_candidate(refable_by_name_[node.name], id, package_of);
    } else if (node.resource_type == ResourceType::source) {
      add_candidate(source_by_name_[node.search_name()], id, package_of);
    } else if (node.resource_type == ResourceType::function) {
      add_candidate(function_by_name_[node.name], id, package_of);
    }
  }
  macro_by_unique_id_.reserve(macros.size());
  for (MacroId id = 0; id < macros.size(); ++id) {
    macros[id].id = id;
    macro_by_unique_id_.emplace(macros[id].unique_id, id);
  }
  for (uint32_t i = 0; i < disabled.size(); ++i) disabled_by_name_[disabled[i].search_name()].push_back(i);
  for (uint32_t i = 0; i < docs.size(); ++i) {
    std::vector<uint32_t>& same = doc_by_name_[docs[i].name];
    for (uint32_t other : same) {
      if (docs[other].unique_id != docs[i].unique_id) continue;
      throw Error(ErrorKind::compilation, "manifest/duplicate-name",
                  duplicate_message("docs", docs[i].name, "looking for", fmt::format("doc(\"{}\")", docs[i].name),
                                    docs[i].unique_id, docs[i].original_file_path, docs[other].unique_id,
                                    docs[other].original_file_path));
    }
    same.push_back(i);
  }
}

void Manifest::freeze() {
  index();
  check_unique_names();
  std::vector<std::vector<NodeId>> parents_of(nodes.size());
  for (const Node& node : nodes) parents_of[node.id] = node.depends_on;
  if (std::vector<NodeId> cycle = graph_.build(parents_of); !cycle.empty()) throw found_cycle(*this, cycle);
}

void Manifest::check_unique_names() const {
  const AdapterTraits& traits = adapter ? *adapter : adapter_traits("");
  std::unordered_map<std::string, NodeId> by_database_name;
  ByName<NodeId> unversioned, versioned;
  for (const Node& node : nodes) {
    if (!node.is_refable() && !stores_failures(node)) continue;
    auto [place, is_new] = by_database_name.emplace(database_name(node, traits), node.id);
    if (!is_new) {
      const Node& other = nodes[place->second];
      throw Error(
          ErrorKind::compilation, "manifest/ambiguous-alias",
          fmt::format(
              "dbt found two resources with the database representation \"{}\".\ndbt cannot create two resources with "
              "identical database representations. To fix this,\nchange the configuration of one of these "
              "resources:\n- {} ({})\n- {} ({})",
              place->first, other.unique_id, other.original_file_path, node.unique_id, node.original_file_path),
          node.declared_at);
    }
    if (node.resource_type == ResourceType::test) continue;
    (node.is_versioned() ? versioned : unversioned)[node.package_name + "." + node.name] = node.id;
  }
  for (const auto& [name, id] : versioned) {
    auto plain = unversioned.find(name);
    if (plain == unversioned.end()) continue;
    const Node &with = nodes[id], &without = nodes[plain->second];
    throw Error(
        ErrorKind::parsing, "manifest/versioned-and-unversioned",
        fmt::format(
            "dbt found versioned and unversioned models with the name \"{0}\".\n\nSince these resources have the same "
            "name, dbt will be unable to find the correct resource\nwhen looking for ref('{0}').\n\nTo fix this, "
            "change "
            "the name of the unversioned resource\n{1} ({2})\nor add the unversioned model to the versions in {3}",
            with.name, without.unique_id, without.original_file_path, with.patch_path),
        without.declared_at);
  }
}

std::vector<std::pair<NodeId, NodeId>> Manifest::same_names() const {
  std::vector<std::pair<NodeId, NodeId>> pairs;
  ByName<NodeId> seen;
  for (const Node& node : nodes) {
    if (!node.is_refable() || node.is_versioned()) continue;
    NodeId& last = seen.try_emplace(node.package_name + "." + node.name, no_id).first->second;
    if (last != no_id) pairs.emplace_back(last, node.id);
    last = node.id;
  }
  return pairs;
}

NodeId Manifest::find(std::string_view unique_id) const {
  auto found = by_unique_id_.find(unique_id);
  return found == by_unique_id_.end() ? no_id : found->second;
}

MacroId Manifest::find_macro(std::string_view unique_id) const {
  auto found = macro_by_unique_id_.find(unique_id);
  return found == macro_by_unique_id_.end() ? no_id : found->second;
}

/// dbt takes the nodes of the first package that has any of this name, and of those the first of a fitting kind.
std::optional<uint32_t> Manifest::find_disabled(std::string_view name, std::string_view package, bool any_package,
                                                bool (*is_kind)(ResourceType)) const {
  auto found = disabled_by_name_.find(name);
  if (found == disabled_by_name_.end()) return std::nullopt;
  if (any_package) package = disabled[found->second.front()].package_name;
  for (uint32_t i : found->second)
    if (disabled[i].package_name == package && is_kind(disabled[i].resource_type)) return i;
  return std::nullopt;
}

Manifest::RefResult Manifest::resolve_named(const ByName<std::vector<NodeId>>& names, std::string_view name,
                                            const std::optional<std::string>& package, std::string_view current_package,
                                            bool node_package_first, bool (*is_kind)(ResourceType)) const {
  static const std::vector<NodeId> nobody;
  auto found = names.find(name);
  const std::vector<NodeId>& candidates = found == names.end() ? nobody : found->second;
  std::optional<uint32_t> hidden;
  for (std::string_view wanted : search_order(project_name, current_package, package, node_package_first)) {
    if (is_any(wanted)) {
      if (candidates.size() > 1 && is_kind(ResourceType::model)) {
        std::vector<std::string> ids, packages;
        for (NodeId id : candidates) {
          ids.push_back(nodes[id].unique_id);
          packages.push_back(nodes[id].package_name);
        }
        throw Error(
            ErrorKind::compilation, "manifest/ambiguous-ref",
            fmt::format(
                "When referencing '{}', dbt found nodes in multiple packages: '{}'\nTo fix this, use two-argument "
                "'ref', with the package name first: '{}'",
                name, join(ids, "', '"), join(packages, "' or '")));
      }
      if (!candidates.empty()) return {Lookup::found, candidates.front()};
    } else {
      for (NodeId id : candidates)
        if (nodes[id].package_name == wanted) return {Lookup::found, id};
    }
    if (!hidden && !disabled.empty()) hidden = find_disabled(name, wanted, is_any(wanted), is_kind);
  }
  if (hidden) return {Lookup::disabled, *hidden};
  return {};
}

Manifest::RefResult Manifest::resolve_ref(std::string_view name, const std::optional<std::string>& package,
                                          const jinja::Value& version, std::string_view current_package,
                                          bool node_package_first) const {
  if (version.is_undefined() || !jinja::truth(version))
    return resolve_named(refable_by_name_, name, package, current_package, node_package_first, is_refable_type);
  std::string key(name);
  key += ".v";
  jinja::append_str(key, version);
  return resolve_named(refable_by_name_, key, package, current_package, node_package_first, is_refable_type);
}

Manifest::RefResult Manifest::resolve_source(std::string_view source, std::string_view table,
                                             std::string_view current_package, bool node_package_first) const {
  std::string key;
  key.reserve(source.size() + table.size() + 1);
  key.append(source).append(1, '.').append(table);
  return resolve_named(source_by_name_, key, std::nullopt, current_package, node_package_first, is_source_type);
}

Manifest::RefResult Manifest::resolve_function(std::string_view name, const std::optional<std::string>& package,
                                               std::string_view current_package, bool node_package_first) const {
  return resolve_named(function_by_name_, name, package, current_package, node_package_first, is_function_type);
}

const DocBlock* Manifest::resolve_doc(const std::optional<std::string>& package, std::string_view name,
                                      std::string_view current_package, bool node_package_first) const {
  auto found = doc_by_name_.find(name);
  if (found == doc_by_name_.end()) return nullptr;
  for (std::string_view wanted : search_order(project_name, current_package, package, node_package_first))
    for (uint32_t i : found->second)
      if (is_any(wanted) || docs[i].package_name == wanted) return &docs[i];
  return nullptr;
}

}  // namespace modelc
