// Macros and docs blocks of all packages.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Fills manifest.macros, builds the namespace, and resolves each macro's static dependencies. Duplicates within a
/// package are recorded as errors in dbt's words.
void collect_macros(ParseState& state);

/// Fills manifest.docs and the lookup by name.
void collect_docs(ParseState& state);

}  // namespace modelc
