// Running selected nodes on the database: scheduler, one task per kind of resource, results.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "artifacts/artifacts.h"
#include "base/timings.h"
#include "compile/compile.h"
#include "select/select.h"

namespace modelc {

/// What a command does with a node.
enum class TaskKind : uint8_t { build, run, test, seed, snapshot, compile, show, freshness, clone };

struct RunRequest {
  TaskKind kind = TaskKind::run;
  std::vector<NodeId> nodes;                  ///< selected, ascending
  StateInputs state;                          ///< --defer, retry
  const StateRunResults* previous = nullptr;  ///< retry: what ran before (microbatch batches)
  Timings* timings = nullptr;                 ///< gets the stages of the run, where somebody asks for them
};

struct RunOutcome {
  std::vector<RunResult> results;  ///< in order of completion, hooks included as dbt does
  double elapsed_seconds = 0;
  bool interrupted = false;
  CompiledCodes compiled;
  /// What an on-run-end hook threw while it was compiled: the caller throws it on once the results are written.
  std::exception_ptr failure;
  /// 0 = all well, 1 = some node failed.
  int exit_code() const;
};

/// Runs everything, fires dbt's events (start, end, summary), writes target/compiled and target/run. Node errors become
/// results; errors that stop the whole run (no connection, on-run-start failing) are thrown. Handles SIGINT/SIGTERM:
/// cancels, marks the rest skipped.
RunOutcome run_nodes(const CompileEnvironment& environment, const RunRequest& request);

/// run-operation: calls one macro with keyword arguments inside a transaction that is committed at the end.
RunOutcome run_operation(const CompileEnvironment& environment, const std::string& macro_name,
                         const jinja::Value& args);

/// The rows of a compiled node through the get_show_sql macro; `limit` < 0 = all. For show --inline.
std::shared_ptr<const Table> show_rows(const CompileEnvironment& environment, const Node& node,
                                       const Compiled& compiled, Connection& connection, int limit);

/// docs generate: reads names, columns and statistics of every relation that the selected nodes and sources have.
std::vector<CatalogTable> collect_catalog(const CompileEnvironment& environment, const std::vector<NodeId>& nodes,
                                          std::vector<std::string>* errors);

}  // namespace modelc
