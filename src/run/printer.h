// The lines of a run, in dbt's words, as dbt's events (dbt: task/printer.py, events/types.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/artifacts.h"
#include "events/events.h"
#include "manifest/manifest.h"

namespace modelc {

/// Where a line stands: "3 of 14". Without numbers nothing is printed.
struct LineNumber {
  size_t index = 0, total = 0;
};

/// Fires events on the invocation's bus. Cheap to copy; any thread.
class Printer {
 public:
  Printer(const Invocation& invocation, const Manifest& manifest) : invocation_(invocation), manifest_(manifest) {}

  // ---- around the run
  void found(std::string_view stat_line) const;                       ///< "Found 5 models, 3 seeds"
  void concurrency(int threads, std::string_view target_name) const;
  void nothing_to_do() const;
  void blank() const;
  void finished(std::string_view stat_line, double seconds) const;
  /// "Completed successfully" or what went wrong, every error and warning in full, and the "Done. PASS=..." line.
  void summary(const std::vector<RunResult>& results, bool interrupted) const;

  // ---- one node; `description` is dbt's, as "sql table model main.customers"
  void node_start(const Node& node, const jinja::Value& info) const;   ///< debug
  void node_compiling(const Node& node, const jinja::Value& info) const;
  void node_executing(const Node& node, const jinja::Value& info) const;
  void node_finished(const Node& node, const jinja::Value& info) const;
  void start_line(LineNumber at, std::string_view description, const jinja::Value& info) const;
  /// A finished node of any kind but tests and sources. `message` is the adapter's ("OK", "SELECT 3", "INSERT 5").
  void result_line(LineNumber at, const Node& node, std::string_view description, const RunResult& result, const jinja::Value& info) const;
  void test_line(LineNumber at, const Node& node, const RunResult& result, const jinja::Value& info) const;
  void freshness_line(LineNumber at, const Node& node, const RunResult& result, const jinja::Value& info) const;
  void skip_line(LineNumber at, const Node& node, const jinja::Value& info) const;
  void no_op_line(LineNumber at, std::string_view description, double seconds, const jinja::Value& info) const;
  void hook_start(LineNumber at, std::string_view statement, const jinja::Value& info) const;
  void hook_end(LineNumber at, std::string_view statement, RunStatus status, double seconds, const jinja::Value& info) const;
  void batch_start(LineNumber at, std::string_view description, const jinja::Value& info) const;
  void batch_end(LineNumber at, std::string_view description, std::string_view status, double seconds, const jinja::Value& info) const;

 private:
  void fire(std::string name, std::string code, EventLevel level, std::string message, jinja::Value data = jinja::Value::dict(),
            const jinja::Value& info = {}) const;
  void failure(const RunResult& result, bool is_warning) const;
  std::string line(LineNumber at, std::string_view message, std::string_view status, std::optional<double> seconds, bool truncate = false) const;
  std::string green(std::string_view text) const;
  std::string yellow(std::string_view text) const;
  std::string red(std::string_view text) const;

  const Invocation& invocation_;
  const Manifest& manifest_;
};

/// dbt's node_info dict of a node's events. Times are empty strings until known; status is "started", "compiling", ...
jinja::Value node_info(const Node& node, std::string_view status, Micros started_at, Micros finished_at);

/// "2 incremental models, 1 seed, 20 data tests": of the nodes that ran, hooks as "project hooks". `by_materialization` is
/// how the "Finished running" line counts models.
std::string count_line(const Manifest& manifest, const std::vector<NodeId>& nodes, bool by_materialization);
/// What the "Found" line counts: everything in the project, macros included.
std::string project_stat_line(const Manifest& manifest);

}  // namespace modelc
