// debug: are the profile, the project file, git and the connection as a run needs them? (dbt: DebugTask)
#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdlib>

#include "base/text.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/report.h"

namespace modelc {
namespace {

struct Check {
  bool good = true;
  std::string status;   ///< what stands in the brackets behind the check's name
  std::string summary;  ///< of a fault: the text that is shown at the end
};

/// The checks of one invocation of `debug`, and what they have found out for the later ones.
class Debug {
 public:
  explicit Debug(Session& session) : session_(session) {}

  int run() {
    print_versions();
    find_project();
    const Check profile = check_profile(), project = check_project();
    print_places();
    Check git;
    if (session_.flags().debug_connection) {
      line("Skipping steps before connection verification");
    } else {
      line("Configuration:");
      line(fmt::format("  profiles.yml file [{}]", profile.status));
      line(fmt::format("  {} file [{}]", path_filename(project_path_), project.status));
      line("Required dependencies:");
      git = check_git();
      line(fmt::format(" - git [{}]\n", git.status));
    }
    const Check connection = check_connection();
    return report({profile, project, git, connection});
  }

 private:
  void line(std::string text) const { say(session_, "DebugCmdOut", "Z047", EventLevel::info, std::move(text)); }
  void result(std::string text) const { say(session_, "DebugCmdResult", "Z048", EventLevel::info, std::move(text)); }
  std::string colored(std::string_view text, Color color) const {
    return colorize(text, color, session_.events->options().colors);
  }
  Check good(std::string_view status) const { return {true, colored(status, Color::green), ""}; }
  Check bad(std::string_view status, std::string summary) const {
    return {false, colored(status, Color::red), std::move(summary)};
  }

  void print_versions() const {
    utsname system{};
    uname(&system);
    line(fmt::format("modelc version: {}", modelc_version));
    line(fmt::format("dbt version: {} (compatible)", dbt_version));
    line(fmt::format("os info: {} {} {}", system.sysname, system.release, system.machine));
  }

  void find_project() {
    const auto& given = session_.flags().project_dir;
    try {
      project_dir_ = find_project_root(session_.invocation);
      for (const char* name : {"project.yml", "dbt_project.yml"}) {
        project_path_ = path_join(project_dir_, name);
        has_project_ = session_.invocation.fs->exists(project_path_);
        if (has_project_) break;
      }
    } catch (const Error&) {
      project_dir_ = given.value_or(path_absolute("."));
      project_path_ = path_join(project_dir_, "dbt_project.yml");
    }
  }

  /// Faults of configuration are findings; others, such as a variable that is missing, end the command.
  template <class Work>
  Check finding(std::string_view what, Work work) {
    try {
      work();
      return good("OK found and valid");
    } catch (const Error& error) {
      const ErrorKind kind = error.diagnostic().kind;
      if (kind != ErrorKind::profile && kind != ErrorKind::project && kind != ErrorKind::runtime) throw;
      return bad("ERROR invalid",
                 fmt::format("{} loading failed for the following reason:\n{}\n", what, describe(error.diagnostic())));
    }
  }

  Check check_profile() {
    const Invocation& invocation = session_.invocation;
    ProjectFile named;
    named.root = project_dir_;
    if (has_project_) named = readable_profile_name();
    const bool embedded = !invocation.flags.profile && !named.profile && !named.name.empty();
    const auto path = find_profiles_file(invocation, project_dir_);
    const std::string folder = invocation.flags.profiles_dir.value_or(path ? path_parent(*path) : default_folder());
    profiles_path_ = embedded ? "(none: a SQLite file beside the project)" : path_join(folder, "profiles.yml");
    if (!embedded && !path) {
      return bad("ERROR not found",
                 fmt::format("dbt looked for a profiles.yml file in {}, but did\nnot find one.\n", profiles_path_));
    }
    if (!embedded && !invocation.flags.profile && !named.profile)
      return bad("ERROR invalid", "No profile is named: pass --profile, or write `profile:` into the project file.\n");
    return finding("Profile", [&] { target_ = load_target(invocation, named); });
  }

  /// The project file's faults are the next check's.
  ProjectFile readable_profile_name() const {
    try {
      return read_profile_name(session_.invocation, project_dir_);
    } catch (const Error&) {
      ProjectFile nothing;
      nothing.root = project_dir_;
      return nothing;
    }
  }

  std::string default_folder() const {
    const auto home = session_.invocation.environment.find("HOME");
    return path_join(home == session_.invocation.environment.end() ? "" : home->second, ".dbt");
  }

  Check check_project() {
    if (!has_project_) {
      return bad("ERROR not found", fmt::format("Project loading failed for the following reason:\n project path <{}> "
                                                "not found",
                                                project_path_));
    }
    return finding("Project",
                   [&] { load_project_file(session_.invocation, project_dir_, target_ ? &*target_ : nullptr); });
  }

  void print_places() const {
    if (!profiles_path_.starts_with("(")) line(fmt::format("Using profiles dir at {}", path_parent(profiles_path_)));
    line(fmt::format("Using profiles.yml file at {}", profiles_path_));
    line(fmt::format("Using {} file at {}", path_filename(project_path_), project_path_));
    if (!target_) return;
    line(fmt::format("adapter type: {}", target_->type));
    line(fmt::format("adapter version: {}", modelc_version));
  }

  Check check_git() const {
    if (std::system("git --version >/dev/null 2>&1") == 0) return good("OK found");
    return {true, "not found: only `deps` needs it, for git packages", ""};
  }

  Check check_connection() {
    if (!target_) {
      line("Connection test skipped since no profile was found");
      return {true, "", ""};
    }
    line("Connection:");
    Check check = good("OK connection ok");
    try {
      Project project;
      project.target = *target_;
      const auto adapter = make_adapter(project);
      for (const auto& text : adapter->connection_info(*target_)) line("  " + text);
      adapter->connect("debug")->execute("select 1 as id", true);
    } catch (const Error& error) {
      check = bad("ERROR", fmt::format("dbt was unable to connect to the specified database.\n\n  >{}\n",
                                       describe(error.diagnostic())));
    }
    line(fmt::format("  Connection test: [{}]\n", check.status));
    return check;
  }

  int report(const std::vector<Check>& checks) const {
    size_t failed = 0;
    for (const Check& check : checks) failed += !check.good;
    if (failed == 0) {
      result(colored("All checks passed!", Color::green));
      return exit_success;
    }
    result(colored(fmt::format("{} check{} failed:", failed, failed == 1 ? "" : "s"), Color::red));
    for (const Check& check : checks) {
      if (!check.good) result(check.summary + "\n");
    }
    return exit_node_failed;
  }

  Session& session_;
  std::string project_dir_, project_path_, profiles_path_;
  bool has_project_ = false;
  std::optional<Target> target_;
};

}  // namespace

int command_debug(Session& session) {
  if (session.flags().config_dir) {
    const auto home = session.invocation.environment.find("HOME");
    const std::string fallback = home == session.invocation.environment.end() ? "" : path_join(home->second, ".dbt");
    say(session, "OpenCommand", "Z016", EventLevel::info,
        fmt::format("To view your profiles.yml file, run:\n\nopen {}",
                    session.flags().profiles_dir.value_or(fallback)));
    return exit_success;
  }
  return Debug(session).run();
}

}  // namespace modelc
