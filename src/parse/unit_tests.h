// Unit tests (dbt: parser/unit_tests.py). Their fixtures are read with the files; their model is found once all are
// named.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Finds the tested model of each, makes one test a version where the model has versions, and moves those of disabled
/// models to manifest.disabled. Faults go to state.errors.
void bind_unit_tests(ParseState& state, Manifest& manifest, std::vector<Node>& unit_tests);

}  // namespace modelc
