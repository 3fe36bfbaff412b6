// argv and the environment to an Invocation. CLI11 takes the words apart; the table of options says what they mean.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.h"
#include "project/options.h"

namespace modelc {
namespace {

[[noreturn]] void usage_error(std::string message, std::string hint = {}) {
  throw Error(ErrorKind::usage, "project/usage", std::move(message), {}, std::move(hint));
}

/// "'--debug' / '-d'", as click names an option.
std::string display_name(const OptionSpec& option) {
  std::vector<std::string> names;
  for (std::string_view spelling : positive_spellings(option)) names.push_back(fmt::format("'{}'", spelling));
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name.starts_with("'--"); });
  return join(names, " / ");
}

[[noreturn]] void invalid_value(const OptionSpec& option, std::string_view problem) {
  usage_error(fmt::format("Invalid value for {}: {}",
                          option.spellings.empty() ? fmt::format("'{}'", option.environment) : display_name(option),
                          problem));
}

bool read_bool(const OptionSpec& option, const std::string& text) {
  const std::string word = to_lower(trim(text));
  for (std::string_view yes : {"1", "true", "t", "yes", "y", "on"}) {
    if (word == yes) return true;
  }
  for (std::string_view no : {"0", "false", "f", "no", "n", "off"}) {
    if (word == no) return false;
  }
  invalid_value(option, fmt::format("'{}' is not a valid boolean.", text));
}

int read_int(const OptionSpec& option, const std::string& text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || text.empty())
    invalid_value(option, fmt::format("'{}' is not a valid integer.", text));
  return number;
}

/// The choice as the table writes it: choices do not care for case.
std::string read_choice(const OptionSpec& option, const std::string& text) {
  const auto allowed = choices(option);
  if (allowed.empty()) return text;
  for (std::string_view choice : allowed) {
    if (equals_ignore_case(choice, text)) return std::string(choice);
  }
  std::vector<std::string> quoted;
  for (std::string_view choice : allowed) quoted.push_back(fmt::format("'{}'", choice));
  invalid_value(option, fmt::format("'{}' is not one of {}.", text, join(quoted, ", ")));
}

void check_path(const OptionSpec& option, const std::string& path) {
  std::error_code error;
  if (option.path_rule == PathRule::must_exist && !std::filesystem::exists(path, error)) {
    invalid_value(option, fmt::format("Path '{}' does not exist.", path));
  }
}

/// dbt's lists: each word may hold several values with blanks between.
std::vector<std::string> read_list(const OptionSpec& option, const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (const std::string& word : words) {
    for (std::string_view part : split_whitespace(word)) result.push_back(read_choice(option, std::string(part)));
  }
  return result;
}

struct Assign {
  Flags& flags;
  const OptionSpec& option;
  const std::vector<std::string>& values;  // of a flag: "true" or "false"

  void operator()(IgnoredFlag) const {}
  void operator()(IgnoredValue) const {}
  void operator()(bool Flags::*field) const { flags.*field = read_bool(option, values.back()); }
  void operator()(int Flags::*field) const { flags.*field = read_int(option, values.back()); }
  void operator()(std::optional<int> Flags::*field) const { flags.*field = read_int(option, values.back()); }
  void operator()(std::string Flags::*field) const { flags.*field = read_choice(option, values.back()); }
  void operator()(std::optional<std::string> Flags::*field) const {
    check_path(option, values.back());
    flags.*field = read_choice(option, values.back());
  }
  void operator()(std::vector<std::string> Flags::*field) const { flags.*field = read_list(option, values); }
  void operator()(ReadValues read) const {
    std::vector<std::string> normal = values;
    if (is_flag(option)) normal = {read_bool(option, values.back()) ? "true" : "false"};
    try {
      read(flags, normal);
    } catch (const Error& error) {
      if (error.diagnostic().kind != ErrorKind::usage) throw;
      invalid_value(option, error.diagnostic().message);
    }
  }
};

struct Given {
  const OptionSpec* option;
  std::vector<std::string> values;
};

/// What one run of CLI11 found.
struct Words {
  std::vector<Given> given;
  std::vector<std::string> arguments;
  bool help = false, version = false;
};

bool looks_like_option(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

[[noreturn]] void no_such_option(std::string_view word, const std::vector<const OptionSpec*>& options,
                                 const CommandSpec* command) {
  const std::string_view name = word.substr(0, word.find('='));
  std::vector<std::string> known = {"--help", "--version"};
  for (const OptionSpec* option : options) {
    for (std::string_view spelling : positive_spellings(*option)) known.emplace_back(spelling);
    for (std::string_view spelling : negative_spellings(*option)) known.emplace_back(spelling);
  }
  std::erase_if(known, [](const std::string& spelling) { return !spelling.starts_with("--"); });
  std::string hint;
  if (const std::string close = closest_match(name, known); !close.empty())
    hint = fmt::format("did you mean {}?", close);
  else if (!command)
    hint = "options of a command go after it: modelc COMMAND --option; see modelc --help";
  else
    hint = fmt::format("modelc {} --help lists its options", command->name);
  usage_error(fmt::format("No such option: {}", name), hint);
}

Words parse_words(std::vector<std::string> words, const std::vector<const OptionSpec*>& options,
                  const CommandSpec* command) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> added;
  for (const OptionSpec* option : options) {
    if (option->spellings.empty()) continue;
    CLI::Option* made = is_flag(*option) ? app.add_flag(std::string(option->spellings))
                                         : app.add_option(std::string(option->spellings));
    if (is_list(*option))
      made->expected(1, CLI::detail::expected_max_vector_size)
          ->allow_extra_args()
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    else if (!is_flag(*option))
      made->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    added.emplace_back(option, made);
  }
  CLI::Option* help = app.add_flag("-h,--help");
  CLI::Option* version = app.add_flag("-V,-v,--version");
  std::reverse(words.begin(), words.end());  // as CLI11 wants a vector
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    usage_error(error.what());
  }
  Words result;
  for (const auto& [option, made] : added) {
    if (made->count() > 0) result.given.push_back({option, made->results()});
  }
  result.help = help->count() > 0;
  result.version = version->count() > 0;
  for (const std::string& word : app.remaining()) {
    if (looks_like_option(word) && word != "--") no_such_option(word, options, command);
    if (word != "--") result.arguments.push_back(word);
  }
  return result;
}

/// The option that a word begins, and whether its value stands in the next word.
const OptionSpec* option_of_word(std::string_view word, const std::vector<const OptionSpec*>& options,
                                 bool& value_follows) {
  value_follows = false;
  const bool is_long = word.starts_with("--");
  const std::string_view name = is_long ? word.substr(0, word.find('=')) : word.substr(0, 2);
  for (const OptionSpec* option : options) {
    for (bool negative : {false, true}) {
      const auto spellings = negative ? negative_spellings(*option) : positive_spellings(*option);
      if (std::find(spellings.begin(), spellings.end(), name) == spellings.end()) continue;
      value_follows = !is_flag(*option) && word.size() == name.size();
      return option;
    }
  }
  return nullptr;
}

/// click names the option whose value is missing; CLI11 does not say which one it was in a form that users know.
void check_values_present(const std::vector<std::string>& words, const std::vector<const OptionSpec*>& options) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") return;
    if (!looks_like_option(words[i])) continue;
    bool value_follows = false;
    const OptionSpec* option = option_of_word(words[i], options, value_follows);
    if (!option || !value_follows) continue;
    if (i + 1 >= words.size()) usage_error(fmt::format("Option '{}' requires an argument.", words[i]));
    ++i;
  }
}

struct SplitWords {
  std::vector<std::string> before, after;
  std::string command;
};

std::vector<const OptionSpec*> options_before_command() {
  std::vector<const OptionSpec*> result;
  for (std::string_view id : global_option_ids()) result.push_back(&find_option(id));
  for (std::string_view id : {"project_dir", "profiles_dir_any", "target_path", "vars", "threads"})
    result.push_back(&find_option(id));
  return result;
}

bool is_group(std::string_view word) { return word == "docs" || word == "source"; }

SplitWords split_at_command(const std::vector<std::string>& argv) {
  const auto options = options_before_command();
  SplitWords result;
  for (size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (looks_like_option(word)) {
      bool value_follows = false;
      option_of_word(word, options, value_follows);
      result.before.push_back(word);
      if (value_follows && i + 1 < argv.size()) result.before.push_back(argv[++i]);
      continue;
    }
    result.command += (result.command.empty() ? "" : " ") + word;
    if (is_group(result.command)) continue;
    result.after.assign(argv.begin() + static_cast<ptrdiff_t>(i) + 1, argv.end());
    break;
  }
  return result;
}

[[noreturn]] void no_such_command(std::string_view name) {
  std::vector<std::string> known = {"ls"};
  for (const CommandSpec& command : command_table()) known.emplace_back(command.name);
  const std::string close = closest_match(name, known);
  const std::string_view word = name.substr(name.find(' ') + 1);  // of "docs foo", "foo"
  usage_error(fmt::format("No such command '{}'.", word),
              close.empty() ? "modelc --help lists the commands" : fmt::format("did you mean '{}'?", close));
}

/// The value of the environment for an option: DBT_ENGINE_X, then DBT_X. Empty ones count as absent.
const std::string* environment_value(const OptionSpec& option, const std::map<std::string, std::string>& environment) {
  if (option.environment.empty()) return nullptr;
  for (const std::string& name :
       {"DBT_ENGINE_" + std::string(option.environment.substr(4)), std::string(option.environment)}) {
    const auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return &found->second;
  }
  return nullptr;
}

class Reader {
 public:
  explicit Reader(ParsedCommandLine& parsed) : parsed_(parsed) {}

  void take(const Given& given) {
    std::visit(Assign{parsed_.invocation.flags, *given.option, given.values}, given.option->target);
    remember(given.option->name);
  }
  bool has(std::string_view name) const {
    return std::find(parsed_.given.begin(), parsed_.given.end(), name) != parsed_.given.end();
  }

 private:
  void remember(std::string_view name) {
    if (!has(name)) parsed_.given.emplace_back(name);
  }
  ParsedCommandLine& parsed_;
};

void read_environment(Reader& reader, const CommandSpec& command,
                      const std::map<std::string, std::string>& environment) {
  for (const OptionSpec* option : options_of(command)) {
    const bool is_old_name = option->spellings.empty();  // which dbt lets win over everything
    if (reader.has(option->name) && !is_old_name) continue;
    if (const std::string* value = environment_value(*option, environment)) {
      std::vector<std::string> values{*value};
      if (is_list(*option)) {
        values.clear();
        for (std::string_view part : split_whitespace(*value)) values.emplace_back(part);
      }
      reader.take({option, values});
    }
  }
}

void check_given_once(const Words& before, const Words& after) {
  for (const Given& a : before.given) {
    for (const Given& b : after.given) {
      if (a.option->name != b.option->name) continue;
      usage_error(fmt::format(
          "{} was provided both before and after the subcommand, it can only be set either before or after.",
          a.option->name));
    }
  }
}

void take_arguments(ParsedCommandLine& parsed, const CommandSpec& command, const std::vector<std::string>& arguments) {
  const size_t most = command.argument.empty() ? 0 : 1;
  if (arguments.size() > most) {
    const std::vector<std::string> extra(arguments.begin() + static_cast<ptrdiff_t>(most), arguments.end());
    usage_error(fmt::format("Got unexpected extra argument{} ({})", extra.size() == 1 ? "" : "s", join(extra, " ")),
                find_command_spec(command.name) && command.name == "run" ? "name models with --select" : "");
  }
  if (command.argument == "MACRO") {
    if (arguments.empty())
      usage_error("Missing argument 'MACRO'.", "modelc run-operation MACRO --args '{name: value}'");
    parsed.invocation.flags.macro_name = arguments[0];
  } else if (!arguments.empty()) {
    parsed.invocation.flags.project_name = arguments[0];
  }
}

/// `list -m` names models only, unlike `list -s` (dbt: ListTask).
void settle_list_models(ParsedCommandLine& parsed, const Reader& reader) {
  if (parsed.invocation.command != "list" || !reader.has("models")) return;
  if (reader.has("select")) usage_error("\"models\" and \"select\" are mutually exclusive arguments");
  if (reader.has("resource_types")) usage_error("\"models\" and \"resource_type\" are mutually exclusive arguments");
  parsed.invocation.flags.resource_types = {"model"};
}

std::string hidden_secrets(std::string text, const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    if (name.starts_with("DBT_ENV_SECRET_") && !trim(value).empty()) text = replace_all(text, value, "*****");
  }
  return text;
}

bool uses_deprecated_model_option(const std::vector<std::string>& argv) {
  return std::any_of(argv.begin(), argv.end(),
                     [](const std::string& w) { return w == "-m" || w == "--models" || w == "--model"; });
}

}  // namespace

namespace {

/// Of deprecated variables that are set: the name before, and the one that dbt gives the option today.
std::vector<std::pair<std::string, std::string>> renamed_variables(
    const CommandSpec& command, const std::map<std::string, std::string>& environment) {
  std::vector<std::pair<std::string, std::string>> result;
  const auto options = options_of(command);
  for (const OptionSpec* old : options) {
    if (!old->spellings.empty() || !environment_value(*old, environment)) continue;
    for (const OptionSpec* now : options) {
      if (now->name == old->name && !now->spellings.empty())
        result.emplace_back(old->environment, "DBT_ENGINE_" + std::string(now->environment.substr(4)));
    }
  }
  return result;
}

/// Variables with the prefix that dbt reserves for itself and that mean nothing.
std::vector<std::string> unknown_engine_variables(const std::map<std::string, std::string>& environment) {
  constexpr std::string_view prefix = "DBT_ENGINE_";
  constexpr std::string_view others[] = {"INVOCATION_ENV",  "RECORDED_FILE_PATH", "TEST_STATE_MODIFIED",
                                         "PACKAGE_HUB_URL", "DOWNLOAD_DIR",       "PP_FILE_DIFF_TEST",
                                         "PP_TEST"};
  std::vector<std::string> result;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(name).substr(prefix.size());
    const bool known = std::find(std::begin(others), std::end(others), rest) != std::end(others) ||
                       std::any_of(option_table().begin(), option_table().end(), [&](const OptionSpec& option) {
                         return option.environment.size() > 4 && option.environment.substr(4) == rest;
                       });
    if (!known) result.push_back(name);
  }
  return result;
}

ParsedCommandLine parse_split_words(const SplitWords& words, const std::vector<std::string>& argv,
                                    const std::map<std::string, std::string>& environment) {
  ParsedCommandLine parsed;
  parsed.invocation.environment = environment;
  parsed.invocation.command_line =
      hidden_secrets(argv.size() > 1 ? "modelc " + join({argv.begin() + 1, argv.end()}, " ") : "modelc", environment);
  const auto early = options_before_command();
  check_values_present(words.before, early);
  const Words before = parse_words(words.before, early, nullptr);
  if (before.version) {
    parsed.print_and_exit = version_text();
    return parsed;
  }
  if (words.command.empty() || is_group(words.command)) {
    parsed.print_and_exit = words.command.empty() ? overall_help() : group_help(words.command);
    parsed.lacks_command = !before.help;
    return parsed;
  }
  const CommandSpec* command = find_command_spec(words.command);
  if (!command) no_such_command(words.command);
  const auto options = options_of(*command);
  check_values_present(words.after, options);
  const Words after = parse_words(words.after, options, command);
  if (before.help || after.help || after.version) {
    parsed.print_and_exit = after.version ? version_text() : command_help(*command);
    return parsed;
  }
  check_given_once(before, after);
  parsed.invocation.command = std::string(command->name);
  parsed.invocation.flags.use_colors = parsed.invocation.flags.use_colors_file = true;  // as far as templates can see
  Reader reader(parsed);
  for (const Words* part : {&before, &after}) {
    for (const Given& given : part->given) reader.take(given);
  }
  take_arguments(parsed, *command, after.arguments);
  read_environment(reader, *command, environment);
  settle_list_models(parsed, reader);
  parsed.uses_deprecated_model_option = uses_deprecated_model_option(argv);
  parsed.renamed_variables = renamed_variables(*command, environment);
  parsed.unknown_engine_variables = unknown_engine_variables(environment);
  parsed.invocation.flags.behavior = behavior_defaults();
  check_flag_combinations(parsed.invocation.flags, parsed.given);
  return parsed;
}

}  // namespace

ParsedCommandLine parse_command_line(const std::vector<std::string>& argv,
                                     const std::map<std::string, std::string>& environment) {
  const SplitWords words = split_at_command(argv);
  try {
    return parse_split_words(words, argv, environment);
  } catch (Error& error) {
    if (error.diagnostic().kind == ErrorKind::usage) error.diagnostic().subject = synopsis(words.command);
    throw;
  }
}

}  // namespace modelc
