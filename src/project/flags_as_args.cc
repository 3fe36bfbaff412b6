// The flags as run_results.json records them (dbt: RunResultsArtifact.args).
#include <algorithm>

#include "base/fs.h"
#include "base/text.h"
#include "base/yaml.h"
#include "jinja/json.h"
#include "project/options.h"

namespace modelc {

using jinja::Value;

namespace {

Value text_list(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.as_list().emplace_back(text);
  return list;
}

/// Undefined for what nobody set and has no default: dbt leaves those out.
struct ReadField {
  const Flags& flags;
  Value operator()(IgnoredFlag) const { return {}; }
  Value operator()(IgnoredValue) const { return {}; }
  Value operator()(ReadValues) const { return {}; }
  Value operator()(bool Flags::*field) const { return Value(flags.*field); }
  Value operator()(int Flags::*field) const { return Value(flags.*field); }
  Value operator()(std::string Flags::*field) const { return Value(flags.*field); }
  Value operator()(std::vector<std::string> Flags::*field) const { return text_list(flags.*field); }
  Value operator()(std::optional<int> Flags::*field) const { return flags.*field ? Value(*(flags.*field)) : Value(); }
  Value operator()(std::optional<std::string> Flags::*field) const {
    return flags.*field ? Value(*(flags.*field)) : Value();
  }
};

Value warn_error_options(const Flags& flags) {
  Value error = text_list(flags.warn_error_include);
  if (flags.warn_error_include == std::vector<std::string>{"all"}) error = Value("all");
  return Value::dict({{"error", error},
                      {"warn", text_list(flags.warn_error_exclude)},
                      {"silence", text_list(flags.warn_error_silence)}});
}

/// dbt's `which` is the last word of the command.
std::string_view which(std::string_view command) { return command.substr(command.rfind(' ') + 1); }

Value scrubbed(const Value& value, const EventBus* events) {
  if (!events) return value;
  if (value.is_string()) return Value(events->scrub(value.as_string()));
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.as_list()) out.as_list().push_back(scrubbed(item, events));
    return out;
  }
  if (value.is_dict()) {
    Value out = Value::dict();
    for (const auto& [key, item] : value.as_dict().entries()) out.as_dict().set(key, scrubbed(item, events));
    return out;
  }
  return value;
}

void add_own_forms(jinja::DictData& args, const Flags& flags, const CommandSpec& command) {
  const auto takes = [&](std::string_view id) {
    for (std::string_view option : split(command.options, ',')) {
      if (option == id) return true;
    }
    return false;
  };
  args.set("vars", flags.cli_vars);
  args.set("warn_error_options", warn_error_options(flags));
  if (takes("full_refresh")) args.set("full_refresh", Value(flags.full_refresh));
  if (flags.event_time_start) args.set("event_time_start", Value(*flags.event_time_start));
  if (flags.event_time_end) args.set("event_time_end", Value(*flags.event_time_end));
  if (command.name == "run-operation") {
    args.set("macro", Value(flags.macro_name.value_or("")));
    const SourceFile file("<--args>", flags.args_yaml.value_or("{}"));
    args.set("args", jinja::from_yaml(load_yaml(file).root));
  }
}

}  // namespace

namespace {

std::vector<std::string> read_texts(const Value& value) {
  std::vector<std::string> result;
  if (value.is_string()) result.push_back(value.as_string());
  if (value.is_sequence()) {
    for (const Value& item : value.as_items()) result.push_back(jinja::to_str(item));
  }
  return result;
}

/// The way back from ReadField.
struct WriteField {
  Flags& flags;
  const Value& value;
  void operator()(IgnoredFlag) const {}
  void operator()(IgnoredValue) const {}
  void operator()(ReadValues) const {}
  void operator()(bool Flags::*field) const {
    if (value.is_bool()) flags.*field = value.as_bool();
  }
  void operator()(int Flags::*field) const {
    if (value.is_int()) flags.*field = static_cast<int>(value.as_int());
  }
  void operator()(std::string Flags::*field) const {
    if (value.is_string()) flags.*field = value.as_string();
  }
  void operator()(std::vector<std::string> Flags::*field) const { flags.*field = read_texts(value); }
  void operator()(std::optional<int> Flags::*field) const {
    if (value.is_int()) flags.*field = static_cast<int>(value.as_int());
  }
  void operator()(std::optional<std::string> Flags::*field) const {
    if (value.is_string() && !value.as_string().empty()) flags.*field = value.as_string();
  }
};

}  // namespace

void adopt_args(Flags& flags, const CommandSpec& command, const Value& args, const std::vector<std::string>& keep) {
  const auto kept = [&](std::string_view name) { return std::find(keep.begin(), keep.end(), name) != keep.end(); };
  for (const OptionSpec* option : options_of(command)) {
    const Value value = args.get(option->name);
    if (value.is_undefined() || value.is_none()) continue;
    if (!kept(option->name)) std::visit(WriteField{flags, value}, option->target);
  }
  const auto take_text = [&](std::string_view name, std::optional<std::string>& field) {
    if (const Value value = args.get(name); value.is_string()) field = value.as_string();
  };
  if (!kept("full_refresh")) flags.full_refresh = args.get_bool("full_refresh", flags.full_refresh);
  take_text("event_time_start", flags.event_time_start);
  take_text("event_time_end", flags.event_time_end);
  take_text("macro", flags.macro_name);
  if (const Value value = args.get("args"); value.is_dict()) flags.args_yaml = jinja::to_json(value);
  if (const Value value = args.get("vars"); value.is_dict() && !kept("vars")) flags.cli_vars = value;
}

Value flags_as_args(const Invocation& invocation) {
  const Flags& flags = invocation.flags;
  Value result = Value::dict();
  jinja::DictData& args = result.as_dict();
  if (const CommandSpec* command = find_command_spec(invocation.command)) {
    for (const OptionSpec* option : options_of(*command)) {
      Value value = std::visit(ReadField{flags}, option->target);
      if (!value.is_undefined()) args.set(option->name, std::move(value));
    }
    add_own_forms(args, flags, *command);
  }
  for (const auto& [name, value] : flags.behavior) args.set(name, Value(value));
  args.set("project_dir", Value(path_absolute(flags.project_dir.value_or("."))));
  args.set("which", Value(which(invocation.command)));
  args.set("invocation_command", Value(invocation.command_line));
  return scrubbed(result, invocation.events);
}

}  // namespace modelc
