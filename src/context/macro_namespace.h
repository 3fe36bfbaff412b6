// Which macro a name means, as dbt decides it, and the calling of macros.
//
// One MacroNamespace serves the whole invocation and all threads: it only reads the manifest's macros. Nothing is
// copied per node: a context asks for names one at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jinja/render.h"
#include "manifest/manifest.h"
#include "project/project.h"

namespace modelc {

/// Lets maps keyed by strings be searched by views without a copy.
struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
};
template <class T>
using NameMap = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

class MacroNamespace {
 public:
  MacroNamespace(const std::vector<Macro>& macros, const Project& project, const AdapterTraits& traits);

  /// An unqualified name seen from `package`: that package's macro, else the root project's, else the embedded ones
  /// (adapter, its parents, dbt). no_id when there is none.
  MacroId find(std::string_view name, std::string_view package) const;
  /// `package.name`. "dbt" stands for every embedded package.
  MacroId find_in_package(std::string_view package, std::string_view name) const;
  bool is_package(std::string_view name) const;
  /// Names of the macros that `package.` offers, sorted; for listings and for dict-like access.
  std::vector<std::string> names_in_package(std::string_view package) const;
  /// adapter.dispatch: candidates by the project's `dispatch:` search order, prefixes adapter, parents, default. The
  /// adapter may complement a package that knows nothing of it: its macro sqlite__dbt_utils__star stands behind
  /// dbt_utils' own sqlite__star and before dbt_utils' default__star. Without complements the answer is dbt's.
  MacroId dispatch(std::string_view name, const std::optional<std::string>& macro_namespace, std::string_view package,
                   std::vector<std::string>* tried = nullptr, bool with_complements = true) const;
  /// Adapter-specific before default, root before installed before embedded (dbt's find_materialization_macro_by_name).
  MacroId materialization(std::string_view name) const;
  /// generate_schema_name and friends: the node's package's own, else the root's, else dbt's.
  MacroId find_generate(std::string_view component, std::string_view package) const;
  /// dbt's MacroResolver, which names the macros that a text depends on: the given package first ("dbt_sqlite" counts
  /// as a package here), then the root project, any installed package, the embedded ones.
  MacroId resolve(std::string_view name, std::string_view package) const;
  const Macro& macro(MacroId id) const { return (*macros_)[id]; }
  const AdapterTraits& traits() const { return *traits_; }

 private:
  bool is_embedded(std::string_view package) const;

  const std::vector<Macro>* macros_;
  const Project* project_;
  const AdapterTraits* traits_;
  NameMap<NameMap<MacroId>> by_package_;
  NameMap<MacroId> embedded_;                ///< all embedded packages as one, the adapter's own macros winning
  NameMap<MacroId> by_name_;                 ///< embedded, overlaid by installed packages, overlaid by the root
  std::vector<std::string> embedded_order_;  ///< "dbt_sqlite", its parents, "dbt"
  std::vector<std::string> prefixes_;        ///< "sqlite__", parents', "default__"
  std::string root_;
};

}  // namespace modelc
