// How an error is shown.
#pragma once

#include <exception>
#include <string>

#include "base/diagnostic.h"
#include "cli/session.h"

namespace modelc {

/// dbt's text of an error followed by the place, the caret, notes and the hint.
std::string describe(const Diagnostic& diagnostic);
/// The description of every finding.
std::string error_text(const std::exception& error);
/// Prints "Encountered an error:" and the description of every finding.
void report_error(Session& session, const std::exception& error);

}  // namespace modelc
