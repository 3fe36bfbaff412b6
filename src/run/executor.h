// Runs the selected nodes on worker threads in the queue's order. Internal to the run folder.
#pragma once

#include <chrono>
#include <vector>

#include "run/node_task.h"

namespace modelc {

struct ExecutorOptions {
  int threads = 1;
  bool fail_fast = false;
  bool keep_edges = true;                  ///< false: no order (clone)
  bool skip_after_failed_tests = false;    ///< build: a failed or skipped node also skips what is downstream
  bool stop_at_first_error = false;        ///< compile, show
  std::chrono::milliseconds head_start{};  ///< Adapter::head_start(), for commands whose nodes write
};

struct ExecutorResult {
  std::vector<RunResult>
      results;  ///< in order of completion; ephemeral models left out as in dbt, unless `keep_ephemeral`
  bool interrupted = false;
  const RunResult* stopped_by = nullptr;  ///< fail_fast, stop_at_first_error: the result that ended the run
};

/// Runs `selected` and gives every one of them a result. `main` is the caller's session; it serves the first worker.
/// Connections of further workers are opened as they start.
ExecutorResult execute_nodes(RunShared& shared, SqlSession& main, const std::vector<NodeId>& selected,
                             const ExecutorOptions& options);

/// The result of a node that the end of the run kept from running.
constexpr std::string_view skipped_by_interrupt = "Skipping due to interrupt";
RunResult unrun_result(const Node& node, std::string_view message);

/// "3 of 14": how many nodes count, for the total of log lines.
int count_of_nodes(const Manifest& manifest, const std::vector<NodeId>& selected);

}  // namespace modelc
