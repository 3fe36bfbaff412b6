// init, debug, deps, clean: what surrounds the models.
#include "project/housekeeping.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdlib>

#include "base/text.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "project/deps.h"

namespace modelc {
namespace {

void debug_line(Session& session, std::string text) {
  say(session, "DebugCmdOut", "Z047", EventLevel::info, std::move(text));
}

/// Runs one check of `debug`; false and a line about the fault when it throws.
template <class Check>
bool checked(Session& session, std::string_view what, std::string_view good, Check check) {
  try {
    check();
    debug_line(session, fmt::format("  {} [{}]", what, colorize(good, Color::green, session.events->options().colors)));
    return true;
  } catch (const Error& error) {
    debug_line(session,
               fmt::format("  {} [{}]\n{}", what, colorize("ERROR", Color::red, session.events->options().colors),
                           describe(error.diagnostic())));
    return false;
  }
}

bool git_is_found() { return std::system("git --version >/dev/null 2>&1") == 0; }

}  // namespace

int command_init(Session& session) {
  const auto& name = session.flags().project_name;
  if (!name) {
    throw Error(ErrorKind::usage, "cli/init-name", "init needs the name of the new project", {},
                "modelc init my_project");
  }
  for (const auto& path : init_project(session.invocation, *name))
    say(session, "InitWrote", "A017", EventLevel::debug, "wrote " + path);
  say(session, "ProjectCreated", "A024", EventLevel::info,
      fmt::format(
          "Your new project \"{0}\" was created. It runs on a SQLite file as it is:\n\n    cd {0}\n    modelc build\n",
          *name));
  return exit_success;
}

int command_debug(Session& session) {
  utsname system{};
  uname(&system);
  debug_line(session, fmt::format("modelc version: {}", modelc_version));
  debug_line(session, fmt::format("dbt version: {} (compatible)", dbt_version));
  debug_line(session, fmt::format("os info: {} {} {}", system.sysname, system.release, system.machine));
  bool good = true;
  Project project;
  debug_line(session, "Configuration:");
  good &= checked(session, "project and profile files", "OK found and valid",
                  [&] { project = load_project(session.invocation); });
  if (good) {
    debug_line(session, fmt::format("Using profiles.yml file at {}", project.target.profiles_path.empty()
                                                                         ? "(none: the embedded SQLite default)"
                                                                         : project.target.profiles_path));
    debug_line(session,
               fmt::format("Using project file at {}",
                           path_absolute(path_join(project.root().project.root, project.root().project.file->path()))));
    debug_line(session, fmt::format("adapter type: {}", project.target.type));
  }
  debug_line(session, "Required dependencies:");
  debug_line(session, fmt::format("  git [{}]",
                                  git_is_found() ? "OK found" : "not found: needed by `deps` for git packages only"));
  if (good) {
    std::unique_ptr<Adapter> adapter;
    debug_line(session, "Connection:");
    good &= checked(session, "Connection test:", "OK connection ok", [&] {
      adapter = make_adapter(project);
      for (const auto& line : adapter->connection_info(project.target)) debug_line(session, "  " + line);
      adapter->connect("debug")->execute("select 1 as id", true);
    });
  }
  debug_line(session, good ? colorize("All checks passed!", Color::green, session.events->options().colors)
                           : "Some checks failed");
  return good ? exit_success : exit_node_failed;
}

int command_clean(Session& session) {
  const ProjectFile project = load_project_file(session.invocation, session.project_root, nullptr);
  for (const auto& path : clean_project(session.invocation, project)) {
    say(session, "ConfirmCleanPath", "Z037", EventLevel::info, fmt::format("Cleaned {}", path));
  }
  say(session, "FinishedCleanPaths", "Z039", EventLevel::info, "Finished cleaning all paths.");
  return exit_success;
}

int command_deps(Session& session) {
  install_packages(session.invocation, session.project_root);
  return exit_success;
}

}  // namespace modelc
