#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/hash.h"
#include "base/text.h"
#include "base/version.h"

namespace modelc {
namespace {

bool given(const Session& session, std::string_view flag) {
  return std::find(session.given_flags.begin(), session.given_flags.end(), flag) != session.given_flags.end();
}

EventLevel parse_level(std::string_view name) {
  if (name == "debug") return EventLevel::debug;
  if (name == "warn") return EventLevel::warn;
  if (name == "error") return EventLevel::error;
  if (name == "none") return EventLevel::none;
  return EventLevel::info;
}

LogFormat parse_format(std::string_view name, LogFormat fallback) {
  if (name == "json") return LogFormat::json;
  if (name == "debug") return LogFormat::debug;
  if (name == "text") return LogFormat::text;
  return fallback;
}

/// A flag for the terminal also speaks for the file, unless the file has one of its own (dbt: Flags._override_if_set).
std::string file_setting(const Session& session, const std::string& terminal, const std::string& file,
                         std::string_view flag) {
  const std::string file_flag = std::string(flag) + "_file";
  return given(session, flag) && !given(session, file_flag) ? terminal : file;
}

bool has_all(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [](const std::string& n) { return n == "all" || n == "*"; });
}

std::map<std::string, std::string> custom_environment(const std::map<std::string, std::string>& environment) {
  constexpr std::string_view prefix = "DBT_ENV_CUSTOM_ENV_";
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : environment) {
    if (name.starts_with(prefix)) result[name.substr(prefix.size())] = value;
  }
  return result;
}

/// Values of the environment and of --vars whose names say that they are secret.
std::vector<std::string> secrets_of(const Invocation& invocation) {
  constexpr std::string_view prefix = "DBT_ENV_SECRET_";
  std::vector<std::string> result;
  for (const auto& [name, value] : invocation.environment) {
    if (name.starts_with(prefix)) result.push_back(value);
  }
  for (const auto& [name, value] : invocation.flags.cli_vars.as_dict().entries()) {
    if (name.is_string() && name.as_string().starts_with(prefix) && value.is_string())
      result.push_back(value.as_string());
  }
  return result;
}

EventBusOptions event_options(const Session& session, bool with_file) {
  const Flags& flags = session.flags();
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  EventBusOptions options;
  options.format = parse_format(flags.log_format, LogFormat::text);
  options.file_format =
      parse_format(file_setting(session, flags.log_format, flags.log_format_file, "log_format"), LogFormat::debug);
  options.level = flags.debug ? EventLevel::debug : parse_level(flags.log_level);
  options.file_level = parse_level(file_setting(session, flags.log_level, flags.log_level_file, "log_level"));
  options.quiet = flags.quiet;
  options.print = flags.print;
  // dbt colours even what it writes to a pipe; we only do so when asked to.
  options.colors = given(session, "use_colors") ? flags.use_colors
                                                : terminal && !session.invocation.environment.contains("NO_COLOR");
  options.file_colors =
      given(session, "use_colors_file") ? flags.use_colors_file : given(session, "use_colors") && flags.use_colors;
  options.invocation_id = session.invocation.invocation_id;
  options.warn_error = flags.warn_error;
  options.warn_error_all = has_all(flags.warn_error_include);
  options.error_names = flags.warn_error_include;
  options.warn_names = flags.warn_error_exclude;
  options.silence_names = flags.warn_error_silence;
  if (const auto flag = flags.behavior.find("require_all_warnings_handled_by_warn_error"); flag != flags.behavior.end())
    options.handle_all_warnings = flag->second;
  options.show_all_deprecations = flags.show_all_deprecations;
  options.extra = custom_environment(session.invocation.environment);
  options.secrets = secrets_of(session.invocation);
  options.progress_line = terminal && options.format == LogFormat::text && !flags.quiet;
  if (with_file) {
    options.log_file = path_join(path_join(session.project_root, flags.log_path.value_or("logs")), "dbt.log");
  }
  return options;
}

/// Paths on the command line are relative to where the user stands, not to the project that we are about to enter.
void make_paths_absolute(Flags& flags) {
  for (auto* path : {&flags.profiles_dir, &flags.project_dir}) {
    if (*path) *path = path_absolute(**path);
  }
}

void enter_project(Session& session, ParsedCommandLine& parsed) {
  make_paths_absolute(session.invocation.flags);
  session.project_root = path_absolute(find_project_root(session.invocation));
  if (!session.invocation.flags.profiles_dir && !session.invocation.environment.contains("DBT_PROFILES_DIR") &&
      session.invocation.fs->exists("profiles.yml")) {
    session.invocation.flags.profiles_dir = path_absolute(".");  // dbt looks beside the user before it changes folders
  }
  std::error_code error;
  std::filesystem::current_path(session.project_root, error);
  if (error) {
    throw Error(ErrorKind::project, "cli/project-dir",
                fmt::format("cannot enter {}: {}", session.project_root, error.message()));
  }
  jinja::Value project_flags = read_project_flags(session.invocation, session.project_root);
  if (const jinja::Value old = read_profile_flags(session.invocation, session.project_root); jinja::truth(old)) {
    if (jinja::truth(project_flags)) {
      throw Error(ErrorKind::project, "cli/flags-twice",
                  "Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml.", {},
                  "move what stands under `config:` in profiles.yml to `flags:` in the project file");
    }
    project_flags = old;
    parsed.has_flags_in_profile = true;
  }
  parsed.invocation = std::move(session.invocation);
  apply_project_flags(parsed, project_flags);
  session.given_flags = parsed.given;
  session.invocation = std::move(parsed.invocation);
}

/// dbt's MainReportArgs: every flag as text.
void report_arguments(const Session& session) {
  if (!session.events->wants(EventLevel::debug)) return;
  const jinja::Value args = flags_as_args(session.invocation);
  jinja::Value texts = jinja::Value::dict();
  for (const auto& [name, value] : args.as_dict().entries())
    texts.as_dict().set(name, jinja::Value(jinja::to_str(value)));
  say(session, "MainReportArgs", "A002", EventLevel::debug, "running with arguments " + jinja::to_repr(texts),
      jinja::Value::dict({{"args", texts}}));
}

/// What dbt's partial parsing depends on.
void report_parse_inputs(const Session& session) {
  const Flags& flags = session.flags();
  const std::string vars = jinja::to_repr(flags.cli_vars), profile = flags.profile.value_or(""),
                    target = flags.target.value_or("");
  const std::string checksum = sha256_hex(fmt::format("{}\n{}\n{}\n{}", vars, profile, target, dbt_version));
  say(session, "StateCheckVarsHash", "I025", EventLevel::debug,
      fmt::format("checksum: {}, vars: {}, profile: {}, target: {}, version: {}", checksum, vars, profile, target,
                  dbt_version),
      jinja::Value::dict({{"checksum", jinja::Value(checksum)},
                          {"vars", jinja::Value(vars)},
                          {"profile", jinja::Value(profile)},
                          {"target", jinja::Value(target)},
                          {"version", jinja::Value(dbt_version)}}));
}

/// Faults of the command line and the environment that could not be told before there was a log.
void fire_deprecations(const Session& session, const ParsedCommandLine& parsed) {
  for (const auto& [old_name, name] : parsed.renamed_variables) {
    deprecate(session, "EnvironmentVariableRenamed", "D009",
              fmt::format("The environment variable `{0}` has been renamed as `{1}`.\n`{0}` counts where both are set.",
                          old_name, name),
              jinja::Value::dict({{"old_name", jinja::Value(old_name)}, {"new_name", jinja::Value(name)}}));
  }
  if (parsed.has_flags_in_profile) {
    deprecate(
        session, "ProjectFlagsMovedDeprecation", "D013",
        "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in dbt_project.yml.");
  }
  for (const auto& name : parsed.unknown_engine_variables) {
    deprecate(session, "EnvironmentVariableNamespaceDeprecation", "D036",
              fmt::format("Found custom environment variable `{}` in the environment. The prefix `DBT_ENGINE` is "
                          "reserved for the engine's own variables.",
                          name),
              jinja::Value::dict({{"env_var", jinja::Value(name)}, {"reserved_prefix", jinja::Value("DBT_ENGINE")}}));
  }
  const Flags& flags = session.flags();
  if (flags.warn_error_has_include || flags.warn_error_has_exclude) {
    const bool both = flags.warn_error_has_include && flags.warn_error_has_exclude;
    std::string text = fmt::format("Found {}{}{} in `warn_error_options` specification.",
                                   flags.warn_error_has_include ? "`include`" : "", both ? " and " : "",
                                   flags.warn_error_has_exclude ? "`exclude`" : "");
    if (flags.warn_error_has_include) text += " Please use `error` instead of `include`.";
    if (flags.warn_error_has_exclude) text += " Please use `warn` instead of `exclude`.";
    deprecate(session, "WEOIncludeExcludeDeprecation", "D031", text,
              jinja::Value::dict({{"found_include", jinja::Value(flags.warn_error_has_include)},
                                  {"found_exclude", jinja::Value(flags.warn_error_has_exclude)}}));
  }
  if (parsed.uses_deprecated_model_option) {
    deprecate(session, "ModelParamUsageDeprecation", "D032",
              "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.");
  }
}

}  // namespace

void start_session(Session& session, ParsedCommandLine parsed, bool needs_project) {
  session.given_flags = parsed.given;
  session.invocation = std::move(parsed.invocation);
  session.invocation.fs = &real_file_system();
  session.invocation.sources = &session.sources;
  if (session.invocation.invocation_id.empty()) session.invocation.invocation_id = random_uuid();
  if (session.invocation.started_at == 0) session.invocation.started_at = now_micros();

  std::exception_ptr project_error;
  if (needs_project) {
    try {
      enter_project(session, parsed);
    } catch (const Error&) {
      project_error = std::current_exception();  // reported through the log that is opened next
    }
  }
  session.events = std::make_unique<EventBus>(event_options(session, needs_project && !project_error));
  session.invocation.events = session.events.get();
  say(session, "MainReportVersion", "A001", EventLevel::info,
      fmt::format("Running with modelc={} (compatible with dbt={})", modelc_version, dbt_version),
      jinja::Value::dict(
          {{"log_version", jinja::Value(3)}, {"version", jinja::Value(fmt::format("={}", dbt_version))}}));
  if (project_error) std::rethrow_exception(project_error);
  report_arguments(session);
  fire_deprecations(session, parsed);
}

void load_and_parse(Session& session) {
  Project project;
  {
    StageTimer timer(session.timings, "project");
    project = load_project(session.invocation);
  }
  say(session, "AdapterRegistered", "E034", EventLevel::info,
      fmt::format("Registered adapter: {}={}", project.target.type, modelc_version),
      jinja::Value::dict({{"adapter_name", jinja::Value(project.target.type)},
                          {"adapter_version", jinja::Value(fmt::format("={}", modelc_version))}}));
  report_parse_inputs(session);
  StageTimer timer(session.timings, "parse");
  session.parsed = parse_project(session.invocation, std::move(project));
}

void connect(Session& session) { session.adapter = make_adapter(session.parsed->project); }

void load_state(Session& session) {
  const Flags& flags = session.flags();
  FileSystem& fs = *session.invocation.fs;
  const auto folder = [&](const std::string& dir) { return path_join(session.project_root, dir); };
  const auto manifest_of = [&](const std::string& dir) {
    auto manifest = read_manifest(fs, path_join(folder(dir), "manifest.json"));
    return manifest;
  };
  for (const auto& dir : {flags.state, flags.defer_state}) {
    if (!dir || path_absolute(folder(*dir)) != path_absolute(path_parent(target_path(session, "manifest.json"))))
      continue;
    say(session, "WarnStateTargetEqual", "I072", EventLevel::warn,
        fmt::format(
            "Warning: The state and target directories are the same: '{}'. This could lead to missing changes due to "
            "overwritten state including non-idempotent retries.",
            *dir),
        jinja::Value::dict({{"state_path", jinja::Value(*dir)}}));
  }
  if (flags.state) {
    session.state_manifest = manifest_of(*flags.state);
    session.state_run_results = read_run_results(fs, path_join(folder(*flags.state), "run_results.json"));
    session.state_sources = read_json_file(fs, path_join(folder(*flags.state), "sources.json"));
  }
  session.current_sources = read_json_file(fs, target_path(session, "sources.json"));
  const auto defer_dir = flags.defer_state ? flags.defer_state : flags.state;
  const bool defers = flags.defer || session.invocation.command == "clone";
  if (!defers) return;
  if (!defer_dir) {
    throw Error(ErrorKind::runtime, "cli/no-state",
                "--state or --defer-state are required for deferral, but neither was provided", {},
                "pass --state DIR, the folder of an earlier run's artifacts");
  }
  session.defer_manifest = manifest_of(*defer_dir);
  if (!session.defer_manifest) {
    throw Error(ErrorKind::runtime, "cli/no-state-manifest",
                fmt::format("Could not find manifest in --state path: '{}'", *defer_dir), {},
                "--state names a folder that holds the manifest.json of an earlier run");
  }
}

StateInputs state_inputs(const Session& session) {
  StateInputs inputs;
  if (session.state_manifest) inputs.manifest = &*session.state_manifest;
  if (session.state_run_results) inputs.run_results = &*session.state_run_results;
  if (session.state_sources) inputs.sources = &*session.state_sources;
  if (session.current_sources) inputs.current_sources = &*session.current_sources;
  inputs.state_dir = session.flags().state.value_or("");
  return inputs;
}

std::vector<NodeId> select_for(Session& session, std::vector<ResourceType> types) {
  StageTimer timer(session.timings, "select");
  const Flags& flags = session.flags();
  SelectionRequest request;
  request.select = flags.select;
  request.exclude = flags.exclude;
  request.selector = flags.selector;
  request.indirect_selection = flags.indirect_selection;
  request.types = std::move(types);
  request.resource_types = flags.resource_types;
  request.exclude_resource_types = flags.exclude_resource_types;
  if (session.invocation.command == "list") {  // shows blank files, too, and analyses only when asked for
    request.include_empty = true;
    request.default_types = request.types;
    std::erase(request.default_types, ResourceType::analysis);
  }
  return select_nodes(session.invocation, session.parsed->project, session.parsed->manifest, request,
                      state_inputs(session));
}

namespace {

/// dbt's event about an artifact; dbt has none for the other files.
void note_artifact(const Session& session, std::string_view file, const std::string& path) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {{"manifest.json", "WritableManifest"},
                                                                     {"semantic_manifest.json", "SemanticManifest"},
                                                                     {"run_results.json", "RunExecutionResult"},
                                                                     {"catalog.json", "CatalogArtifact"},
                                                                     {"sources.json", "FreshnessResult"}};
  for (const auto& [name, type] : types) {
    if (file != name) continue;
    const std::string place = path_absolute(path);
    say(session, "ArtifactWritten", "P001", EventLevel::debug, fmt::format("Wrote artifact {} to {}", type, place),
        jinja::Value::dict({{"artifact_type", jinja::Value(type)}, {"artifact_path", jinja::Value(place)}}));
  }
}

}  // namespace

std::string target_path(const Session& session, std::string_view file) {
  const std::string dir = session.flags().target_path.value_or(
      session.parsed ? session.parsed->project.root().project.target_path : "target");
  return path_join(path_join(session.project_root, dir), file);
}

void write_artifact(Session& session, std::string_view file, const std::string& text) {
  const std::string path = target_path(session, file);
  session.invocation.fs->write(path, text);
  note_artifact(session, file, path);
}

void write_manifest(Session& session, const CompiledCodes& compiled) {
  if (!session.flags().write_json) return;
  StageTimer timer(session.timings, "write manifest");
  const Manifest& manifest = session.parsed->manifest;
  session.invocation.fs->write_pieces(target_path(session, "manifest.json"), [&](const TextSink& sink) {
    write_manifest_json(sink, session.invocation, session.parsed->project, manifest, compiled);
  });
  note_artifact(session, "manifest.json", target_path(session, "manifest.json"));
  write_artifact(session, "semantic_manifest.json", semantic_manifest_json(manifest));
  write_artifact(session, "graph_summary.json", graph_summary_json(manifest, session.invocation));
}

void say(const Session& session, std::string name, std::string code, EventLevel level, std::string message,
         jinja::Value data) {
  session.events->fire(Event{std::move(name), std::move(code), level, std::move(message), std::move(data), {}});
}

void deprecate(const Session& session, std::string name, std::string code, std::string_view message,
               jinja::Value data) {
  session.events->warn_or_error({std::move(name),
                                 std::move(code),
                                 EventLevel::warn,
                                 fmt::format("[WARNING]: Deprecated functionality\n\n{}", message),
                                 std::move(data),
                                 {}});
}

void print_line(const Session& session, std::string text) {
  Event event{"PrintEvent", "Z052", EventLevel::info, text, jinja::Value::dict({{"msg", jinja::Value(text)}}), {}};
  event.print_only = true;
  session.events->fire(event);
}

}  // namespace modelc
