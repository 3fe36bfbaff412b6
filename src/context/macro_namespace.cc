#include "context/macro_namespace.h"

#include <algorithm>

namespace modelc {
namespace {

MacroId find_name(const NameMap<MacroId>& names, std::string_view name) {
  auto found = names.find(name);
  return found == names.end() ? no_id : found->second;
}

}  // namespace

MacroNamespace::MacroNamespace(const std::vector<Macro>& macros, const Project& project, const AdapterTraits& traits)
    : macros_(&macros), project_(&project), traits_(&traits), root_(project.root().project.name) {
  prefixes_.push_back(std::string(traits.type) + "__");
  embedded_order_.push_back("dbt_" + std::string(traits.type));
  for (std::string_view parent : traits.parents) {
    prefixes_.push_back(std::string(parent) + "__");
    embedded_order_.push_back("dbt_" + std::string(parent));
  }
  prefixes_.push_back("default__");
  embedded_order_.push_back("dbt");

  for (MacroId id = 0; id < macros.size(); ++id) by_package_[macros[id].package_name].emplace(macros[id].name, id);
  for (const std::string& package : embedded_order_) {
    auto found = by_package_.find(package);
    if (found == by_package_.end()) continue;
    for (const auto& [name, id] : found->second) embedded_.emplace(name, id);  // the first one wins
  }
  by_name_ = embedded_;
  for (const Package& package : project.packages) {
    if (package.is_root || is_embedded(package.project.name)) continue;
    auto found = by_package_.find(package.project.name);
    if (found == by_package_.end()) continue;
    for (const auto& [name, id] : found->second) by_name_[name] = id;
  }
  if (auto found = by_package_.find(root_); found != by_package_.end())
    for (const auto& [name, id] : found->second) by_name_[name] = id;
}

bool MacroNamespace::is_embedded(std::string_view package) const {
  return std::find(embedded_order_.begin(), embedded_order_.end(), package) != embedded_order_.end();
}

MacroId MacroNamespace::find(std::string_view name, std::string_view package) const {
  if (!is_embedded(package)) {
    if (auto own = by_package_.find(package); own != by_package_.end())
      if (MacroId id = find_name(own->second, name); id != no_id) return id;
  }
  if (package != root_) {
    if (auto root = by_package_.find(root_); root != by_package_.end())
      if (MacroId id = find_name(root->second, name); id != no_id) return id;
  }
  return find_name(embedded_, name);
}

MacroId MacroNamespace::find_in_package(std::string_view package, std::string_view name) const {
  if (package == "dbt") return find_name(embedded_, name);
  if (is_embedded(package)) return no_id;
  auto found = by_package_.find(package);
  return found == by_package_.end() ? no_id : find_name(found->second, name);
}

bool MacroNamespace::is_package(std::string_view name) const {
  return name == "dbt" || (by_package_.contains(name) && !is_embedded(name));
}

std::vector<std::string> MacroNamespace::names_in_package(std::string_view package) const {
  std::vector<std::string> names;
  const NameMap<MacroId>* map = package == "dbt" ? &embedded_ : nullptr;
  if (!map && !is_embedded(package)) {
    auto found = by_package_.find(package);
    if (found != by_package_.end()) map = &found->second;
  }
  if (map)
    for (const auto& entry : *map) names.push_back(entry.first);
  std::sort(names.begin(), names.end());
  return names;
}

MacroId MacroNamespace::dispatch(std::string_view name, const std::optional<std::string>& macro_namespace,
                                 std::string_view package, std::vector<std::string>* tried,
                                 bool with_complements) const {
  std::vector<std::string> search;
  if (macro_namespace) {
    for (const DispatchRule& rule : project_->root().project.dispatch)
      if (rule.macro_namespace == *macro_namespace) search = rule.search_order;
    if (search.empty() && (project_->find(*macro_namespace) || is_embedded(*macro_namespace)))
      search = {root_, *macro_namespace};
  }
  std::string candidate;
  auto attempt = [&](const std::string* from) {
    for (const std::string& prefix : prefixes_) {
      candidate.assign(prefix).append(name);
      MacroId id = from ? find_in_package(*from, candidate) : find(candidate, package);
      if (tried) tried->push_back(from ? *from + "." + candidate : candidate);
      if (id != no_id) return id;
      if (with_complements && from && *from == *macro_namespace) {
        candidate.assign(prefix).append(*macro_namespace).append("__").append(name);
        if (id = find_name(embedded_, candidate); id != no_id) return id;
      }
    }
    return no_id;
  };
  if (search.empty()) return attempt(nullptr);
  for (const std::string& from : search)
    if (MacroId id = attempt(&from); id != no_id) return id;
  return no_id;
}

MacroId MacroNamespace::materialization(std::string_view name) const {
  // dbt's flag require_explicit_package_overrides_for_builtin_materializations, on unless the project switches it off.
  bool packages_may_override =
      !project_->root().project.flags.get_bool("require_explicit_package_overrides_for_builtin_materializations", true);
  for (const std::string& prefix : prefixes_) {
    std::string full = "materialization_" + std::string(name) + "_" + prefix.substr(0, prefix.size() - 2);
    if (MacroId id = find_in_package(root_, full); id != no_id) return id;
    MacroId core = find_name(embedded_, full);
    if (core != no_id && !packages_may_override) return core;
    for (const Package& package : project_->packages) {
      if (package.is_root || is_embedded(package.project.name)) continue;
      if (MacroId id = find_in_package(package.project.name, full); id != no_id) {
        bool overrides_core = false;
        for (const std::string& other : prefixes_)
          overrides_core |=
              embedded_.contains("materialization_" + std::string(name) + "_" + other.substr(0, other.size() - 2));
        if (!overrides_core || packages_may_override) return id;
      }
    }
    if (core != no_id) return core;
  }
  return no_id;
}

MacroId MacroNamespace::find_generate(std::string_view component, std::string_view package) const {
  std::string name = "generate_" + std::string(component) + "_name";
  if (package != root_ && !is_embedded(package))
    if (MacroId id = find_in_package(package, name); id != no_id) return id;
  return find(name, root_);
}

MacroId MacroNamespace::resolve(std::string_view name, std::string_view package) const {
  if (auto found = by_package_.find(package); found != by_package_.end())
    if (MacroId id = find_name(found->second, name); id != no_id) return id;
  return find_name(by_name_, name);
}

}  // namespace modelc
