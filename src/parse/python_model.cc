// Python models: enough reading to list them with their refs and configs. modelc does not run them.
#include <algorithm>

#include "base/text.h"
#include "jinja/render.h"
#include "parse/sql_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

bool is_word(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// The place behind the string literal or comment that begins at `at`, or `at` when none does.
size_t skip_text(std::string_view code, size_t at) {
  if (code[at] == '#') {
    size_t end = code.find('\n', at);
    return end == std::string_view::npos ? code.size() : end;
  }
  if (code[at] != '"' && code[at] != '\'') return at;
  std::string quote(1, code[at]);
  if (code.substr(at, 3) == quote + quote + quote) quote += quote + quote;
  for (size_t i = at + quote.size(); i < code.size(); ++i) {
    if (code[i] == '\\') {
      ++i;
    } else if (code.substr(i, quote.size()) == quote) {
      return i + quote.size();
    }
  }
  return code.size();
}

/// The argument texts of the call whose "(" is at `open`; `end` gets the place of ")".
std::vector<std::string_view> split_arguments(std::string_view code, size_t open, size_t& end) {
  std::vector<std::string_view> out;
  int depth = 0;
  size_t begin = open + 1;
  for (size_t i = open; i < code.size();) {
    size_t after = skip_text(code, i);
    if (after != i) {
      i = after;
      continue;
    }
    char c = code[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if ((c == ',' && depth == 1) || depth == 0) {
      std::string_view argument = trim(code.substr(begin, i - begin));
      if (!argument.empty()) out.push_back(argument);
      begin = i + 1;
    }
    if (depth == 0) {
      end = i;
      return out;
    }
    ++i;
  }
  end = code.size();
  return out;
}

struct PythonCall {
  std::string name;
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
  Span span;
};

Value read_literal(std::string_view text, const Node& node, Span span) {
  Value value = jinja::literal_eval(text);
  if (value.is_undefined())
    fail_parsing(
        "parse/python-literal",
        "Error when trying to literal_eval an arg to dbt.ref(), dbt.source(), dbt.config() or dbt.config.get() \n"
        "malformed node or string: " +
            std::string(text) +
            "\nhttps://docs.python.org/3/library/ast.html#ast.literal_eval\nIn dbt python model, `dbt.ref`, "
            "`dbt.source`, `dbt.config`, `dbt.config.get` function args only support Python literal structures",
        draft_subject(node), span);
  return value;
}

/// "name=value" at the top of an argument; npos when it is positional.
size_t keyword_end(std::string_view argument) {
  size_t i = 0;
  while (i < argument.size() && is_word(argument[i])) ++i;
  size_t equals = argument.find_first_not_of(" \t", i);
  if (i == 0 || equals == std::string_view::npos || argument[equals] != '=') return std::string_view::npos;
  return equals + 1 < argument.size() && argument[equals + 1] == '=' ? std::string_view::npos : equals;
}

std::vector<PythonCall> find_calls(const Node& node) {
  static constexpr std::string_view functions[] = {"config.meta_get", "config.get", "config", "ref", "source"};
  std::vector<PythonCall> calls;
  std::string_view code = node.raw_code;
  for (size_t i = 0; i < code.size();) {
    size_t after = skip_text(code, i);
    if (after != i) {
      i = after;
      continue;
    }
    bool starts = code.substr(i, 4) == "dbt." && (i == 0 || (!is_word(code[i - 1]) && code[i - 1] != '.'));
    size_t next = i + 1;
    for (std::string_view function : functions) {
      if (!starts || code.substr(i + 4, function.size()) != function) continue;
      size_t open = code.find_first_not_of(" \t", i + 4 + function.size());
      if (open == std::string_view::npos || code[open] != '(') continue;
      PythonCall call;
      call.name = function;
      size_t end = open;
      std::vector<std::string_view> arguments = split_arguments(code, open, end);
      call.span = Span{node.file, static_cast<uint32_t>(i), static_cast<uint32_t>(std::min(end + 1, code.size()))};
      for (std::string_view argument : arguments) {
        size_t equals = keyword_end(argument);
        if (equals == std::string_view::npos) {
          call.positional.push_back(read_literal(argument, node, call.span));
        } else {
          std::string name(trim(argument.substr(0, equals)));
          call.named.emplace_back(std::move(name), read_literal(trim(argument.substr(equals + 1)), node, call.span));
        }
      }
      calls.push_back(std::move(call));
      next = open + 1;  // calls may stand inside of calls
      break;
    }
    i = next;
  }
  return calls;
}

/// dbt: PythonValidationVisitor. The functions named model, at any depth.
void check_model_function(const Node& node) {
  std::string_view code = node.raw_code;
  int definitions = 0;
  std::vector<std::string> faults;
  for (size_t i = 0; i < code.size();) {
    size_t after = skip_text(code, i);
    if (after != i) {
      i = after;
      continue;
    }
    if (code.substr(i, 4) == "def " && (i == 0 || !is_word(code[i - 1]))) {
      size_t name = code.find_first_not_of(" \t", i + 4);
      size_t open = name == std::string_view::npos ? name : code.find('(', name);
      if (open != std::string_view::npos && trim(code.substr(name, open - name)) == "model") {
        ++definitions;
        size_t end = open;
        std::vector<std::string_view> arguments = split_arguments(code, open, end);
        if (!arguments.empty() && arguments[0] != "dbt" && !arguments[0].starts_with("dbt:"))
          faults.push_back("'dbt' not provided for model as the first argument");
        if (arguments.size() != 2)
          faults.push_back("model function should have two args, `dbt` and a session to current warehouse");
      }
    }
    ++i;
  }
  if (definitions != 1)
    fail_parsing("parse/python-model",
                 "dbt allows exactly one model defined per python file, found " + std::to_string(definitions),
                 draft_subject(node), node.declared_at);
  if (!faults.empty()) fail_parsing("parse/python-model", join(faults, "\n"), draft_subject(node), node.declared_at);
}

}  // namespace

void capture_python(const ParseState& state, Draft& draft) {
  Node& node = draft.node;
  if (jinja::has_markup(node.raw_code) && node.raw_code.find("{{") != std::string::npos)
    fail_parsing("parse/python-jinja", "No jinja in python model code is allowed", draft_subject(node),
                 node.declared_at);
  if (trim(node.raw_code).empty()) return;
  if (node.resource_type == ResourceType::model) check_model_function(node);
  std::vector<Value> keys, defaults, meta_keys, meta_defaults;
  std::vector<PythonCall> calls = find_calls(node);
  for (const PythonCall& call : calls) {
    if (call.name == "ref") {
      if (call.positional.empty() || call.positional.size() > 2)
        fail_compilation("parse/ref-arguments",
                         "ref() takes at most two arguments (" + std::to_string(call.positional.size()) + " given)",
                         draft_subject(node), call.span);
      RefArgs ref;
      ref.name = jinja::to_str(call.positional.back());
      if (call.positional.size() == 2) ref.package = jinja::to_str(call.positional[0]);
      for (const auto& [name, value] : call.named)
        if ((name == "v" || name == "version") && !value.is_none()) ref.version = value;
      ref.span = call.span;
      node.refs.push_back(std::move(ref));
    } else if (call.name == "source") {
      if (call.positional.size() != 2)
        fail_compilation("parse/source-arguments",
                         "source() takes exactly two arguments (" + std::to_string(call.positional.size()) + " given)",
                         draft_subject(node), call.span);
      node.sources.push_back({jinja::to_str(call.positional[0]), jinja::to_str(call.positional[1]), call.span});
    } else if (call.name == "config") {
      Value options = Value::dict();
      for (const auto& [name, value] : call.named) options.as_dict().set(std::string_view(name), value);
      if (options.as_dict().size() > 0) merge_config_call(draft.calls, options);
    } else {
      bool meta = call.name == "config.meta_get";
      std::string shown = meta ? "dbt.config.meta_get()" : "dbt.config.get()";
      if (call.positional.empty())
        fail_parsing("parse/python-model", shown + " requires at least one argument", draft_subject(node), call.span);
      if (call.positional.size() > 2)
        fail_parsing("parse/python-model",
                     shown + " takes at most 2 arguments (" + std::to_string(call.positional.size()) + " given)",
                     draft_subject(node), call.span);
      (meta ? meta_keys : keys).push_back(call.positional[0]);
      (meta ? meta_defaults : defaults).push_back(call.positional.size() == 2 ? call.positional[1] : Value::none());
    }
  }
  for (std::string_view function : {"ref", "source", "config"}) {
    bool called =
        std::any_of(calls.begin(), calls.end(), [&](const PythonCall& call) { return call.name == function; });
    MacroId macro = called ? state.macros().find(function, node.package_name) : no_id;
    if (macro != no_id) node.depends_on_macros.push_back(macro);  // an engine's own ref counts as called
  }
  if (keys.empty() && meta_keys.empty()) return;
  merge_config_call(draft.calls, Value::dict({{"config_keys_used", Value::list(std::move(keys))},
                                              {"config_keys_defaults", Value::list(std::move(defaults))},
                                              {"meta_keys_used", Value::list(std::move(meta_keys))},
                                              {"meta_keys_defaults", Value::list(std::move(meta_defaults))}}));
}

}  // namespace modelc
