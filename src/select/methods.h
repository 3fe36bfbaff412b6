// The selection methods: which nodes match one criterion. Internal to the select folder.
#pragma once

#include <string>
#include <string_view>

#include "select/node_set.h"
#include "select/select.h"
#include "select/state.h"

namespace modelc {

/// What a method may look at.
struct MethodContext {
  const Invocation& invocation;
  const Project& project;
  const Manifest& manifest;
  const StateInputs& state;
  StateComparison* comparison = nullptr;  ///< built by the first state: criterion
};

bool is_selection_method(std::string_view name);
std::string selection_method_names();  ///< "fqn, tag, ..."

/// The nodes that match. Throws Error{runtime, "select/..."} in dbt's wording for values that a method does not take.
NodeSet matching_nodes(const MethodContext& context, const SelectionCriteria& criteria);

// Methods in files of their own.
NodeSet match_fqn(const MethodContext& context, const SelectionCriteria& criteria);     // match_fqn.cc
NodeSet match_path(const MethodContext& context, const SelectionCriteria& criteria);    // match_path.cc
NodeSet match_config(const MethodContext& context, const SelectionCriteria& criteria);  // match_config.cc
NodeSet match_state(const MethodContext& context, const SelectionCriteria& criteria);   // state.cc
NodeSet match_result(const MethodContext& context, const SelectionCriteria& criteria);
NodeSet match_source_status(const MethodContext& context, const SelectionCriteria& criteria);

/// Entries of manifest.json's `nodes`: models, seeds, snapshots, tests, analyses, operations.
bool is_manifest_node(const Node& node);

template <class Matches>
NodeSet nodes_where(const Manifest& manifest, Matches matches) {
  NodeSet set(manifest.nodes.size());
  for (const Node& node : manifest.nodes)
    if (matches(node)) set.add(node.id);
  return set;
}

}  // namespace modelc
