// Questions to the user on the terminal, as click asks them.
#pragma once

#include <optional>
#include <string>

namespace modelc {

/// Asks until the answer fits and returns it. An empty answer takes `fallback` when there is one. `type` is "string",
/// "int", "float" or "bool"; `hidden` switches the echo off while the user types a secret. Throws Error{runtime,
/// "cli/aborted"} at the end of the input.
std::string prompt(const std::string& question, const std::optional<std::string>& fallback = {},
                   const std::string& type = "string", bool hidden = false);

/// A yes-or-no question, "no" by default.
bool confirm(const std::string& question);

}  // namespace modelc
