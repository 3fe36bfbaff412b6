// The command line: argv in, exit code out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace modelc {

/// dbt's exit codes.
inline constexpr int exit_success = 0;
inline constexpr int exit_node_failed = 1;  ///< the command ran, and some node failed
inline constexpr int exit_error = 2;        ///< the command could not do its work

/// Runs one command. `argv[0]` is the program. Never throws: every error is printed and becomes an exit code.
int run_cli(const std::vector<std::string>& argv, const std::map<std::string, std::string>& environment);

}  // namespace modelc
