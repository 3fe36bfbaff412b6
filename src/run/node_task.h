// One node on its way through a run, and the functions that do each kind's work. Internal to the run folder.
#pragma once

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "base/timings.h"
#include "compile/runtime_context.h"
#include "run/external_load.h"
#include "run/run.h"
#include "run/run_log.h"

namespace modelc {

/// What all nodes of a run share. Thread-safe once the run has begun.
struct RunShared {
  RunShared(const CompileEnvironment& e, const RunRequest& r)
      : environment(e), request(r), manifest(e.parsed.manifest), compiler(e), log(e) {}

  const CompileEnvironment& environment;
  const RunRequest& request;
  const Manifest& manifest;
  Compiler compiler;
  RunLog log;
  ExternalFaults external_faults;  ///< sources that could not be loaded
};

/// What executing a node came to.
struct Outcome {
  RunStatus status = RunStatus::success;
  std::string message;
  jinja::Value adapter_response = jinja::Value::dict();
  std::optional<int64_t> failures;
  std::optional<BatchResults> batch_results;
  jinja::Value extra;
};

/// A node in the hands of a worker. Lives on its stack.
struct NodeTask {
  NodeTask(RunShared& s, SqlSession& q, const Node& n, Position p) : shared(s), session(q), node(n), position(p) {
    state.node = &n;
  }

  RunShared& shared;
  SqlSession& session;
  const Node& node;
  Position position;
  NodeState state;
  std::vector<TimingInfo> timing;
  std::optional<Compiled> compiled;
  std::string build_path;  ///< target/run/... of what was executed last

  /// Changes the status that events carry from now on.
  void enter(std::string status);
  jinja::Value info() const { return session.node_info; }
};

/// Runs one node from its start line to its result line. Never throws: an error becomes the result.
RunResult run_node(RunShared& shared, SqlSession& session, const Node& node, Position position);
/// The result of a node that must not run, with dbt's log line. `cause` is the ephemeral model that failed, if any.
RunResult skip_node(RunShared& shared, const Node& node, Position position, const RunResult* cause);
/// The message of an error as dbt puts it into run_results.json.
std::string error_message(const Error& error, const std::string& build_path);
/// "sql table model main.customers", "seed file main.x", "test unique_x", ...
std::string describe_node(const RunShared& shared, const Node& node);

/// Calls the materialization of that name in the context and gives what it returned.
jinja::Value call_materialization(RunShared& shared, RuntimeContext& context, const std::string& materialization);
/// Checks a materialization's {'relations': [...]} and puts the relations into the cache.
void cache_relations(RuntimeContext& context, const jinja::Value& returned, const std::string& materialization);
/// The response of the statement `main`.
Outcome outcome_of_main(RuntimeContext& context);

// Each of these compiles (if need be) and executes; errors are thrown.
Outcome execute_model(NodeTask& task);       ///< models, seeds, snapshots, functions: model_task.cc
Outcome execute_microbatch(NodeTask& task);  ///< microbatch_task.cc
Outcome execute_data_test(NodeTask& task);   ///< test_task.cc
Outcome execute_unit_test(NodeTask& task);   ///< unit_test_task.cc
Outcome execute_freshness(NodeTask& task);   ///< freshness_task.cc
Outcome execute_clone(NodeTask& task);       ///< model_task.cc
Outcome execute_show(NodeTask& task);        ///< show_task.cc
Outcome execute_compile(NodeTask& task);     ///< model_task.cc

/// Is this a microbatch model whose batches modelc runs itself?
bool runs_in_batches(RunShared& shared, const Node& node);

/// Compiles into task.compiled, timed as "compile".
void compile_task(NodeTask& task, RuntimeContext& context, std::string_view split_suffix = {});

/// Times its own life as one step of the node ("compile", "execute").
class StepTimer {
 public:
  StepTimer(std::vector<TimingInfo>& steps, std::string name) : steps_(steps) {
    step_.name = std::move(name), step_.started_at = now_micros(), step_.cpu_ns = -thread_cpu_nanos();
  }
  ~StepTimer() {
    step_.completed_at = now_micros();
    step_.cpu_ns += thread_cpu_nanos();
    try {
      steps_.push_back(step_);
    } catch (const std::bad_alloc&) {  // a figure less
    }
  }
  StepTimer(const StepTimer&) = delete;

 private:
  std::vector<TimingInfo>& steps_;
  TimingInfo step_;
};

}  // namespace modelc
