// retry: the failed and skipped nodes of the last run, with that run's flags.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/alerts.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/execute.h"
#include "project/options.h"

namespace modelc {
namespace {

bool is_retryable(RunStatus status, bool warn_error) {
  switch (status) {
    case RunStatus::error:
    case RunStatus::fail:
    case RunStatus::skipped:
    case RunStatus::runtime_error:
    case RunStatus::partial_success:
      return true;
    case RunStatus::warn:
      return warn_error;
    default:
      return false;
  }
}

bool given(const Session& session, std::string_view name) {
  const auto& flags = session.given_flags;
  return std::find(flags.begin(), flags.end(), name) != flags.end();
}

/// The flags of the earlier run; paths, the log's shape and what this command line gave stay (dbt: RetryTask).
void adopt_flags(Session& session, const std::string& command, const jinja::Value& args) {
  const CommandSpec* spec = find_command_spec(command);
  if (!spec) {
    throw Error(ErrorKind::runtime, "cli/retry-command",
                fmt::format("The last command, '{}', cannot be retried", command), {},
                "retry repeats build, run, test, seed, snapshot, compile, clone, docs generate and run-operation");
  }
  std::vector<std::string> keep = {"log_path",    "output_path", "profiles_dir", "project_dir",
                                   "defer_state", "target_path", "warn_error"};
  for (std::string_view name : {"vars", "threads", "profile", "target", "full_refresh"}) {
    if (given(session, name)) keep.emplace_back(name);
  }
  session.invocation.flags.state.reset();
  adopt_args(session.invocation.flags, *spec, args, keep);
}

StateRunResults previous_results(Session& session) {
  const std::string dir = session.flags().state.value_or(session.flags().target_path.value_or("target"));
  auto results =
      read_run_results(*session.invocation.fs, path_join(path_join(session.project_root, dir), "run_results.json"));
  if (!results) {
    throw Error(ErrorKind::runtime, "cli/no-previous-run",
                fmt::format("Could not find previous run in '{}' target directory", dir), {},
                "retry repeats what failed in the last run of this project; run something first, or name its folder "
                "with --state");
  }
  return *results;
}

}  // namespace

namespace {

/// Ids of the previous run that have to run again. Operations do so only as run-operation itself.
std::vector<std::string> retryable_ids(const Session& session, const StateRunResults& previous,
                                       const std::string& command) {
  std::vector<std::string> ids;
  for (const auto& result : previous.results) {
    if (!is_retryable(result.status, session.flags().warn_error)) continue;
    if (command != "run-operation" && result.unique_id.starts_with("operation.")) continue;
    ids.push_back(result.unique_id);
  }
  return ids;
}

std::vector<NodeId> find_nodes(const Manifest& manifest, const std::vector<std::string>& ids) {
  std::vector<NodeId> nodes;
  for (const auto& unique_id : ids) {
    const NodeId id = manifest.find(unique_id);
    if (id == no_id) {
      throw Error(ErrorKind::unlabelled, "cli/retry-node",
                  fmt::format("Couldn't find model '{}' -- does it exist or is it disabled?", unique_id), {},
                  "it failed or was skipped in the run that is retried");
    }
    nodes.push_back(id);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

}  // namespace

int command_retry(Session& session) {
  const StateRunResults previous = previous_results(session);
  std::string command = previous.args.get_string("which");
  if (command == "generate") command = "docs generate";
  const std::vector<std::string> ids = retryable_ids(session, previous, command);
  adopt_flags(session, command, previous.args);
  session.invocation.command = command;
  if (command == "run-operation") return ids.empty() ? exit_success : command_run_operation(session);

  load_and_parse(session);
  load_state(session);
  connect(session);
  std::vector<NodeId> nodes = find_nodes(session.parsed->manifest, ids);
  if (command == "docs generate") return generate_docs(session, std::move(nodes), &previous);
  const RunOutcome outcome = execute_nodes(session, task_kind(command), std::move(nodes), &previous);
  write_run_artifacts(session, outcome);
  alert_on_results(session, outcome);
  return outcome.exit_code();
}

}  // namespace modelc
