// `flags:` of the project file, dbt's behaviour flags, and which flags exclude each other.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "project/options.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view settable[] = {
    "cache_selected_only", "debug",           "fail_fast",          "indirect_selection",
    "log_format",          "log_format_file", "log_level",          "log_level_file",
    "partial_parse",       "populate_cache",  "printer_width",      "send_anonymous_usage_stats",
    "static_parser",       "use_colors",      "use_colors_file",    "use_experimental_parser",
    "version_check",       "warn_error",      "warn_error_options", "write_json"};

[[noreturn]] void usage_error(std::string message, std::string hint = {}) {
  throw Error(ErrorKind::usage, "project/usage", std::move(message), {}, std::move(hint));
}

[[noreturn]] void bad_flag(std::string_view name, std::string_view wanted, const Value& value) {
  throw Error(ErrorKind::project, "project/bad-flag",
              fmt::format("at path ['flags']['{}']: expected {}, found {}", name, wanted, jinja::to_repr(value)), {},
              "see `flags:` in the project file");
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> event_names(std::string_view key, const Value& value) {
  if (value.is_undefined() || value.is_none()) return {};
  if (value.is_string()) {
    if (key == "error" && (value.as_string() == "all" || value.as_string() == "*")) return {"all"};
    usage_error(fmt::format("{} must be {}a list of event names, found '{}'", key,
                            key == "error" ? "'all', '*' or " : "", value.as_string()));
  }
  std::vector<std::string> names;
  if (!value.is_list()) usage_error(fmt::format("{} must be a list of event names", key));
  for (const Value& item : value.as_list()) names.push_back(jinja::to_str(item));
  return names;
}

/// dbt renamed include to error and exclude to warn; either is taken, not both.
const Value* one_of(const Value& options, const char* name, const char* old_name) {
  const Value* value = options.as_dict().find(name);
  const Value* old_value = options.as_dict().find(old_name);
  if (value && old_value && jinja::truth(*value) && jinja::truth(*old_value)) {
    usage_error(fmt::format("Only `{}` or `{}` can be specified in `warn_error_options`, not both", old_name, name));
  }
  return old_value ? old_value : value;
}

struct Assign {
  Flags& flags;
  std::string_view name;
  const OptionSpec& option;
  const Value& value;

  void operator()(bool Flags::*field) const {
    if (!value.is_bool()) bad_flag(name, "a boolean", value);
    flags.*field = value.as_bool();
  }
  void operator()(int Flags::*field) const {
    if (!value.is_int()) bad_flag(name, "an integer", value);
    flags.*field = static_cast<int>(std::clamp<int64_t>(value.as_int(), 0, 1 << 20));
  }
  void operator()(std::string Flags::*field) const {
    const auto allowed = choices(option);
    const std::string text = value.is_string() ? to_lower(value.as_string()) : "";
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
      bad_flag(name, fmt::format("one of {}", option.placeholder), value);
    flags.*field = text;
  }
  template <class Other>
  void operator()(const Other&) const {}
};

void set_flag(Flags& flags, std::string_view name, const Value& value) {
  if (name == "warn_error_options") {
    if (!value.is_dict()) bad_flag(name, "a mapping", value);
    return set_warn_error_options(flags, value);
  }
  const OptionSpec& option = find_option(name);
  std::visit(Assign{flags, name, option, value}, option.target);
}

}  // namespace

const std::map<std::string, bool>& behavior_defaults() {
  static const std::map<std::string, bool> defaults = {
      {"require_all_warnings_handled_by_warn_error", false},
      {"require_batched_execution_for_custom_microbatch_strategy", false},
      {"require_event_names_in_deprecations", false},
      {"require_explicit_package_overrides_for_builtin_materializations", true},
      {"require_generic_test_arguments_property", true},
      {"require_nested_cumulative_type_params", false},
      {"require_ref_searches_node_package_before_root", false},
      {"require_resource_names_without_spaces", true},
      {"require_unique_project_resource_names", false},
      {"require_yaml_configuration_for_mf_time_spines", false},
      {"skip_nodes_if_on_run_start_fails", false},
      {"source_freshness_run_project_hooks", true},
      {"state_modified_compare_more_unrendered_values", false},
      {"state_modified_compare_vars", false},
      {"validate_macro_args", false},
  };
  return defaults;
}

void set_warn_error_options(Flags& flags, const Value& options) {
  for (const auto& [key, value] : options.as_dict().entries()) {
    const std::string name = jinja::to_str(key);
    if (contains({"error", "include", "warn", "exclude", "silence"}, name)) continue;
    usage_error(fmt::format("warn_error_options has no key '{}'", name), "its keys are error, warn and silence");
  }
  const Value* error = one_of(options, "error", "include");
  const Value* warn = one_of(options, "warn", "exclude");
  const Value* silence = options.as_dict().find("silence");
  flags.warn_error_has_include = options.as_dict().find("include") != nullptr;
  flags.warn_error_has_exclude = options.as_dict().find("exclude") != nullptr;
  flags.warn_error_include = event_names("error", error ? *error : Value());
  flags.warn_error_exclude = event_names("warn", warn ? *warn : Value());
  flags.warn_error_silence = event_names("silence", silence ? *silence : Value());
}

void check_flag_combinations(const Flags& flags, const std::vector<std::string>& given) {
  constexpr std::pair<std::string_view, std::string_view> exclusive[] = {
      {"warn_error", "warn_error_options"}, {"select", "inline"}, {"selector", "inline"}};
  for (const auto& [first, second] : exclusive) {
    if (contains(given, first) && contains(given, second))
      usage_error(fmt::format("{}: not allowed with argument {}", second, first));
  }
  if (!flags.event_time_start && !flags.event_time_end) return;
  if (!flags.event_time_start || !flags.event_time_end) {
    const std::string_view have = flags.event_time_start ? "start" : "end",
                           lack = flags.event_time_start ? "end" : "start";
    usage_error(
        fmt::format("The flag `--event-time-{0}` was specified, but `--event-time-{1}` was not. When specifying "
                    "`--event-time-{0}`, "
                    "`--event-time-{1}` must also be present.",
                    have, lack));
  }
  // Both are "YYYY-MM-DD" with or without a time behind 'T' or a blank: they compare as texts.
  if (replace_all(*flags.event_time_start, "T", " ") >= replace_all(*flags.event_time_end, "T", " ")) {
    usage_error("Value for `--event-time-start` must be less than `--event-time-end`");
  }
}

void apply_project_flags(ParsedCommandLine& parsed, const Value& project_flags) {
  if (!project_flags.is_dict()) return;
  Flags& flags = parsed.invocation.flags;
  for (const auto& [key, value] : project_flags.as_dict().entries()) {
    const std::string name = jinja::to_str(key);
    if (value.is_none()) continue;
    if (std::find(std::begin(settable), std::end(settable), name) != std::end(settable)) {
      if (contains(parsed.given, name)) continue;
      set_flag(flags, name, value);
      parsed.given.push_back(name);
    } else if (value.is_bool()) {
      flags.behavior[name] = value.as_bool();
    } else if (behavior_defaults().contains(name)) {
      bad_flag(name, "a boolean", value);
    }
  }
  check_flag_combinations(flags, parsed.given);
}

}  // namespace modelc
