// Every option of every command, as data: parsing, help texts, the environment, `flags:` and run_results.json all read
// this one table. Internal to the project folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "project/invocation.h"

namespace modelc {

/// Reads one value, or all values of a list option, into the flags. Throws Error{usage} without the option's name.
using ReadValues = void (*)(Flags&, const std::vector<std::string>& values);
/// An option that dbt has and modelc accepts without effect.
struct IgnoredFlag {};
struct IgnoredValue {};

/// Where the value goes; its type decides how the option is written.
using OptionTarget = std::variant<IgnoredFlag, IgnoredValue, bool Flags::*, int Flags::*, std::optional<int> Flags::*,
                                  std::string Flags::*, std::optional<std::string> Flags::*,
                                  std::vector<std::string> Flags::*, ReadValues>;

enum class PathRule : uint8_t { any, must_exist };

struct OptionSpec {
  std::string_view id;           ///< key in the table; differs from `name` where dbt has several options of one name
  std::string_view name;         ///< dbt's parameter name, as in `given` and in run_results.json: "full_refresh"
  std::string_view spellings;    ///< "-d,--debug"; a flag's negative form with '!': "!--no-debug"
  std::string_view environment;  ///< "DBT_DEBUG" (DBT_ENGINE_DEBUG is read too), or empty
  OptionTarget target;
  std::string_view placeholder;  ///< of a value in help texts; choices as "a|b|c", which are then checked
  std::string_view group;        ///< heading in help texts; empty: hidden
  std::string_view help;
  PathRule path_rule = PathRule::any;
};

bool is_flag(const OptionSpec& option);
bool is_list(const OptionSpec& option);
/// {"-d", "--debug"} and {"--no-debug"}.
std::vector<std::string_view> positive_spellings(const OptionSpec& option);
std::vector<std::string_view> negative_spellings(const OptionSpec& option);
/// The choices of "a|b|c", or nothing.
std::vector<std::string_view> choices(const OptionSpec& option);

struct CommandSpec {
  std::string_view name;  ///< "source freshness"
  std::string_view summary;
  std::string_view options;   ///< ids besides the global ones: "select,exclude"
  std::string_view argument;  ///< "MACRO", "[PROJECT_NAME]", or empty
  std::string_view examples;  ///< lines of the help text
};

std::span<const OptionSpec> option_table();
std::span<const CommandSpec> command_table();
const OptionSpec& find_option(std::string_view id);
/// Null for an unknown name. "ls" and "source snapshot-freshness" are found under their proper names.
const CommandSpec* find_command_spec(std::string_view name);
/// Options that every command takes, and that may also stand before it.
std::span<const std::string_view> global_option_ids();
std::vector<const OptionSpec*> options_of(const CommandSpec& command);

std::string overall_help();
std::string group_help(std::string_view group);  ///< "docs" or "source"
std::string command_help(const CommandSpec& command);
/// "modelc run [OPTIONS]"; of all of modelc where no command has that name.
std::string synopsis(std::string_view command);
std::string version_text();

/// Names of all behaviour flags with dbt's defaults.
const std::map<std::string, bool>& behavior_defaults();

/// dbt's checks of flags that exclude or need each other. Throws Error{usage}.
void check_flag_combinations(const Flags& flags, const std::vector<std::string>& given);

/// The way back from flags_as_args: the flags of an earlier invocation of `command`, except the names in `keep`.
void adopt_args(Flags& flags, const CommandSpec& command, const jinja::Value& args,
                const std::vector<std::string>& keep);

/// --warn-error-options and its form in `flags:`. Throws Error{usage, "project/usage"}.
void set_warn_error_options(Flags& flags, const jinja::Value& options);

}  // namespace modelc
