// Help texts and the version, written from the table of options.
#include <fmt/format.h>

#include "base/text.h"
#include "base/version.h"
#include "project/options.h"

namespace modelc {
namespace {

constexpr size_t left_width = 34;
constexpr size_t right_width = 76;

std::string wrap(std::string_view text, size_t width, std::string_view prefix) {
  std::string out, line;
  for (std::string_view word : split_whitespace(text)) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out += line + "\n" + std::string(prefix);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return out + line;
}

std::string row(std::string_view left, std::string_view right) {
  const std::string margin(left_width, ' ');
  std::string out = fmt::format("  {}", left);
  if (right.empty()) return out + "\n";
  if (out.size() + 2 > left_width)
    out += "\n" + margin;
  else
    out.resize(left_width, ' ');
  return out + wrap(right, right_width, margin) + "\n";
}

std::string option_row(const OptionSpec& option) {
  std::string left;
  for (std::string_view spelling : positive_spellings(option))
    left += (left.empty() ? "" : ", ") + std::string(spelling);
  for (std::string_view spelling : negative_spellings(option)) left += " / " + std::string(spelling);
  if (!is_flag(option))
    left += choices(option).empty() ? fmt::format(" {}", option.placeholder) : fmt::format(" [{}]", option.placeholder);
  std::string right(option.help);
  if (!option.environment.empty()) right += fmt::format(" [{}]", option.environment);
  return row(left, right);
}

void append_options(std::string& out, const std::vector<const OptionSpec*>& options) {
  constexpr std::string_view groups[] = {
      "Selection", "Building", "Project, profile and target", "State and deferral", "Output and log",
      "Warnings",  "Other"};
  for (std::string_view group : groups) {
    std::string rows;
    for (const OptionSpec* option : options) {
      if (option->group == group) rows += option_row(*option);
    }
    if (group == "Other") rows += row("-h, --help", "Show this text.") + row("-V, -v, --version", "Show the version.");
    if (!rows.empty()) out += fmt::format("\n{}:\n{}", group, rows);
  }
}

}  // namespace

std::string overall_help() {
  std::string out = fmt::format(
      "modelc {}: compiles and runs SQL models as dbt {} does.\n\nUsage: modelc [OPTIONS] COMMAND "
      "[ARGS]...\n\nCommands:\n",
      modelc_version, dbt_version);
  for (const CommandSpec& command : command_table()) out += row(command.name, command.summary);
  out += "\nOptions that go before or after any command:\n";
  for (std::string_view id : global_option_ids()) {
    if (const OptionSpec& option = find_option(id); !option.group.empty()) out += option_row(option);
  }
  out += row("-h, --help", "Show this text, or that of a command: modelc run --help.");
  out += row("-V, -v, --version", "Show the version.");
  return out +
         "\nA variable of the environment in [brackets] sets an option that is not given; `flags:` in the project file "
         "comes after it.\n";
}

std::string group_help(std::string_view group) {
  std::string out = fmt::format("Usage: modelc {} COMMAND [OPTIONS]\n\nCommands:\n", group);
  for (const CommandSpec& command : command_table()) {
    if (command.name.starts_with(std::string(group) + " "))
      out += row(command.name.substr(group.size() + 1), command.summary);
  }
  return out;
}

std::string synopsis(std::string_view name) {
  const CommandSpec* command = find_command_spec(name);
  if (!command) {
    const std::string_view group = name.substr(0, name.find(' '));
    const bool is_group = group == "docs" || group == "source";
    return fmt::format("modelc {}[OPTIONS] COMMAND [ARGS]...", is_group ? std::string(group) + " " : "");
  }
  return fmt::format("modelc {} [OPTIONS]{}{}", command->name, command->argument.empty() ? "" : " ", command->argument);
}

std::string command_help(const CommandSpec& command) {
  std::string out = fmt::format("Usage: {}\n\n  {}.\n", synopsis(command.name), command.summary);
  if (!command.examples.empty()) out += "\nExamples:\n" + indent(command.examples, "  ") + "\n";
  append_options(out, options_of(command));
  return out;
}

std::string version_text() {
  return fmt::format(
      "Core:\n  - installed: {}\n\nPlugins:\n  - sqlite: {}\n\nThis is modelc {}, which behaves as dbt {} does.\n",
      dbt_version, modelc_version, modelc_version, dbt_version);
}

}  // namespace modelc
