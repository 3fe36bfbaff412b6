#include "cli/cli.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>

#include "cli/alerts.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/timings_report.h"
#include "jinja/json.h"

namespace modelc {
namespace {

constexpr Command commands[] = {
    {"build", true, command_run},
    {"clean", true, command_clean},
    {"clone", true, command_run},
    {"compile", true, command_compile},
    {"debug", false, command_debug},
    {"deps", true, command_deps},
    {"docs generate", true, command_docs_generate},
    {"init", false, command_init},
    {"list", true, command_list},
    {"parse", true, command_parse},
    {"retry", true, command_retry},
    {"run", true, command_run},
    {"run-operation", true, command_run_operation},
    {"seed", true, command_run},
    {"show", true, command_show},
    {"snapshot", true, command_run},
    {"source freshness", true, command_freshness},
    {"test", true, command_run},
};

void summarize_deprecations(Session& session) {
  const auto counts = session.events->deprecation_counts();
  if (counts.empty()) return;
  std::string text = "[WARNING][DeprecationsSummary]: Deprecated functionality\nSummary of encountered deprecations:";
  jinja::Value summaries = jinja::Value::list();
  for (const auto& [name, seen] : counts) {
    text += fmt::format("\n- {}: {} occurrence{}", name, seen.occurrences, seen.occurrences == 1 ? "" : "s");
    summaries.as_list().push_back(jinja::Value::dict({{"event_name", jinja::Value(name)},
                                                      {"event_code", jinja::Value(seen.code)},
                                                      {"occurrences", jinja::Value(seen.occurrences)}}));
  }
  if (!session.flags().show_all_deprecations) {
    text +=
        "\nTo see every instance and not only the first of each, run the command again with --show-all-deprecations.";
  }
  say(session, "DeprecationsSummary", "D028", EventLevel::warn, text,
      jinja::Value::dict(
          {{"summaries", summaries}, {"show_all_hint", jinja::Value(!session.flags().show_all_deprecations)}}));
}

/// What the process has used so far, as dbt tells it: counts are texts.
jinja::Value resource_report(const Session& session, bool success, double elapsed) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return jinja::Value::dict({{"command_name", jinja::Value(session.invocation.command)},
                             {"command_success", jinja::Value(success)},
                             {"command_wall_clock_time", jinja::Value(elapsed)},
                             {"process_in_blocks", jinja::Value(std::to_string(usage.ru_inblock))},
                             {"process_kernel_time", jinja::Value(seconds(usage.ru_stime))},
                             {"process_mem_max_rss", jinja::Value(std::to_string(usage.ru_maxrss))},
                             {"process_out_blocks", jinja::Value(std::to_string(usage.ru_oublock))},
                             {"process_user_time", jinja::Value(seconds(usage.ru_utime))}});
}

void complete(Session& session, bool success) {
  summarize_deprecations(session);
  const double elapsed = (monotonic_nanos() - session.started_ns) / 1e9;
  const jinja::Value report = resource_report(session, success, elapsed);
  say(session, "ResourceReport", "Z051", EventLevel::debug, "Resource report: " + jinja::to_json(report), report);
  say(session, "CommandCompleted", "Q039", EventLevel::debug,
      fmt::format("Command `modelc {}` {} at {} after {:.2f} seconds", session.invocation.command,
                  success ? "succeeded" : "failed", format_iso_naive(now_micros()).substr(11), elapsed),
      jinja::Value::dict({{"command", jinja::Value("modelc " + session.invocation.command)},
                          {"completed_at", jinja::Value(format_iso_utc(now_micros()))},
                          {"elapsed", jinja::Value(elapsed)},
                          {"success", jinja::Value(success)}}));
  if (session.flags().timings) report_timings(session);
}

int run_command(Session& session, const Command& command, ParsedCommandLine parsed) {
  int code = exit_error;
  try {
    start_session(session, std::move(parsed), command.needs_project);
    code = command.run(session);
  } catch (const std::exception& error) {
    report_error(session, error);
    alert_on_error(session, error_text(error));
  }
  if (session.events) complete(session, code == exit_success);
  return code;
}

}  // namespace

const Command* find_command(std::string_view name) {
  for (const auto& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

int run_cli(const std::vector<std::string>& argv, const std::map<std::string, std::string>& environment) {
  Session session;
  session.started_ns = monotonic_nanos();
  ParsedCommandLine parsed;
  try {
    parsed = parse_command_line(argv, environment);
  } catch (const std::exception& error) {
    report_error(session, error);
    return exit_error;
  }
  if (parsed.print_and_exit) {
    fmt::print(parsed.lacks_command ? stderr : stdout, "{}", *parsed.print_and_exit);
    return parsed.lacks_command ? exit_error : exit_success;
  }
  const Command* command = find_command(parsed.invocation.command);
  if (!command) {
    fmt::print(stderr, "Usage Error\n  the command '{}' is not available in this version\n", parsed.invocation.command);
    return exit_error;
  }
  const int code = run_command(session, *command, std::move(parsed));
  // The process ends here: giving a manifest of thousands of nodes back piece by piece would only take time.
  static_cast<void>(session.parsed.release());
  return code;
}

}  // namespace modelc
