// Nodes that come from SQL, Python and CSV files and from on-run-start/-end: created with dbt's names, then rendered
// once for what they refer to.
#pragma once

#include "parse/state.h"

namespace modelc {

/// One draft for every model, snapshot block, analysis, singular test, seed, function and hook operation, in dbt's
/// order.
std::vector<DraftPtr> create_sql_drafts(ParseState& state);

/// Renders one draft in capture mode (Python models: scans for dbt.ref and the like). Any thread; throws Error.
void capture(const ParseState& state, Draft& draft);

/// A snapshot that stands in YAML alone: `relation: ref('x')`. Its SQL is a select of everything.
DraftPtr create_yaml_snapshot(ParseState& state, const LoadedFile& file, const std::string& name,
                              const std::string& relation, Span span);

/// dbt's statically_parse_ref_or_source: "ref('a', v=2)" or "source('a', 'b')" with literal arguments.
struct RefOrSource {
  std::optional<RefArgs> ref;
  std::optional<SourceRef> source;
};
/// Throws Error{parsing, "parse/bad-ref"} in dbt's words for anything else.
RefOrSource parse_ref_or_source(const Invocation& invocation, const std::string& expression, Span span);

/// Lists the dbt.ref, dbt.source and dbt.config calls of a Python model, and checks its model function.
void capture_python(const ParseState& state, Draft& draft);

}  // namespace modelc
