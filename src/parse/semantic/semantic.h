// The semantic layer: metrics, semantic models, saved queries. Read into manifest form (build_semantic in
// yaml_nodes.h), linked by name, checked as a whole, never run.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Fills what only the whole project tells: depends_on, input_measures, node_relation; into the nodes and their
/// manifest entries. To be called after ids are final. Faults go to state.errors.
void link_semantic(ParseState& state, Manifest& manifest);

/// The rules of dbt_semantic_interfaces for the whole semantic layer, once everything is linked. Each fault is an event
/// in dbt's wording; errors also go to state.errors as one "Semantic Manifest validation failed.".
void check_semantic(ParseState& state);

}  // namespace modelc
