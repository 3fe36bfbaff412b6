// The first line of the input is the project file's `profile`, the rest is profiles.yml: a target comes out, or an
// Error.
#include <cstdlib>

#include "project/project.h"

using namespace modelc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t newline = text.find('\n');
  if (newline == std::string::npos) return 0;
  MemoryFileSystem fs;
  fs.files["/p/profiles.yml"] = text.substr(newline + 1);
  SourceMap sources;
  Invocation invocation;
  invocation.command = "run";
  invocation.fs = &fs;
  invocation.sources = &sources;
  invocation.environment = {{"HOME", "/home"}, {"USER_NAME", "u"}, {"DBT_ENV_SECRET_X", "s3cret"}};
  invocation.flags.profiles_dir = "/p";
  ProjectFile project;
  project.root = "/p";
  project.name = "p";
  project.profile = text.substr(0, newline);
  try {
    const Target target = load_target(invocation, project);
    if (target.type.empty() || target.threads < 1 || !target_dict(target).is_dict()) std::abort();
  } catch (const Error& error) {
    render_diagnostic(error.diagnostic());
  }
  return 0;
}
