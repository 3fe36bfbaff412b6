// Nodes that stand in YAML alone: sources, exposures, groups, unit tests, metrics and their kin.
#pragma once

#include "parse/schema_yaml.h"
#include "parse/state.h"

namespace modelc {

/// Every source table as a draft, `overrides` applied, and the tests on it. Warns about overrides without a target.
std::vector<DraftPtr> build_sources(ParseState& state, const std::vector<SchemaFile>& files);

std::vector<DraftPtr> build_exposures(ParseState& state, const std::vector<SchemaFile>& files);

void build_groups(ParseState& state, const std::vector<SchemaFile>& files);

/// Unit tests with their rows normalized; the tested model is found later. `seeds` gives the rows of seeds that a test
/// names without rows.
std::vector<DraftPtr> build_unit_tests(ParseState& state, const std::vector<SchemaFile>& files,
                                       const std::vector<DraftPtr>& drafts);

/// Metrics, semantic models, saved queries: checked for shape and written to the manifest; never run.
std::vector<DraftPtr> build_semantic(ParseState& state, const std::vector<SchemaFile>& files);

}  // namespace modelc
