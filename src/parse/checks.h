// What dbt checks once everything is linked, and the warnings that it gives then.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Before freezing: groups, access, snapshots, microbatch, names with blanks. Faults go to state.errors.
void check_nodes(ParseState& state);

/// After freezing: deprecated models, ambiguous names, unused paths in dbt_project.yml, microbatch inputs.
void warn_about_nodes(ParseState& state);

}  // namespace modelc
