#include "parse/macro_arguments.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"

namespace modelc {

using jinja::Value;

namespace {

/// How many types stand in brackets behind a name; nothing for a word that is no type.
std::optional<int> parameter_count(std::string_view name) {
  for (std::string_view plain : {"str", "string", "bool", "int", "integer", "float", "any", "relation", "column"}) {
    if (name == plain) return 0;
  }
  if (name == "list" || name == "optional") return 1;
  if (name == "dict") return 2;
  return std::nullopt;
}

/// Takes one type from the front of `text`; false when there is none.
bool take_type(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
  const std::optional<int> count = parameter_count(text.substr(0, end));
  if (!count) return false;
  text.remove_prefix(end);
  for (int i = 0; i < *count; ++i) {
    if (text.empty() || text[0] != (i == 0 ? '[' : ',')) return false;
    text.remove_prefix(1);
    if (!take_type(text)) return false;
  }
  if (*count == 0) return true;
  if (text.empty() || text[0] != ']') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool is_macro_type(std::string_view text) {
  std::string packed(text);
  std::erase_if(packed, [](char c) { return c == ' ' || c == '\t'; });
  std::string_view rest = packed;
  return take_type(rest) && rest.empty();
}

void check_macro_arguments(const ParseState& state, const Macro& macro, const Value& given) {
  const auto complain = [&](const std::string& message) {
    warn(state.invocation, "InvalidMacroAnnotation", "I076", message,
         Value::dict({{"msg", Value(message)},
                      {"macro_unique_id", Value(macro.unique_id)},
                      {"macro_file_path", Value(macro.original_file_path)}}));
  };
  const auto& listed = given.as_list();
  const auto defined = macro.arguments.is_list() ? macro.arguments.as_items() : std::vector<Value>();
  if (listed.empty()) return;
  for (size_t i = 0; i < std::min(listed.size(), defined.size()); ++i) {
    if (const std::string name = listed[i].get_string("name"); name != defined[i].get_string("name"))
      complain("Argument " + name + " in yaml for macro " + macro.name + " does not match the jinja definition.");
  }
  if (listed.size() != defined.size()) {
    complain("The number of arguments in the yaml for macro " + macro.name + " does not match the jinja definition.");
  }
  for (const Value& argument : listed) {
    const std::string type = argument.get_string("type");
    if (!trim(type).empty() && !is_macro_type(type)) {
      complain("Argument " + argument.get_string("name") + " in the yaml for macro " + macro.name +
               " has an invalid type.");
    }
  }
}

}  // namespace modelc
