// deps and clean: what surrounds the models.
#include "project/housekeeping.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/cli.h"
#include "cli/commands.h"
#include "project/deps.h"

namespace modelc {

int command_clean(Session& session) {
  const ProjectFile project = load_project_file(session.invocation, session.project_root, nullptr);
  const auto& targets = project.clean_targets;
  const auto cleans = [&](std::string_view path) {
    return std::find(targets.begin(), targets.end(), path) != targets.end();
  };
  if (cleans("dbt_modules") && !cleans(project.packages_install_path)) {
    deprecate(
        session, "PackageInstallPathDeprecation", "D002",
        "The default package install path has changed from `dbt_modules` to `dbt_packages`. Name the new folder in "
        "`clean-targets` and in .gitignore, or keep the old one with `packages-install-path: dbt_modules`.");
  }
  for (const auto& path : clean_project(session.invocation, project)) {
    say(session, "ConfirmCleanPath", "Z013", EventLevel::info, fmt::format("Cleaned {}", path));
  }
  say(session, "FinishedCleanPaths", "Z015", EventLevel::info, "Finished cleaning all paths.");
  return exit_success;
}

int command_deps(Session& session) {
  install_packages(session.invocation, session.project_root);
  return exit_success;
}

}  // namespace modelc
