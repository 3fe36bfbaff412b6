// The whole project as data: every node, macro, doc and group with their resolved dependencies.
//
// The parse layer fills a Manifest and calls freeze(); from then on it is const and shared by all threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "manifest/graph.h"
#include "manifest/node.h"
#include "project/project.h"

namespace modelc {

struct SelectorDefinition {
  std::string name, description;
  jinja::Value definition;      ///< as in selectors.yml
  jinja::Value is_default;      ///< bool or undefined
  Span span;
};

class Manifest {
 public:
  std::vector<Node> nodes;         ///< enabled ones of every kind; index = NodeId. Order: by kind, then file, then place
  std::vector<Node> disabled;      ///< not in the graph
  std::vector<Macro> macros;       ///< index = MacroId
  std::vector<DocBlock> docs;
  std::vector<Group> groups;
  std::vector<SelectorDefinition> selectors;
  const AdapterTraits* adapter = nullptr;
  std::string project_name;
  std::string user_id;
  std::vector<NodeId> on_run_start, on_run_end;  ///< operations in order

  /// Builds the indexes and the graph. Throws Error{compilation, "manifest/cycle"} naming the whole path with dbt's
  /// "Found a cycle: ...", and "manifest/duplicate-name".
  void freeze();

  const Node& node(NodeId id) const { return nodes[id]; }
  NodeId find(std::string_view unique_id) const;       ///< no_id when absent
  MacroId find_macro(std::string_view unique_id) const;
  const Graph& graph() const { return graph_; }

  /// dbt's ref lookup (models, seeds, snapshots). `version` undefined = the latest or the unversioned one.
  enum class Lookup : uint8_t { found, missing, disabled };
  struct RefResult {
    Lookup status = Lookup::missing;
    NodeId id = no_id;
  };
  RefResult resolve_ref(std::string_view name, const std::optional<std::string>& package, const jinja::Value& version,
                        std::string_view current_package, bool node_package_first = false) const;
  RefResult resolve_source(std::string_view source, std::string_view table, std::string_view current_package) const;
  RefResult resolve_function(std::string_view name, const std::optional<std::string>& package, std::string_view current_package) const;
  const DocBlock* resolve_doc(const std::optional<std::string>& package, std::string_view name, std::string_view current_package) const;

  /// Builds only the lookup indexes (needed while linking, before depends_on is complete).
  void index();

 private:
  std::unordered_map<std::string, NodeId> by_unique_id_;
  std::unordered_map<std::string, MacroId> macro_by_unique_id_;
  std::unordered_map<std::string, std::vector<NodeId>> refable_by_name_;   // name -> candidates in all packages
  std::unordered_map<std::string, std::vector<NodeId>> source_by_name_;    // "source.table"
  std::unordered_map<std::string, std::vector<NodeId>> function_by_name_;
  std::unordered_map<std::string, std::vector<uint32_t>> disabled_by_name_;
  std::unordered_map<std::string, std::vector<uint32_t>> doc_by_name_;
  Graph graph_;
};

/// What dbt prints as a node's subject in errors: "model customers (models/customers.sql)".
std::string node_subject(const Node& node);

}  // namespace modelc
