// What --timings shows: a table of the stages and the slowest nodes, and a trace of everything.
#pragma once

#include <string>

#include "cli/session.h"

namespace modelc {

/// Prints the costs of the stages and of the ten nodes that took most CPU time, and writes target/timings.json.
void report_timings(Session& session);

/// The stages and the compile and execute phases of each node, on the threads that ran them, in the trace event format
/// that Perfetto (ui.perfetto.dev) and chrome://tracing open. Times are microseconds since 1970-01-01 UTC.
std::string trace_json(const std::vector<Timings::Stage>& stages, const std::vector<RunResult>& results);

}  // namespace modelc
