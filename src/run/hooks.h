// on-run-start and on-run-end. Internal to the run folder.
#pragma once

#include <string>
#include <vector>

#include "run/node_task.h"

namespace modelc {

enum class HookKind : uint8_t { on_run_start, on_run_end };

/// Runs the project's hooks in order, each outside of a transaction, and appends their results. After a failure the
/// rest is skipped. `extra` holds names for their templates: results, schemas, database_schemas. False when one failed.
/// Throws what compiling a hook throws.
bool run_hooks(RunShared& shared, SqlSession& session, HookKind kind,
               const std::vector<std::pair<std::string, jinja::Value>>& extra, std::vector<RunResult>& results);

/// What on-run-end sees of the run.
std::vector<std::pair<std::string, jinja::Value>> end_hook_names(RunShared& shared,
                                                                 const std::vector<RunResult>& results);

}  // namespace modelc
