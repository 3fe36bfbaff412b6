// retry: the failed and skipped nodes of the last run, with that run's flags.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/alerts.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/execute.h"
#include "jinja/json.h"

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

void take_bool(const jinja::Value& args, std::string_view key, bool& flag) { flag = args.get_bool(key, flag); }
void take_text(const jinja::Value& args, std::string_view key, std::optional<std::string>& flag) {
  if (const auto value = args.get(key); value.is_string() && !value.as_string().empty()) flag = value.as_string();
}

/// The flags of the earlier run that shape what is built; paths and what this command line gave stay (dbt: RetryTask).
void adopt_flags(Session& session, const jinja::Value& args) {
  Flags& flags = session.invocation.flags;
  if (!given(session, "full_refresh")) take_bool(args, "full_refresh", flags.full_refresh);
  take_bool(args, "empty", flags.empty);
  take_bool(args, "store_failures", flags.store_failures);
  take_bool(args, "favor_state", flags.favor_state);
  take_bool(args, "fail_fast", flags.fail_fast);
  take_text(args, "event_time_start", flags.event_time_start);
  take_text(args, "event_time_end", flags.event_time_end);
  take_text(args, "sample", flags.sample);
  if (!given(session, "target")) take_text(args, "target", flags.target);
  if (!given(session, "profile")) take_text(args, "profile", flags.profile);
  if (!given(session, "vars") && args.get("vars").is_dict()) flags.cli_vars = args.get("vars");
  if (!given(session, "threads") && args.get("threads").is_int())
    flags.threads = static_cast<int>(args.get("threads").as_int());
  take_text(args, "macro", flags.macro_name);
  if (const auto value = args.get("args"); value.is_dict()) flags.args_yaml = jinja::to_json(value);
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

int command_retry(Session& session) {
  const StateRunResults previous = previous_results(session);
  const std::string command =
      previous.args.get_string("which") == "generate" ? "docs generate" : previous.args.get_string("which");
  session.invocation.flags.state.reset();
  adopt_flags(session, previous.args);
  session.invocation.command = command;
  if (command == "run-operation") return command_run_operation(session);

  load_and_parse(session);
  load_state(session);
  connect(session);
  const Manifest& manifest = session.parsed->manifest;
  std::vector<NodeId> nodes;
  for (const auto& result : previous.results) {
    if (!is_retryable(result.status, session.flags().warn_error)) continue;
    if (const NodeId id = manifest.find(result.unique_id);
        id != no_id && manifest.node(id).resource_type != ResourceType::operation) {
      nodes.push_back(id);
    }
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const RunOutcome outcome = execute_nodes(session, task_kind(command), std::move(nodes), &previous);
  write_run_artifacts(session, outcome);
  alert_on_results(session, outcome);
  return outcome.exit_code();
}

}  // namespace modelc
