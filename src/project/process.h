// Runs another program without a shell. Internal to the project folder.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace modelc {

struct ProcessResult {
  int exit_code = 0;       ///< 128 + signal when a signal ended it
  std::string out, error;  ///< what it wrote
};

/// Runs `arguments[0]`, found in PATH, in folder `directory`, with the process's environment changed by `environment`;
/// its standard input is empty. Throws Error{runtime, "project/process"} when it cannot be started.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& directory,
                          const std::map<std::string, std::string>& environment);

}  // namespace modelc
