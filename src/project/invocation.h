// What the user asked for: the command with all of dbt's flags, from the command line, the environment, the project's
// `flags:` and the defaults, in that order. A plain value, complete before any work starts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "base/source.h"
#include "events/events.h"
#include "jinja/value.h"

namespace modelc {

/// dbt's flags. Names follow dbt's; std::optional = not given anywhere.
struct Flags {
  // where
  std::optional<std::string> project_dir, profiles_dir, profile, target, target_path, log_path, state, defer_state;
  jinja::Value cli_vars = jinja::Value::dict();  ///< --vars
  std::optional<int> threads;
  // logging
  bool debug = false, quiet = false, print = true, use_colors = false, use_colors_file = false;
  bool log_cache_events = false, show_all_deprecations = false;
  std::string log_format = "default", log_format_file = "debug", log_level = "info", log_level_file = "debug";
  int printer_width = 80;
  bool warn_error = false;
  std::vector<std::string> warn_error_include, warn_error_exclude, warn_error_silence;  ///< include may hold "all"
  bool warn_error_has_include = false, warn_error_has_exclude = false;  ///< the options were given by their old names
  // behaviour
  bool fail_fast = false, version_check = true, write_json = true, partial_parse = true, static_parser = true;
  bool populate_cache = true, cache_selected_only = false, introspect = true, send_anonymous_usage_stats = true;
  bool full_refresh = false, empty = false, store_failures = false, defer = false, favor_state = false;
  bool full_refresh_given = false;
  bool inject_ephemeral_ctes = true;
  std::optional<std::string> sample, event_time_start, event_time_end;
  std::string indirect_selection = "eager";
  // selection
  std::vector<std::string> select, exclude, resource_types, exclude_resource_types;
  std::optional<std::string> selector;
  bool timings = false;  ///< ours: print what each stage cost
  // one command's own
  std::optional<std::string> inline_sql, output, output_path, args_yaml, macro_name, inline_direct;
  std::vector<std::string> output_keys;
  int show_limit = 5;
  bool show = false, compile_docs = true, empty_catalog = false, static_docs = false;
  bool skip_profile_setup = false, debug_connection = false, config_dir = false;
  bool clean_project_files_only = true;
  bool deps_upgrade = false, deps_lock = false;
  std::optional<std::string> add_package, add_source, project_name;
  std::string host = "127.0.0.1";
  int port = 8080;
  bool browser = true;
  /// dbt's behaviour flags from `flags:` (require_..., state_modified_..., ...), with their defaults applied.
  std::map<std::string, bool> behavior;
};

struct Invocation {
  std::string command;       ///< "run", "source freshness", ...: dbt's `which`
  std::string command_line;  ///< as typed, secrets hidden: "modelc run -s x"
  Flags flags;
  std::string invocation_id;  ///< UUID
  Micros started_at = 0;
  std::map<std::string, std::string> environment;  ///< a copy, so that tests can set it
  FileSystem* fs = nullptr;                        ///< not owned
  SourceMap* sources = nullptr;                    ///< not owned; owns every text of this invocation
  EventBus* events = nullptr;                      ///< not owned
};

/// Everything on the command line is parsed; the project's `flags:` are merged later by apply_project_flags.
/// Throws Error{usage, "project/usage"} with a hint for unknown commands and flags; its subject is the synopsis of the
/// command ("modelc run [OPTIONS]"). `--help` and `--version` come back
/// as text to print.
struct ParsedCommandLine {
  Invocation invocation;
  std::optional<std::string> print_and_exit;
  bool lacks_command = false;      ///< print_and_exit is help that nobody asked for: a usage error
  std::vector<std::string> given;  ///< names of the flags that the command line or the environment set
  /// -m, --model or --models was written: dbt's ModelParamUsageDeprecation, to be fired once there is an EventBus.
  bool uses_deprecated_model_option = false;
  /// Deprecated variables of the environment that were read, with their names of today: dbt's
  /// EnvironmentVariableRenamed, to be fired likewise.
  std::vector<std::pair<std::string, std::string>> renamed_variables;
  /// Variables named DBT_ENGINE_... that are no setting: dbt's EnvironmentVariableNamespaceDeprecation.
  std::vector<std::string> unknown_engine_variables;
  bool has_flags_in_profile = false;  ///< flags came from profiles.yml: dbt's ProjectFlagsMovedDeprecation
};
ParsedCommandLine parse_command_line(const std::vector<std::string>& argv,
                                     const std::map<std::string, std::string>& environment);

/// Fills every flag that was not given from the `flags:` mapping of the project file.
void apply_project_flags(ParsedCommandLine& parsed, const jinja::Value& project_flags);

/// All flags as dbt writes them to run_results.json `args` (a dict, secrets hidden).
jinja::Value flags_as_args(const Invocation& invocation);

}  // namespace modelc
