// Node selection: dbt's grammar, methods, YAML selectors, indirect selection of tests, state comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "artifacts/artifacts.h"
#include "manifest/manifest.h"
#include "project/invocation.h"

namespace modelc {

/// What `state:`, `result:` and `source_status:` compare with. Not owned; any may be null.
struct StateInputs {
  const StateManifest* manifest = nullptr;
  const StateRunResults* run_results = nullptr;
  const jinja::Value* sources = nullptr;          ///< sources.json of the state folder
  const jinja::Value* current_sources = nullptr;  ///< sources.json of the target folder
  std::string state_dir;
};

struct SelectionRequest {
  std::vector<std::string> select, exclude;  ///< as given: each may hold several specs divided by blanks
  std::optional<std::string> selector;
  std::string indirect_selection = "eager";
  std::vector<ResourceType> types;          ///< what the command can run; empty = every kind
  std::vector<ResourceType> default_types;  ///< of these, what it runs without --resource-type; empty = all of them
  std::vector<std::string> resource_types, exclude_resource_types;  ///< --resource-type; may hold "all", "default"
  bool include_empty = false;  ///< also nodes whose file is blank: only `list` shows them
};

/// The selected nodes in ascending id. Fires NoNodesForSelectionCriteria and the like on invocation.events. Throws
/// Error{usage or runtime, "select/..."} in dbt's wording for a bad spec, an unknown selector, a selector cycle,
/// missing state.
std::vector<NodeId> select_nodes(const Invocation& invocation, const Project& project, const Manifest& manifest,
                                 const SelectionRequest& request, const StateInputs& state);

/// Reads selectors.yml of the root project, renders and checks all of it; empty when there is none. The parse layer
/// puts the result into Manifest::selectors; select_nodes reads the file itself when that is empty. Throws
/// Error{runtime, "select/bad-selectors"} in dbt's wording.
std::vector<SelectorDefinition> load_selectors(const Invocation& invocation, const Project& project);

/// The spec grammar of one token, `@? (n?+)? (method:)? value (+n?)?`; exposed for tests and the fuzz target.
struct SelectionCriteria {
  bool childrens_parents = false, parents = false, children = false;
  std::optional<uint32_t> parents_depth, children_depth;
  std::string method;                         ///< "fqn", "path", "config", ...
  std::vector<std::string> method_arguments;  ///< config.a.b -> {"a", "b"}
  std::string value;
  jinja::Value typed_value;  ///< of a YAML selector whose value is no string; else undefined
  std::string raw;
};
/// Throws Error{runtime, "select/bad-spec" or "select/unknown-method"}.
SelectionCriteria parse_criteria(std::string_view token);

/// Does the node differ from its entry in the state manifest? `part` is "", "body", "configs", "relation",
/// "persisted_descriptions", "macros", "contract". `invocation` gives the flags and takes the warnings. Costs a look at
/// all macros for "" and "macros": the selection itself does that once for all nodes.
bool is_modified(const Invocation& invocation, const Manifest& manifest, const Node& node, const StateManifest& state,
                 std::string_view part);

}  // namespace modelc
