// The whole project as data: every node, macro, doc and group with their resolved dependencies.
//
// The parse layer fills a Manifest and calls freeze(); from then on it is const and shared by all threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "manifest/graph.h"
#include "manifest/node_list.h"
#include "project/project.h"

namespace modelc {

/// One entry of selectors.yml. load_selectors() in select/select.h fills it.
struct SelectorDefinition {
  std::string name, description;
  jinja::Value definition;      ///< as in selectors.yml, rendered
  jinja::Value is_default;      ///< bool or undefined
  jinja::Value manifest_entry;  ///< dict as dbt writes it to manifest.json: strings taken apart, references replaced
  Span span;
};

class Manifest {
 public:
  NodeList nodes;             ///< enabled ones of every kind; index = NodeId. Order: by kind, then file, then place
  NodeList disabled;          ///< not in the graph
  std::vector<Macro> macros;  ///< index = MacroId
  std::vector<DocBlock> docs;
  std::vector<Group> groups;
  std::vector<SelectorDefinition> selectors;
  const AdapterTraits* adapter = nullptr;
  std::string project_name;
  std::string user_id;
  std::vector<NodeId> on_run_start, on_run_end;  ///< operations in order

  /// Builds the indexes and the graph. Throws Error{compilation, "manifest/cycle"} naming the whole path with dbt's
  /// "Found a cycle: ...", and what index() and check_unique_names() throw.
  void freeze();

  const Node& node(NodeId id) const { return nodes[id]; }
  NodeId find(std::string_view unique_id) const;  ///< no_id when absent
  MacroId find_macro(std::string_view unique_id) const;
  const Graph& graph() const { return graph_; }

  /// dbt's ref lookup (models, seeds, snapshots). `version` undefined = the latest or the unversioned one.
  /// `node_package_first`: dbt's flag require_ref_searches_node_package_before_root. Throws Error{compilation,
  /// "manifest/ambiguous-ref"} when only other packages than the root and the node's own have the name, and several do.
  enum class Lookup : uint8_t { found, missing, disabled };
  struct RefResult {
    Lookup status = Lookup::missing;
    NodeId id = no_id;  ///< found: index into nodes; disabled: index into disabled
  };
  RefResult resolve_ref(std::string_view name, const std::optional<std::string>& package, const jinja::Value& version,
                        std::string_view current_package, bool node_package_first = false) const;
  RefResult resolve_source(std::string_view source, std::string_view table, std::string_view current_package,
                           bool node_package_first = false) const;
  RefResult resolve_function(std::string_view name, const std::optional<std::string>& package,
                             std::string_view current_package, bool node_package_first = false) const;
  const DocBlock* resolve_doc(const std::optional<std::string>& package, std::string_view name,
                              std::string_view current_package, bool node_package_first = false) const;

  /// Builds only the lookup indexes (needed while linking, before depends_on is complete). Sets Node::id and Macro::id.
  /// Throws Error{compilation, "manifest/duplicate-name"} for two things with one unique id.
  void index();

  /// dbt's check after linking: two nodes with one name in the database (Error{compilation,
  /// "manifest/ambiguous-alias"}), a name with and without versions ("manifest/versioned-and-unversioned").
  void check_unique_names() const;
  /// Pairs of unversioned models, seeds and snapshots of one package with one name, the earlier first: dbt warns of
  /// them, or throws duplicate_name_error(first, second) under the flag require_unique_project_resource_names.
  std::vector<std::pair<NodeId, NodeId>> same_names() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  std::optional<uint32_t> find_disabled(std::string_view name, std::string_view package, bool any_package,
                                        bool (*is_kind)(ResourceType)) const;
  RefResult resolve_named(const ByName<std::vector<NodeId>>& names, std::string_view name,
                          const std::optional<std::string>& package, std::string_view current_package,
                          bool node_package_first, bool (*is_kind)(ResourceType)) const;

  std::unordered_map<std::string_view, NodeId> by_unique_id_;  // the nodes' own texts
  ByName<MacroId> macro_by_unique_id_;
  ByName<std::vector<NodeId>> refable_by_name_;  // name -> one candidate a package
  ByName<std::vector<NodeId>> source_by_name_;   // "source.table"
  ByName<std::vector<NodeId>> function_by_name_;
  ByName<std::vector<uint32_t>> disabled_by_name_;
  ByName<std::vector<uint32_t>> doc_by_name_;
  Graph graph_;
};

/// What dbt prints as a node's subject in errors: "model customers (models/customers.sql)".
std::string node_subject(const Node& node);

/// dbt's 'dbt found two models with the name "x"...' for a node found second and the one that was there first.
Error duplicate_name_error(const Node& found, const Node& existing);

}  // namespace modelc
