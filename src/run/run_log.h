// dbt's events of a run: their names, codes, levels, texts and fields (dbt: events/types.py, task/printer.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compile.h"
#include "run/run.h"

namespace modelc {

/// Where a node stands in the run: "3 of 14".
struct Position {
  int index = 0;
  int total = 0;
};

/// What a log line says of a node at one moment.
struct NodeState {
  const Node* node = nullptr;
  Micros started_at = 0, finished_at = 0;  ///< 0 = not yet
  std::string status;                      ///< "started", "compiling", "executing", "success", ...
  std::string relation_name;               ///< wins over the node's own
};

/// "1 of 28 START sql view model main.x ................ [RUN]": the message padded with dots to `width`.
std::string progress_line(std::string_view message, std::string_view status, const std::optional<Position>& position,
                          int width, std::optional<double> seconds = {}, bool truncate = false);

/// "3 table models", "1 seed": dbt's plurals of what was run or found.
std::string pluralize(size_t count, std::string_view singular, std::string_view plural = {});

/// Fires a run's events. Any thread.
class RunLog {
 public:
  explicit RunLog(const CompileEnvironment& environment);

  /// dbt's node_info; undefined when no output is JSON, since only that shows it.
  jinja::Value node_info(const NodeState& state) const;

  void found_stats() const;
  void blank() const;
  void concurrency(int threads, size_t nodes) const;
  void nothing_to_do() const;

  void node_start(const jinja::Value& info, const Node& node) const;
  void node_compiling(const jinja::Value& info, const Node& node) const;
  void node_executing(const jinja::Value& info, const Node& node) const;
  void node_finished(const jinja::Value& info, const Node& node, const RunResult& result) const;
  void start_line(const jinja::Value& info, const std::string& description, Position position) const;
  /// The result line of any kind of node. `description` is what start_line said.
  void result_line(const jinja::Value& info, const Node& node, const RunResult& result, const std::string& description,
                   Position position, const CompileEnvironment& environment) const;
  void skip_line(const jinja::Value& info, const Node& node, Position position) const;
  void ephemeral_skip_line(const Node& node, Position position, const RunResult& cause) const;
  void caught_error(const jinja::Value& info, const std::string& text) const;
  void marked_children(const RunResult& result) const;
  void cancel_line(const std::string& name) const;

  void hook_start(const jinja::Value& info, const std::string& statement, Position position) const;
  void hook_end(const jinja::Value& info, const std::string& statement, RunStatus status, Position position,
                double seconds) const;

  void batch_start(const jinja::Value& info, const std::string& description, Position position) const;
  void batch_result(const jinja::Value& info, const std::string& description, const std::string& status,
                    Position position, double seconds) const;

  void finished_running(const Manifest& manifest, const std::vector<RunResult>& results, double seconds) const;
  /// "Completed with ...", every error and warning, the statistics.
  void end_of_run(const Manifest& manifest, const CompiledCodes& codes, const std::vector<RunResult>& results,
                  bool interrupted) const;
  /// One failure in full, as fail-fast and freshness show it.
  void failure(const Manifest& manifest, const CompiledCodes& codes, const RunResult& result, bool is_warning) const;

  void note(std::string name, std::string code, EventLevel level, std::string message, jinja::Value data = {},
            jinja::Value info = {}) const;
  bool wants_debug() const { return events_.wants(EventLevel::debug); }
  std::string paint(std::string_view text, Color color) const;
  int width() const { return width_; }

 private:
  void statistics(const std::vector<RunResult>& results) const;

  const CompileEnvironment& environment_;
  EventBus& events_;
  int width_;
  bool json_;  ///< only then do events need data and node_info
};

}  // namespace modelc
