// init: a new project, or a profile for the one that we stand in (dbt: InitTask).
#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "base/yaml.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "jinja/json.h"
#include "project/housekeeping.h"

namespace modelc {
namespace {

using jinja::Value;

/// Answers that fill a profile's output, asked for by a profile_template.yml.
class ProfileTemplate {
 public:
  explicit ProfileTemplate(const Value& root) : root_(root) {}

  Value ask() const {
    Value target = Value::dict();
    if (const Value fixed = root_.get("fixed"); fixed.is_dict()) target.as_dict().update(fixed.as_dict());
    if (const Value prompts = root_.get("prompts"); prompts.is_dict()) ask_all(prompts, target);
    return target;
  }

 private:
  static void ask_all(const Value& prompts, Value& target) {
    for (const auto& [key, value] : prompts.as_dict().entries()) {
      const std::string name = jinja::to_str(key);
      if (name.starts_with("_choose_")) {
        ask_all(choose(name.substr(8), value), target);
      } else if (name.starts_with("_fixed_")) {
        target.as_dict().set(name.substr(7), value);
      } else {
        target.as_dict().set(name, ask_one(name, value));
      }
    }
  }

  static Value choose(const std::string& what, const Value& options) {
    const auto& entries = options.as_dict().entries();
    std::string text;
    int number = 0;
    for (const auto& [key, value] : entries) text += fmt::format("[{}] {}\n", ++number, jinja::to_str(key));
    text += fmt::format("Desired {} option (enter a number)", replace_all(what, "_", " "));
    const int chosen = std::stoi(prompt(text, {}, "int"));
    int at = 0;
    for (const auto& [key, value] : entries) {
      if (++at == chosen) return value;
    }
    throw Error(ErrorKind::runtime, "cli/init-choice", fmt::format("There is no option {}", chosen));
  }

  static Value ask_one(const std::string& name, const Value& options) {
    const Value fallback = options.get("default"), hint = options.get("hint");
    const std::string type = options.get_string("type", "string");
    const std::string question = hint.is_string() ? fmt::format("{} ({})", name, hint.as_string()) : name;
    const bool has_fallback = !fallback.is_undefined() && !fallback.is_none();
    const std::string answer = prompt(question, has_fallback ? std::optional(jinja::to_str(fallback)) : std::nullopt,
                                      type, options.get_bool("hide_input"));
    if (type == "int") return Value(static_cast<int64_t>(std::stoll(answer)));
    if (type == "float") return Value(std::stod(answer));
    if (type == "bool") return Value(to_lower(answer)[0] == 't' || to_lower(answer)[0] == 'y' || answer == "1");
    return Value(answer);
  }

  Value root_;
};

Value read_yaml(Session& session, const std::string& path) {
  if (!session.invocation.fs->exists(path)) return Value::dict();
  const SourceFile* file = session.sources.add(path, session.invocation.fs->read(path));
  const Value value = jinja::from_yaml(load_yaml(*file).root);
  return value.is_dict() ? value : Value::dict();
}

std::string profiles_folder(const Session& session) {
  if (session.flags().profiles_dir) return *session.flags().profiles_dir;
  const auto path = find_profiles_file(session.invocation, ".");
  if (path) return path_parent(*path);
  const auto home = session.invocation.environment.find("HOME");
  return path_join(home == session.invocation.environment.end() ? "." : home->second, ".dbt");
}

void write_profile(Session& session, const std::string& path, const std::string& name, Value target) {
  const std::string target_name = target.get_string("target", "dev");
  target.as_dict().erase(Value("target"));
  Value outputs = Value::dict();
  outputs.as_dict().set(target_name, target);
  Value profiles = read_yaml(session, path);
  profiles.as_dict().set(name, Value::dict({{"outputs", outputs}, {"target", Value(target_name)}}));
  session.invocation.fs->write(path, jinja::to_yaml(profiles));
}

/// The one engine that is built in, beside the project.
Value sqlite_target(const std::string& name) {
  return Value::dict({{"type", Value("sqlite")},
                      {"threads", Value(4)},
                      {"database", Value(name)},
                      {"schema", Value("main")},
                      {"schemas_and_paths", Value::dict({{"main", Value(path_absolute(name + ".db"))}})},
                      {"schema_directory", Value(path_absolute("."))}});
}

bool set_up_from_template(Session& session, const std::string& path, const std::string& name) {
  if (!session.invocation.fs->exists("profile_template.yml")) return false;
  try {
    write_profile(session, path, name, ProfileTemplate(read_yaml(session, "profile_template.yml")).ask());
  } catch (const std::exception&) {
    say(session, "InvalidProfileTemplateYAML", "A024", EventLevel::info, "Invalid profile_template.yml in project.");
    return false;
  }
  say(session, "ProfileWrittenWithProjectTemplateYAML", "A022", EventLevel::info,
      fmt::format("Profile {} written to {} from the project's profile_template.yml and your answers.", name, path));
  return true;
}

void set_up_profile(Session& session, const std::string& name) {
  say(session, "SettingUpProfile", "A023", EventLevel::info, "Setting up your profile.");
  const std::string path = path_join(profiles_folder(session), "profiles.yml");
  const bool taken = read_yaml(session, path).as_dict().find(name) != nullptr;
  if (taken && !confirm(fmt::format("The profile {} already exists in {}. Continue and overwrite it?", name, path)))
    return;
  if (set_up_from_template(session, path, name)) return;
  const std::string choice = prompt("Which database would you like to use?\n[1] sqlite\n\nEnter a number", {}, "int");
  if (choice != "1") throw Error(ErrorKind::runtime, "cli/init-choice", fmt::format("There is no option {}", choice));
  write_profile(session, path, name, sqlite_target(name));
  say(session, "ProfileWrittenWithSample", "A020", EventLevel::info,
      fmt::format("Profile {} written to {}. Run `modelc debug` to validate the connection.", name, path));
}

int init_inside_project(Session& session, const std::string& root) {
  if (session.flags().profile) {
    throw Error(ErrorKind::runtime, "cli/init-profile",
                "Can not init existing project with specified profile, edit dbt_project.yml instead");
  }
  if (session.flags().skip_profile_setup) return exit_success;
  std::filesystem::current_path(root);
  const ProjectFile project = read_profile_name(session.invocation, root);
  if (project.profile) {
    set_up_profile(session, *project.profile);
  } else {
    say(session, "NoProfileNeeded", "X021", EventLevel::info,
        "The project names no profile: it runs on a SQLite file beside it, and there is nothing to set up.");
  }
  return exit_success;
}

std::string wanted_name(const Session& session) {
  std::string name = session.flags().project_name.value_or("");
  while (!is_project_name(name) || name == "dbt") {
    if (!name.empty()) fmt::print("{} is not a valid project name.\n", name);
    name = prompt("Enter a name for your project (letters, digits, underscore)");
  }
  return name;
}

void check_profile(Session& session, const std::string& profile) {
  const std::string path = path_join(profiles_folder(session), "profiles.yml");
  if (read_yaml(session, path).as_dict().find(profile)) return;
  throw Error(ErrorKind::runtime, "cli/init-profile", fmt::format("Could not find profile named '{}'", profile), {},
              fmt::format("looked for it in {}", path));
}

}  // namespace

int command_init(Session& session) {
  std::string root;
  try {
    root = find_project_root(session.invocation);
  } catch (const Error&) {
  }
  if (!root.empty()) return init_inside_project(session, root);

  const std::string name = wanted_name(session);
  if (session.invocation.fs->exists(name)) {
    say(session, "ProjectNameAlreadyExists", "A025", EventLevel::info,
        fmt::format("A project called {} already exists here.", name));
    return exit_success;
  }
  const auto& profile = session.flags().profile;
  if (profile) check_profile(session, *profile);
  for (const auto& path : init_project(session.invocation, name, profile))
    say(session, "InitWrote", "X020", EventLevel::debug, "wrote " + path);
  say(session, "ProjectCreated", "A026", EventLevel::info,
      fmt::format("Your new dbt project \"{0}\" was created!{1}\n\n    cd {0}\n    modelc build\n", name,
                  profile ? "" : " It runs on a SQLite file as it is:"));
  return exit_success;
}

}  // namespace modelc
