// profiles.yml: which database, as whom (dbt: config/profile.py), and the embedded default.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/json.h"
#include "project/base_context.h"
#include "project/project.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr int embedded_threads = 4;

/// What parsing has to know of an adapter's credentials: other spellings of its keys, and those it cannot do without.
struct CredentialRules {
  std::string_view type;
  std::vector<std::pair<std::string_view, std::string_view>> aliases;  ///< from -> to
  std::vector<std::string_view> required;
  std::string_view default_schema;
};

const std::vector<CredentialRules>& credential_rules() {
  static const std::vector<CredentialRules> rules = {
      {"sqlite", {}, {"database", "schema", "schemas_and_paths", "schema_directory"}, ""},
      {"postgres",
       {{"dbname", "database"}, {"pass", "password"}},
       {"host", "user", "port", "password", "database", "schema"},
       ""},
      {"redshift", {{"dbname", "database"}, {"pass", "password"}}, {"host", "database", "schema"}, ""},
      {"snowflake", {}, {"account", "database", "schema"}, ""},
      {"bigquery",
       {{"project", "database"}, {"dataset", "schema"}, {"target_project", "target_database"}},
       {"method"},
       ""},
      {"databricks", {{"catalog", "database"}, {"target_catalog", "target_database"}}, {"schema"}, ""},
      {"spark", {}, {"schema", "method"}, ""},
      {"duckdb", {}, {}, "main"},
      {"trino", {{"catalog", "database"}}, {"host", "port", "database", "schema"}, ""},
  };
  return rules;
}

const CredentialRules& rules_for(std::string_view type) {
  for (const auto& rules : credential_rules()) {
    if (rules.type == type) return rules;
  }
  static const CredentialRules generic{"", {{"dbname", "database"}, {"pass", "password"}}, {}, ""};
  return generic;
}

[[noreturn]] void fail(std::string code, std::string message, Span span = {}, std::string hint = {}) {
  throw Error(ErrorKind::profile, "project/" + code, std::move(message), span, std::move(hint));
}

std::string home_folder(const Invocation& invocation) {
  const auto home = invocation.environment.find("HOME");
  return home == invocation.environment.end() ? "" : home->second;
}

Target embedded_target(const Invocation& invocation, const ProjectFile& project) {
  Target target;
  target.profile_name = "embedded";
  target.name = invocation.flags.target.value_or("dev");
  target.type = "sqlite";
  target.threads = invocation.flags.threads.value_or(embedded_threads);
  target.database = project.name;
  target.schema = "main";
  const std::string root = path_absolute(project.root);
  target.credentials =
      Value::dict({{"database", Value(target.database)},
                   {"schema", Value(target.schema)},
                   {"schemas_and_paths", Value::dict({{"main", Value(path_join(root, project.name + ".db"))}})},
                   {"schema_directory", Value(root)}});
  return target;
}

Value apply_aliases(const Value& output, const CredentialRules& rules) {
  Value result = Value::dict();
  for (const auto& [key, value] : output.as_dict().entries()) {
    const std::string name = jinja::to_str(key);
    const auto alias =
        std::find_if(rules.aliases.begin(), rules.aliases.end(), [&](const auto& a) { return a.first == name; });
    result.as_dict().set(alias == rules.aliases.end() ? std::string_view(name) : alias->second, value);
  }
  return result;
}

int threads_of(const Invocation& invocation, const Value& output, Span span) {
  if (invocation.flags.threads) return *invocation.flags.threads;
  const Value threads = output.get("threads");
  if (threads.is_undefined() || threads.is_none()) return 1;
  if (!threads.is_int() || threads.as_int() < 1) {
    fail("bad-threads", fmt::format("threads: expected a positive integer, found {}", jinja::to_repr(threads)), span);
  }
  return static_cast<int>(threads.as_int());
}

void check_required(const Value& credentials, const CredentialRules& rules, const Target& target, Span span) {
  std::vector<std::string> missing;
  for (auto key : rules.required) {
    const Value value = credentials.get(key);
    if (value.is_undefined() || value.is_none()) missing.emplace_back(fmt::format("'{}' is a required property", key));
  }
  if (missing.empty()) return;
  fail("bad-credentials",
       fmt::format("Credentials in profile \"{}\", target \"{}\" invalid: {}", target.profile_name, target.name,
                   join(missing, ", ")),
       span);
}

void check_sqlite(const Value& credentials, const Target& target, Span span) {
  const Value paths = credentials.get("schemas_and_paths");
  if (!paths.is_dict() || !paths.as_dict().find("main")) {
    fail("bad-credentials",
         fmt::format(
             "Credentials in profile \"{}\", target \"{}\" invalid: schemas_and_paths must contain the schema 'main'",
             target.profile_name, target.name),
         span, "schemas_and_paths: {main: path/to/file.db}");
  }
}

/// The database of an adapter whose profile need not name one.
std::string derived_database(const Value& credentials, const std::string& type) {
  if (type != "duckdb") return credentials.get_string("database");
  if (const std::string given = credentials.get_string("database"); !given.empty()) return given;
  const std::string path = credentials.get_string("path", ":memory:");
  return path == ":memory:" || path.empty() ? "memory" : path_stem(path.substr(0, path.find('?')));
}

Target target_from_output(const Invocation& invocation, Target target, const Value& output, Span span) {
  const Value type = output.get("type");
  if (!type.is_string()) {
    fail("no-type",
         fmt::format("required field \"type\" not found in profile {} and target {}", target.profile_name, target.name),
         span);
  }
  target.type = type.as_string();
  target.threads = threads_of(invocation, output, span);
  const CredentialRules& rules = rules_for(target.type);
  target.credentials = apply_aliases(output, rules);
  target.credentials.as_dict().erase(Value("type"));
  target.credentials.as_dict().erase(Value("threads"));
  check_required(target.credentials, rules, target, span);
  if (target.type == "sqlite") check_sqlite(target.credentials, target, span);
  target.database = derived_database(target.credentials, target.type);
  target.schema = target.credentials.get_string("schema", rules.default_schema);
  target.credentials.as_dict().set("database", Value(target.database));
  target.credentials.as_dict().set("schema", Value(target.schema));
  return target;
}

std::vector<std::string> keys_of(const YamlNode& mapping) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < mapping.size(); ++i) keys.push_back(mapping.key_at(i).text);
  return keys;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string close = closest_match(name, candidates);
  return close.empty() ? "" : fmt::format("did you mean '{}'?", close);
}

/// Secrets in a profile never reach the log, even when they stand in it as plain text. A password that is no secret
/// (the user's name, the engine's) is left alone: hiding it would garble every line that says that word.
void hide_secrets(const Invocation& invocation, const Value& output) {
  if (!invocation.events) return;
  const auto is_public = [&](const std::string& text) {
    if (text.size() < 4) return true;
    for (auto key :
         {"type", "user", "username", "host", "server", "database", "dbname", "schema", "account", "project"})
      if (equals_ignore_case(output.get_string(key), text)) return true;
    return false;
  };
  for (auto key : {"password", "pass", "token", "private_key", "private_key_passphrase", "client_secret",
                   "refresh_token", "jwt_token"}) {
    if (const Value value = output.get(key); value.is_string() && !is_public(value.as_string()))
      invocation.events->add_secret(value.as_string());
  }
}

Target target_from_file(const Invocation& invocation, const std::string& path, const std::string& profile_name) {
  const SourceFile* file = invocation.sources->add(path, invocation.fs->read(path));
  const YamlDocument document = load_yaml(*file);
  if (document.root.is_null()) fail("empty-profiles", fmt::format("The profiles.yml file at {} is empty", path));
  const YamlNode* profile = document.root.find(profile_name);
  if (!profile) {
    const auto names = keys_of(document.root);
    std::string hint = did_you_mean(profile_name, names);
    if (hint.empty()) hint = fmt::format("{} has: {}", path, join(names, ", "));
    fail("no-profile", fmt::format("Could not find profile named '{}'", profile_name), {}, hint);
  }
  if (profile->is_null())
    fail("empty-profile", fmt::format("Profile {} in profiles.yml is empty", profile_name), profile->span(file));

  BaseContext context(invocation, VarScope{&invocation.flags.cli_vars, {}, "", false}, /*allow_secrets=*/true);
  Target target;
  target.profile_name = profile_name;
  target.profiles_path = path;
  const YamlNode* default_target = profile->find("target");
  target.name =
      invocation.flags.target ? *invocation.flags.target
      : default_target
          ? jinja::to_str(render_yaml_value(jinja::from_yaml(*default_target), file, context, *invocation.sources))
          : "default";
  if (!invocation.flags.target && !default_target && invocation.events) {
    invocation.events->fire({"MissingProfileTarget",
                             "A005",
                             EventLevel::info,
                             fmt::format("target not specified in profile '{}', using '{}'", profile_name, target.name),
                             Value::dict(),
                             {}});
  }
  const YamlNode* outputs = profile->find("outputs");
  if (!outputs || !outputs->is_mapping()) {
    fail("no-outputs", fmt::format("outputs not specified in profile '{}'", profile_name), profile->span(file));
  }
  const YamlNode* output = outputs->find(target.name);
  if (!output) {
    const auto names = keys_of(*outputs);
    fail("no-target",
         fmt::format(
             "The profile '{}' does not have a target named '{}'. The valid target names for this profile are:\n - {}",
             profile_name, target.name, join(names, "\n - ")),
         outputs->span(file), did_you_mean(target.name, names));
  }
  if (!output->is_mapping()) {
    fail("bad-output",
         fmt::format("output '{}' of profile '{}' is misconfigured in profiles.yml", target.name, profile_name),
         output->span(file));
  }
  const Value rendered = render_yaml_value(jinja::from_yaml(*output), file, context, *invocation.sources);
  hide_secrets(invocation, rendered);
  return target_from_output(invocation, std::move(target), rendered, output->span(file));
}

}  // namespace

std::optional<std::string> find_profiles_file(const Invocation& invocation, const std::string& project_root) {
  if (invocation.flags.profiles_dir) {
    std::string path = path_join(*invocation.flags.profiles_dir, "profiles.yml");
    return invocation.fs->exists(path) ? std::optional(path) : std::nullopt;
  }
  for (const auto& folder : {std::string("."), project_root, path_join(home_folder(invocation), ".dbt")}) {
    std::string path = path_join(folder, "profiles.yml");
    if (invocation.fs->exists(path)) return path;
  }
  return std::nullopt;
}

Value read_profile_flags(const Invocation& invocation, const std::string& project_root) {
  const auto path = find_profiles_file(invocation, project_root);
  if (!path) return {};
  try {
    const SourceFile* file = invocation.sources->add(*path, invocation.fs->read(*path));
    const YamlDocument document = load_yaml(*file);
    const YamlNode* config = document.root.is_mapping() ? document.root.find("config") : nullptr;
    return config && config->is_mapping() ? jinja::from_yaml(*config) : Value();
  } catch (const Error&) {
    return {};  // load_target says what is wrong with the file
  }
}

Target load_target(const Invocation& invocation, const ProjectFile& project) {
  const auto path = find_profiles_file(invocation, project.root);
  const auto profile_name = invocation.flags.profile ? invocation.flags.profile : project.profile;
  if (!profile_name) return embedded_target(invocation, project);
  if (!path) {
    fail("no-profile", fmt::format("Could not find profile named '{}'", *profile_name), {},
         fmt::format("there is no profiles.yml in {}; without a `profile:` in the project file modelc uses a SQLite "
                     "file beside the project",
                     invocation.flags.profiles_dir.value_or("the project's folder or ~/.dbt")));
  }
  return target_from_file(invocation, *path, *profile_name);
}

Value target_dict(const Target& target) {
  static constexpr std::string_view hidden[] = {
      "password",      "pass",          "token",     "private_key",  "private_key_passphrase",
      "client_secret", "refresh_token", "jwt_token", "keyfile_json", "aws_secret_access_key"};
  Value dict = Value::dict();
  for (const auto& [key, value] : target.credentials.as_dict().entries()) {
    if (std::find(std::begin(hidden), std::end(hidden), key.as_string()) == std::end(hidden))
      dict.as_dict().set(key, value);
  }
  // dbt shows aliased keys under both spellings.
  for (const auto& [alias, name] : rules_for(target.type).aliases) {
    if (const Value value = dict.get(name); !value.is_undefined()) dict.as_dict().set(alias, value);
  }
  dict.as_dict().set("type", Value(target.type));
  dict.as_dict().set("threads", Value(target.threads));
  dict.as_dict().set("name", Value(target.name));
  dict.as_dict().set("target_name", Value(target.name));
  dict.as_dict().set("profile_name", Value(target.profile_name));
  return dict;
}

}  // namespace modelc
