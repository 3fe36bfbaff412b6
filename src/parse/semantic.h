// The semantic layer: metrics, semantic models, saved queries. Read into manifest form, linked by name, never run.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Fills what only the whole project tells: depends_on, input_measures, node_relation; into the nodes and their
/// manifest entries. To be called after ids are final. Faults go to state.errors.
void link_semantic(ParseState& state, Manifest& manifest);

}  // namespace modelc
