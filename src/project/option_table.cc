// The table of options, and which command takes which.
#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"
#include "jinja/json.h"
#include "project/options.h"

namespace modelc {
namespace {

constexpr std::string_view selecting = "Selection";
constexpr std::string_view building = "Building";
constexpr std::string_view places = "Project, profile and target";
constexpr std::string_view state_group = "State and deferral";
constexpr std::string_view logging = "Output and log";
constexpr std::string_view warnings = "Warnings";
constexpr std::string_view other = "Other";
constexpr std::string_view hidden = "";

constexpr std::string_view types =
    "metric|semantic_model|saved_query|source|analysis|function|model|test|unit_test|exposure|snapshot|seed|default|"
    "all";
constexpr std::string_view excluded_types =
    "metric|semantic_model|saved_query|source|analysis|function|model|test|unit_test|exposure|snapshot|seed|default";

[[noreturn]] void bad_value(std::string message) { throw Error(ErrorKind::usage, "project/usage", std::move(message)); }

jinja::Value yaml_dict(const std::string& text) {
  const SourceFile file("<command line>", text);
  jinja::Value value;
  try {
    value = jinja::from_yaml(load_yaml(file).root);
  } catch (const Error&) {
  }
  if (!value.is_dict()) bad_value("String '" + text + "' is not valid YAML");
  return value;
}

void read_vars(Flags& flags, const std::vector<std::string>& values) { flags.cli_vars = yaml_dict(values.back()); }
void read_warn_error_options(Flags& flags, const std::vector<std::string>& values) {
  set_warn_error_options(flags, yaml_dict(values.back()));
}
void read_args(Flags& flags, const std::vector<std::string>& values) {
  yaml_dict(values.back());
  flags.args_yaml = values.back();
}
void read_full_refresh(Flags& flags, const std::vector<std::string>& values) {
  flags.full_refresh = values.back() == "true";
  flags.full_refresh_given = true;
}
void read_single_threaded(Flags& flags, const std::vector<std::string>& values) {
  if (values.back() == "true") flags.threads = 1;
}
void read_no_print(Flags& flags, const std::vector<std::string>& values) { flags.print = values.back() != "true"; }

/// click.DateTime: a date, or a date and a time with 'T' or a blank between.
void check_instant(const std::string& text) {
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd";
  bool fits = text.size() == 10 || text.size() == pattern.size();
  for (size_t i = 0; fits && i < text.size(); ++i) {
    if (pattern[i] == 'd')
      fits = text[i] >= '0' && text[i] <= '9';
    else
      fits = text[i] == pattern[i] || (pattern[i] == 'T' && text[i] == ' ');
  }
  const SourceFile file("<time>", text);
  const YamlKind kind = fits ? load_yaml(file).root.kind : YamlKind::string;  // knows the lengths of months
  if (kind == YamlKind::date || kind == YamlKind::datetime) return;
  bad_value("'" + text + "' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'.");
}
void read_event_time_start(Flags& flags, const std::vector<std::string>& values) {
  try {
    check_instant(values.back());
  } catch (const Error& error) {
    if (error.diagnostic().kind == ErrorKind::usage) throw;
    bad_value("'" + values.back() +
              "' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'.");
  }
  flags.event_time_start = values.back();
}
void read_event_time_end(Flags& flags, const std::vector<std::string>& values) {
  const auto start = flags.event_time_start;
  read_event_time_start(flags, values);
  flags.event_time_end = flags.event_time_start;
  flags.event_time_start = start;
}

constexpr OptionSpec options[] = {
    // id, name, spellings, environment, target, placeholder, group, help
    {"select", "select", "-s,--select,-m,--models,--model", "", &Flags::select, "SPEC...", selecting,
     "Nodes to include: names, tag:x, path:x, source:x, +model+, state:modified, ... A blank unites, a comma "
     "intersects."},
    {"raw_select", "select", "-s,--select", "", &Flags::select, "SPEC...", selecting,
     "Nodes to include: names, tag:x, path:x, source:x, +model+, state:modified, ... A blank unites, a comma "
     "intersects."},
    {"models", "models", "-m,--models,--model", "", &Flags::select, "SPEC...", selecting,
     "Models to include; excludes --select and --resource-type."},
    {"exclude", "exclude", "--exclude", "", &Flags::exclude, "SPEC...", selecting,
     "Nodes to leave out, written as for --select."},
    {"selector", "selector", "--selector", "", &Flags::selector, "NAME", selecting,
     "A selector that selectors.yml defines."},
    {"resource_types", "resource_types", "--resource-types,--resource-type", "DBT_RESOURCE_TYPES",
     &Flags::resource_types, types, selecting, "Only resources of these types."},
    {"exclude_resource_types", "exclude_resource_types", "--exclude-resource-types,--exclude-resource-type",
     "DBT_EXCLUDE_RESOURCE_TYPES", &Flags::exclude_resource_types, excluded_types, selecting,
     "No resources of these types."},
    {"indirect_selection", "indirect_selection", "--indirect-selection", "DBT_INDIRECT_SELECTION",
     &Flags::indirect_selection, "eager|cautious|buildable|empty", selecting,
     "Which tests follow the selected nodes: any that touches one (eager, the default), only those whose parents are "
     "all selected "
     "(cautious), or selected or upstream of them (buildable), or none (empty)."},

    {"full_refresh", "full_refresh", "-f,--full-refresh", "DBT_FULL_REFRESH", read_full_refresh, "", building,
     "Drop incremental models and seeds and build them anew."},
    {"empty", "empty", "--empty,!--no-empty", "DBT_EMPTY", &Flags::empty, "", building,
     "Limit refs and sources to no rows: a check of the SQL alone."},
    {"sample", "sample", "--sample", "DBT_SAMPLE", &Flags::sample, "WINDOW", building,
     "Only rows of a window of event time: '3 days' or '{start: 2026-01-01, end: 2026-02-01}'."},
    {"event_time_start", "event_time_start", "--event-time-start", "DBT_EVENT_TIME_START", read_event_time_start,
     "TIME", building, "Where the batches of microbatch models begin (inclusive)."},
    {"event_time_end", "event_time_end", "--event-time-end", "DBT_EVENT_TIME_END", read_event_time_end, "TIME",
     building, "Where the batches of microbatch models end (exclusive)."},
    {"store_failures", "store_failures", "--store-failures", "DBT_STORE_FAILURES", &Flags::store_failures, "", building,
     "Keep the rows that fail a test in a table."},
    {"fail_fast", "fail_fast", "-x,--fail-fast,!--no-fail-fast", "DBT_FAIL_FAST", &Flags::fail_fast, "", building,
     "Stop at the first failure."},
    {"threads", "threads", "--threads", "", &Flags::threads, "INTEGER", building,
     "Nodes that are built at once; wins over the profile."},
    {"introspect", "introspect", "--introspect,!--no-introspect", "DBT_INTROSPECT", &Flags::introspect, "", building,
     "Let templates query the database while they are compiled (the default)."},
    {"show", "show", "--show", "", &Flags::show, "", building, "Print a sample of the loaded rows."},
    {"inline", "inline", "--inline", "", &Flags::inline_sql, "SQL", building,
     "This SQL instead of a node of the project."},
    {"inline_direct", "inline_direct", "--inline-direct", "", &Flags::inline_direct, "SQL", hidden, ""},
    {"limit", "limit", "--limit", "", &Flags::show_limit, "INTEGER", building,
     "How many rows to show: 5 by default, -1 for all."},
    {"args", "args", "--args", "", read_args, "YAML", building, "Arguments of the macro: '{name: value}'."},

    {"project_dir", "project_dir", "--project-dir", "DBT_PROJECT_DIR", &Flags::project_dir, "DIR", places,
     "The folder that holds project.yml or dbt_project.yml; by default the working directory or a folder above it.",
     PathRule::must_exist},
    {"profiles_dir", "profiles_dir", "--profiles-dir", "DBT_PROFILES_DIR", &Flags::profiles_dir, "DIR", places,
     "The folder of profiles.yml; by default the working directory, then ~/.dbt.", PathRule::must_exist},
    {"profiles_dir_any", "profiles_dir", "--profiles-dir", "DBT_PROFILES_DIR", &Flags::profiles_dir, "DIR", places,
     "The folder of profiles.yml; by default the working directory, then ~/.dbt."},
    {"profile", "profile", "--profile", "DBT_PROFILE", &Flags::profile, "NAME", places,
     "The profile; wins over the project file."},
    {"target", "target", "-t,--target", "DBT_TARGET", &Flags::target, "NAME", places,
     "The output of the profile to work on."},
    {"target_path", "target_path", "--target-path", "DBT_TARGET_PATH", &Flags::target_path, "DIR", places,
     "Where compiled SQL and artifacts go."},
    {"vars", "vars", "--vars", "", read_vars, "YAML", places,
     "Variables that win over the project's: '{name: value}'."},
    {"version_check", "version_check", "--version-check,!--no-version-check", "DBT_VERSION_CHECK",
     &Flags::version_check, "", places, "Honour require-dbt-version (the default)."},

    {"state", "state", "--state", "DBT_STATE", &Flags::state, "DIR", state_group,
     "Artifacts of an earlier run, for state: selection and deferral."},
    {"defer", "defer", "--defer,!--no-defer", "DBT_DEFER", &Flags::defer, "", state_group,
     "Read unselected nodes where the --state manifest has them."},
    {"defer_state", "defer_state", "--defer-state", "DBT_DEFER_STATE", &Flags::defer_state, "DIR", state_group,
     "Another --state for deferral alone."},
    {"favor_state", "favor_state", "--favor-state,!--no-favor-state", "DBT_FAVOR_STATE", &Flags::favor_state, "",
     state_group, "Defer even when the node exists in the target."},

    {"debug", "debug", "-d,--debug,!--no-debug", "DBT_DEBUG", &Flags::debug, "", logging, "Show debug messages."},
    {"quiet", "quiet", "-q,--quiet,!--no-quiet", "DBT_QUIET", &Flags::quiet, "", logging,
     "Show only errors and what print() says."},
    {"print", "print", "--print,!--no-print", "DBT_PRINT", &Flags::print, "", logging,
     "Show what print() says (the default)."},
    {"output:list", "output", "--output", "", &Flags::output, "json|name|path|selector", logging,
     "How each node is written; selector by default."},
    {"output:show", "output", "--output", "", &Flags::output, "json|text", logging,
     "How the result is written; text by default."},
    {"output:path", "output", "-o,--output", "", &Flags::output_path, "FILE", logging,
     "Where the report goes; target/sources.json by default."},
    {"output_keys", "output_keys", "--output-keys", "", &Flags::output_keys, "KEY...", logging,
     "Keys of each node for --output json; a.b reaches into a."},
    {"log_format", "log_format", "--log-format", "DBT_LOG_FORMAT", &Flags::log_format, "text|debug|json|default",
     logging, "Shape of log lines on the terminal and in the file."},
    {"log_format_file", "log_format_file", "--log-format-file", "DBT_LOG_FORMAT_FILE", &Flags::log_format_file,
     "text|debug|json|default", logging, "Shape of log lines in the file."},
    {"log_level", "log_level", "--log-level", "DBT_LOG_LEVEL", &Flags::log_level, "debug|info|warn|error|none", logging,
     "Least severity on the terminal and in the file."},
    {"log_level_file", "log_level_file", "--log-level-file", "DBT_LOG_LEVEL_FILE", &Flags::log_level_file,
     "debug|info|warn|error|none", logging, "Least severity in the file."},
    {"log_path", "log_path", "--log-path", "DBT_LOG_PATH", &Flags::log_path, "DIR", logging, "The folder of dbt.log."},
    {"use_colors", "use_colors", "--use-colors,!--no-use-colors", "DBT_USE_COLORS", &Flags::use_colors, "", logging,
     "Colours on the terminal and in the file; by default when the output is a terminal."},
    {"use_colors_file", "use_colors_file", "--use-colors-file,!--no-use-colors-file", "DBT_USE_COLORS_FILE",
     &Flags::use_colors_file, "", logging, "Colours in the file."},
    {"printer_width", "printer_width", "--printer-width", "DBT_PRINTER_WIDTH", &Flags::printer_width, "INTEGER",
     logging, "Columns of a log line."},
    {"log_cache_events", "log_cache_events", "--log-cache-events,!--no-log-cache-events", "DBT_LOG_CACHE_EVENTS",
     &Flags::log_cache_events, "", logging, "Log what happens to the relation cache."},
    {"timings", "timings", "--timings", "", &Flags::timings, "", logging, "Print what each stage cost."},

    {"warn_error", "warn_error", "--warn-error", "DBT_WARN_ERROR", &Flags::warn_error, "", warnings,
     "Make every warning an error."},
    {"warn_error_options", "warn_error_options", "--warn-error-options", "DBT_WARN_ERROR_OPTIONS",
     read_warn_error_options, "YAML", warnings,
     "Which warnings are errors, stay warnings or are silenced: '{error: all, warn: [NoNodesForSelectionCriteria], "
     "silence: [...]}'."},
    {"show_all_deprecations", "show_all_deprecations", "--show-all-deprecations,!--no-show-all-deprecations", "",
     &Flags::show_all_deprecations, "", warnings, "Show every deprecation, not only the first of its kind."},

    {"write_json", "write_json", "--write-json,!--no-write-json", "DBT_WRITE_JSON", &Flags::write_json, "", other,
     "Write the artifacts (the default)."},
    {"populate_cache", "populate_cache", "--populate-cache,!--no-populate-cache", "DBT_POPULATE_CACHE",
     &Flags::populate_cache, "", other, "List the database's relations before a run (the default)."},
    {"cache_selected_only", "cache_selected_only", "--cache-selected-only,!--no-cache-selected-only",
     "DBT_CACHE_SELECTED_ONLY", &Flags::cache_selected_only, "", other, "List only schemas of selected nodes."},
    {"partial_parse", "partial_parse", "--partial-parse,!--no-partial-parse", "DBT_PARTIAL_PARSE",
     &Flags::partial_parse, "", other, "Accepted for compatibility: everything is parsed every time."},
    {"static_parser", "static_parser", "--static-parser,!--no-static-parser", "DBT_STATIC_PARSER",
     &Flags::static_parser, "", other, "Accepted for compatibility."},
    {"send_anonymous_usage_stats", "send_anonymous_usage_stats",
     "--send-anonymous-usage-stats,!--no-send-anonymous-usage-stats", "DBT_SEND_ANONYMOUS_USAGE_STATS",
     &Flags::send_anonymous_usage_stats, "", other, "Accepted for compatibility: nothing is ever sent."},
    {"record_timing_info", "record_timing_info", "-r,--record-timing-info", "", IgnoredValue{}, "FILE", other,
     "Accepted for compatibility; see --timings."},

    {"compile", "compile", "--compile,!--no-compile", "", &Flags::compile_docs, "", building,
     "Compile the nodes for the docs (the default)."},
    {"empty_catalog", "empty_catalog", "--empty-catalog", "", &Flags::empty_catalog, "", building,
     "Write a catalog.json without asking the database."},
    {"static", "static", "--static", "", &Flags::static_docs, "", building,
     "Also write static_index.html, which holds everything."},
    {"host", "host", "--host", "DBT_HOST", &Flags::host, "ADDRESS", other,
     "The address to serve on; 127.0.0.1 by default."},
    {"port", "port", "--port", "", &Flags::port, "INTEGER", other, "The port to serve on; 8080 by default."},
    {"browser", "browser", "--browser,!--no-browser", "", &Flags::browser, "", other, "Open a browser (the default)."},
    {"connection", "connection", "--connection", "", &Flags::debug_connection, "", other, "Test the connection alone."},
    {"config_dir", "config_dir", "--config-dir", "", &Flags::config_dir, "", other,
     "Print where profiles.yml is looked for."},
    {"clean_project_files_only", "clean_project_files_only",
     "--clean-project-files-only,!--no-clean-project-files-only", "DBT_CLEAN_PROJECT_FILES_ONLY",
     &Flags::clean_project_files_only, "", other, "Refuse to remove folders outside of the project (the default)."},
    {"lock", "lock", "--lock", "", &Flags::deps_lock, "", other, "Write package-lock.yml and install nothing."},
    {"upgrade", "upgrade", "--upgrade", "", &Flags::deps_upgrade, "", other,
     "Resolve anew, whatever package-lock.yml says."},
    {"add_package", "add_package", "--add-package", "", &Flags::add_package, "NAME@VERSION", other,
     "Add a package to packages.yml."},
    {"source", "source", "--source", "", &Flags::add_source, "hub|git|local", other,
     "Where --add-package finds it; hub by default."},
    {"skip_profile_setup", "skip_profile_setup", "-s,--skip-profile-setup", "", &Flags::skip_profile_setup, "", other,
     "Write no profile."},
    {"project_name_option", "project_name", "--project-name", "", &Flags::project_name, "NAME", other,
     "The name of the new project."},

    {"deprecated_defer", "defer", "", "DBT_DEFER_TO_STATE", &Flags::defer, "", hidden, ""},
    {"deprecated_favor_state", "favor_state", "", "DBT_FAVOR_STATE_MODE", &Flags::favor_state, "", hidden, ""},
    {"deprecated_print", "print", "", "DBT_NO_PRINT", read_no_print, "", hidden, ""},
    {"deprecated_state", "state", "", "DBT_ARTIFACT_STATE_PATH", &Flags::state, "DIR", hidden, ""},
    {"single_threaded", "single_threaded", "--single-threaded,!--no-single-threaded", "DBT_SINGLE_THREADED",
     read_single_threaded, "", hidden, ""},
    {"macro_debugging", "macro_debugging", "--macro-debugging,!--no-macro-debugging", "", IgnoredFlag{}, "", hidden,
     ""},
    {"log_file_max_bytes", "log_file_max_bytes", "--log-file-max-bytes", "", IgnoredValue{}, "INTEGER", hidden, ""},
    {"partial_parse_file_path", "partial_parse_file_path", "--partial-parse-file-path", "", IgnoredValue{}, "FILE",
     hidden, ""},
    {"partial_parse_file_diff", "partial_parse_file_diff", "--partial-parse-file-diff,!--no-partial-parse-file-diff",
     "", IgnoredFlag{}, "", hidden, ""},
    {"use_experimental_parser", "use_experimental_parser", "--use-experimental-parser,!--no-use-experimental-parser",
     "", IgnoredFlag{}, "", hidden, ""},
    {"use_fast_test_edges", "use_fast_test_edges", "--use-fast-test-edges,!--no-use-fast-test-edges", "", IgnoredFlag{},
     "", hidden, ""},
    {"upload_to_artifacts_ingest_api", "upload_to_artifacts_ingest_api",
     "--upload-to-artifacts-ingest-api,!--no-upload-to-artifacts-ingest-api", "", IgnoredFlag{}, "", hidden, ""},
    {"show_resource_report", "show_resource_report", "--show-resource-report,!--no-show-resource-report", "",
     IgnoredFlag{}, "", hidden, ""},
    {"sqlparse", "sqlparse", "--sqlparse", "", IgnoredValue{}, "YAML", hidden, ""},
    {"export_saved_queries", "export_saved_queries", "--export-saved-queries,!--no-export-saved-queries", "",
     IgnoredFlag{}, "", hidden, ""},
    {"include_saved_query", "include_saved_query", "--include-saved-query,!--no-include-saved-query", "", IgnoredFlag{},
     "", hidden, ""},
    {"inject_ephemeral_ctes", "inject_ephemeral_ctes", "--inject-ephemeral-ctes,!--no-inject-ephemeral-ctes", "",
     &Flags::inject_ephemeral_ctes, "", building,
     "Write the CTEs of ephemeral models into the compiled SQL (the default)."},
};

constexpr std::string_view global_ids[] = {"profile",
                                           "target",
                                           "version_check",
                                           "state",
                                           "defer",
                                           "defer_state",
                                           "favor_state",
                                           "indirect_selection",
                                           "fail_fast",
                                           "debug",
                                           "quiet",
                                           "print",
                                           "log_format",
                                           "log_format_file",
                                           "log_level",
                                           "log_level_file",
                                           "log_path",
                                           "use_colors",
                                           "use_colors_file",
                                           "printer_width",
                                           "log_cache_events",
                                           "timings",
                                           "warn_error",
                                           "warn_error_options",
                                           "show_all_deprecations",
                                           "write_json",
                                           "populate_cache",
                                           "cache_selected_only",
                                           "partial_parse",
                                           "static_parser",
                                           "send_anonymous_usage_stats",
                                           "record_timing_info",
                                           "deprecated_defer",
                                           "deprecated_favor_state",
                                           "deprecated_print",
                                           "deprecated_state",
                                           "single_threaded",
                                           "macro_debugging",
                                           "log_file_max_bytes",
                                           "partial_parse_file_path",
                                           "partial_parse_file_diff",
                                           "use_experimental_parser",
                                           "use_fast_test_edges",
                                           "upload_to_artifacts_ingest_api",
                                           "show_resource_report"};

constexpr CommandSpec commands[] = {
    {"build", "Load seeds, build models and snapshots and run tests, in the order of the graph",
     "select,exclude,selector,resource_types,exclude_resource_types,full_refresh,empty,sample,event_time_start,"
     "event_time_end,store_failures,show,threads,project_dir,profiles_dir,target_path,vars,sqlparse,"
     "export_saved_queries,include_saved_query",
     "", "modelc build -s +orders\nmodelc build -s state:modified+ --defer --state prod/"},
    {"clean", "Remove the folders that clean-targets names",
     "clean_project_files_only,project_dir,profiles_dir,target_path,vars", "", ""},
    {"clone", "Make the selected nodes point at the relations of an earlier state",
     "select,exclude,selector,resource_types,exclude_resource_types,full_refresh,threads,project_dir,profiles_dir,"
     "target_path,vars",
     "", "modelc clone --state prod/"},
    {"compile", "Render the selected nodes to SQL and write it to target/compiled",
     "select,exclude,selector,inline,output:show,introspect,empty,full_refresh,threads,project_dir,profiles_dir,"
     "target_path,vars,sqlparse,inject_ephemeral_ctes",
     "", "modelc compile -s orders\nmodelc compile --inline \"select * from {{ ref('orders') }}\""},
    {"debug", "Check the project file, the profile and the connection",
     "connection,config_dir,project_dir,profiles_dir_any,vars", "", ""},
    {"deps", "Install the packages of packages.yml or dependencies.yml",
     "lock,upgrade,add_package,source,project_dir,profiles_dir_any,vars", "",
     "modelc deps\nmodelc deps --add-package dbt-labs/dbt_utils@1.3.0"},
    {"docs generate", "Write catalog.json and the documentation site",
     "select,exclude,selector,compile,empty_catalog,static,threads,project_dir,profiles_dir,target_path,vars,"
     "sqlparse",
     "", ""},
    {"docs serve", "Serve the documentation site", "host,port,browser,project_dir,profiles_dir,target_path,vars", "",
     ""},
    {"init", "Make a new project that runs at once",
     "project_name_option,skip_profile_setup,project_dir,profiles_dir_any,vars", "[PROJECT_NAME]",
     "modelc init jaffle_shop"},
    {"list", "List the nodes of the project",
     "raw_select,models,exclude,selector,resource_types,exclude_resource_types,output:list,output_keys,"
     "project_dir,profiles_dir,target_path,vars",
     "", "modelc list -s tag:nightly --output json --output-keys name config.materialized"},
    {"parse", "Read the whole project and write manifest.json, without a database",
     "threads,project_dir,profiles_dir,target_path,vars", "", ""},
    {"retry", "Run what failed or was skipped in the last run",
     "full_refresh,threads,project_dir,profiles_dir,target_path,vars", "", ""},
    {"run", "Build the selected models",
     "select,exclude,selector,full_refresh,empty,sample,event_time_start,event_time_end,threads,project_dir,"
     "profiles_dir,target_path,vars,sqlparse",
     "", "modelc run -s staging+ --full-refresh"},
    {"run-operation", "Call a macro", "args,threads,project_dir,profiles_dir,target_path,vars", "MACRO",
     "modelc run-operation grant_select --args '{role: reporter}'"},
    {"seed", "Load the CSV files of the seed paths",
     "select,exclude,selector,full_refresh,show,threads,project_dir,profiles_dir,target_path,vars,sqlparse", "", ""},
    {"show", "Print the first rows of a node or of inline SQL",
     "select,exclude,selector,inline,inline_direct,limit,output:show,introspect,full_refresh,threads,project_dir,"
     "profiles_dir,target_path,vars,sqlparse",
     "", "modelc show -s orders --limit 20\nmodelc show --inline \"select count(*) from {{ ref('orders') }}\""},
    {"snapshot", "Record the changes of rows in snapshots",
     "select,exclude,selector,empty,threads,project_dir,profiles_dir,target_path,vars,sqlparse", "", ""},
    {"source freshness", "Check how old the rows of sources are",
     "select,exclude,selector,output:path,threads,project_dir,profiles_dir,target_path,vars,sqlparse", "", ""},
    {"test", "Run the tests",
     "select,exclude,selector,resource_types,exclude_resource_types,store_failures,threads,project_dir,"
     "profiles_dir,target_path,vars,sqlparse",
     "", "modelc test -s orders\nmodelc test -s test_type:unit"},
};

std::vector<std::string_view> spellings_of(const OptionSpec& option, bool negative) {
  std::vector<std::string_view> result;
  if (option.spellings.empty()) return result;
  for (std::string_view spelling : split(option.spellings, ',')) {
    if (spelling.starts_with('!') != negative) continue;
    result.push_back(negative ? spelling.substr(1) : spelling);
  }
  return result;
}

}  // namespace

bool is_flag(const OptionSpec& option) {
  if (std::holds_alternative<IgnoredFlag>(option.target) || std::holds_alternative<bool Flags::*>(option.target))
    return true;
  return std::holds_alternative<ReadValues>(option.target) && option.placeholder.empty();
}
bool is_list(const OptionSpec& option) {
  return std::holds_alternative<std::vector<std::string> Flags::*>(option.target);
}

std::vector<std::string_view> positive_spellings(const OptionSpec& option) { return spellings_of(option, false); }
std::vector<std::string_view> negative_spellings(const OptionSpec& option) { return spellings_of(option, true); }

std::vector<std::string_view> choices(const OptionSpec& option) {
  if (option.placeholder.find('|') == std::string_view::npos) return {};
  return split(option.placeholder, '|');
}

std::span<const OptionSpec> option_table() { return options; }
std::span<const CommandSpec> command_table() { return commands; }
std::span<const std::string_view> global_option_ids() { return global_ids; }

const OptionSpec& find_option(std::string_view id) {
  for (const OptionSpec& option : options) {
    if (option.id == id) return option;
  }
  throw Error(ErrorKind::internal, "project/option-table", "no option is called " + std::string(id));
}

const CommandSpec* find_command_spec(std::string_view name) {
  if (name == "ls") name = "list";
  if (name == "source snapshot-freshness") name = "source freshness";
  for (const CommandSpec& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::vector<const OptionSpec*> options_of(const CommandSpec& command) {
  std::vector<const OptionSpec*> result;
  for (std::string_view id : split(command.options, ',')) result.push_back(&find_option(id));
  for (std::string_view id : global_ids) result.push_back(&find_option(id));
  return result;
}

}  // namespace modelc
