// Alerts: one message to a webhook or by mail when a run has failed. docs/alerts.md describes them for users.
#pragma once

#include <string_view>

#include "cli/session.h"
#include "run/run.h"

namespace modelc {

/// Sends what the project's var `modelc_alerts` asks for, when a result is one of its outcomes; at most once a session.
/// What is wrong with the settings, or with the other end, is a warning: never throws, and changes no exit code.
void alert_on_results(Session& session, const RunOutcome& outcome);
/// The same for a command that ended with an error before, or without, results. Only for commands that do a job.
void alert_on_error(Session& session, std::string_view error);

}  // namespace modelc
