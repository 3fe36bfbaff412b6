#include "project/base_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/hash.h"
#include "base/version.h"
#include "base/yaml.h"
#include "jinja/json.h"
#include "jinja/pymodules.h"
#include "jinja/set.h"
#include "project/flags_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

constexpr std::string_view secret_prefix = "DBT_ENV_SECRET_";
constexpr std::string_view secret_start = "$$$DBT_SECRET_START$$$";
constexpr std::string_view secret_end = "$$$DBT_SECRET_END$$$";

Value or_default(const Value& value) { return value.is_undefined() ? Value::none() : value; }

Value from_json(State&, CallArgs& args) {
  auto bound = args.bind("fromjson", {"string", "default"}, 1);
  try {
    return jinja::parse_json(jinja::to_str(bound[0]));
  } catch (const Error&) {
    return or_default(bound[1]);
  }
}

Value to_json(State&, CallArgs& args) {
  auto bound = args.bind("tojson", {"value", "default", "sort_keys"}, 1);
  return Value(jinja::to_json(bound[0], !bound[2].is_undefined() && jinja::truth(bound[2])));
}

Value from_yaml(State&, CallArgs& args) {
  auto bound = args.bind("fromyaml", {"value", "default"}, 1);
  const SourceFile file("<fromyaml>", jinja::to_str(bound[0]));
  try {
    return jinja::from_yaml(load_yaml(file).root);
  } catch (const Error&) {
    return or_default(bound[1]);
  }
}

Value to_yaml(State&, CallArgs& args) {
  auto bound = args.bind("toyaml", {"value", "default", "sort_keys"}, 1);
  return Value(jinja::to_yaml(bound[0], !bound[2].is_undefined() && jinja::truth(bound[2])));
}

Value make_set(State& state, const Value& items) {
  return jinja::make_ref<jinja::SetObject>(jinja::iterate(state, items));
}

Value set_or_default(State& state, CallArgs& args) {
  auto bound = args.bind("set", {"value", "default"}, 1);
  try {
    return make_set(state, bound[0]);
  } catch (const Error&) {
    return or_default(bound[1]);
  }
}

Value set_strict(State& state, CallArgs& args) { return make_set(state, args.bind("set_strict", {"value"}, 1)[0]); }

Value zip_strict(State& state, CallArgs& args) {
  std::vector<std::vector<Value>> columns;
  size_t rows = args.positional.empty() ? 0 : SIZE_MAX;
  for (const auto& sequence : args.positional) {
    columns.push_back(jinja::iterate(state, sequence));
    rows = std::min(rows, columns.back().size());
  }
  std::vector<Value> result;
  for (size_t i = 0; i < rows; ++i) {
    std::vector<Value> row;
    for (const auto& column : columns) row.push_back(column[i]);
    result.push_back(Value::tuple(std::move(row)));
  }
  return Value::list(std::move(result));
}

Value zip_or_default(State& state, CallArgs& args) {
  const Value* fallback = args.find_named("default");
  try {
    return zip_strict(state, args);
  } catch (const Error&) {
    return fallback ? *fallback : Value::none();
  }
}

/// Keys of the first dict whose lists hold something that the second's lists lack; keys and items without regard to
/// case.
Value diff_of_two_dicts(State& state, CallArgs& args) {
  auto bound = args.bind("diff_of_two_dicts", {"dict_a", "dict_b"}, 2);
  const auto lower = [&](const Value& text) {
    CallArgs none;
    return jinja::call_method(state, text, "lower", none);
  };
  Value left = Value::dict(), result = Value::dict();
  for (const auto& [key, items] : bound[1].as_dict().entries()) {
    Value lowered = Value::list();
    for (const auto& item : jinja::iterate(state, items)) lowered.as_list().push_back(lower(item));
    left.as_dict().set(lower(key), lowered);
  }
  for (const auto& [key, items] : bound[0].as_dict().entries()) {
    Value* known = left.as_dict().find(lower(key));
    if (!known) {
      result.as_dict().set(key, items);
      continue;
    }
    Value missing = Value::list();
    for (const auto& item : jinja::iterate(state, items)) {
      if (!jinja::contains(state, *known, lower(item))) missing.as_list().push_back(item);
    }
    if (!missing.as_list().empty()) result.as_dict().set(key, missing);
  }
  return result;
}

Value local_md5(State&, CallArgs& args) {
  return Value(md5_hex(jinja::to_str(args.bind("local_md5", {"value"}, 1)[0])));
}

Value return_value(State& state, CallArgs& args) {
  const bool given = !args.positional.empty() || !args.named.empty();
  auto bound = args.bind("return", {"data"}, 0);
  state.set_return(given ? bound[0] : or_default(bound[0]));  // an undefined that is handed over stays undefined
  return Value(std::string_view());
}

/// Functions that need nothing of the invocation: made once, shared by all threads.
const std::unordered_map<std::string_view, Value>& shared_names() {
  static const std::unordered_map<std::string_view, Value> names = [] {
    std::unordered_map<std::string_view, Value> map;
    const auto add = [&](std::string_view name, Value (*function)(State&, CallArgs&)) {
      map.emplace(name, Value::function(std::string(name), function));
    };
    add("fromjson", from_json);
    add("tojson", to_json);
    add("fromyaml", from_yaml);
    add("toyaml", to_yaml);
    add("set", set_or_default);
    add("set_strict", set_strict);
    add("zip", zip_or_default);
    add("zip_strict", zip_strict);
    add("diff_of_two_dicts", diff_of_two_dicts);
    add("local_md5", local_md5);
    add("return", return_value);
    map.emplace("dbt_version", Value(dbt_version));
    map.emplace("modules", jinja::python_modules());
    return map;
  }();
  return names;
}

/// `modules`, which tells that it is asked for the one that dbt has deprecated.
class ModulesObject final : public jinja::Object {
 public:
  explicit ModulesObject(EventBus& events) : events_(events), all_(*jinja::python_modules().as<jinja::Object>()) {}
  std::string_view type_name() const override { return all_.type_name(); }
  std::string repr() const override { return all_.repr(); }
  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    tell(name);
    return all_.get_attribute(state, name);
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    if (key.is_string()) tell(key.as_string());
    return all_.get_item(state, key);
  }

 private:
  void tell(std::string_view name) const {
    if (name != "itertools") return;
    events_.warn_or_error(
        {"ModulesItertoolsUsageDeprecation",
         "D034",
         EventLevel::warn,
         "[WARNING]: Deprecated functionality\n\nUsage of itertools modules is deprecated. Please use "
         "the built-in functions instead.",
         Value::dict(),
         {}});
  }

  EventBus& events_;
  jinja::Object& all_;
};

std::string pretty_vars(const VarScope& scope) {
  Value merged = Value::dict();
  for (auto it = scope.scopes.rbegin(); it != scope.scopes.rend(); ++it) {
    if (*it && (*it)->is_dict()) merged.as_dict().update((*it)->as_dict());
  }
  if (scope.cli_vars && scope.cli_vars->is_dict()) merged.as_dict().update(scope.cli_vars->as_dict());
  Value shown = Value::dict();
  for (const auto& [key, value] : merged.as_dict().entries()) {
    const bool secret = key.is_string() && key.as_string().starts_with(secret_prefix);
    shown.as_dict().set(key, secret ? Value("*****") : value);
  }
  return jinja::to_json(shown, /*sort_keys=*/true, /*indent=*/4);
}

/// `var`: callable, with has_var.
class VarObject : public jinja::Object {
 public:
  explicit VarObject(const VarScope& scope, jinja::Context& context) : scope_(scope), context_(context) {}
  std::string_view type_name() const override { return "Var"; }
  bool is_callable() const override { return true; }

  Value call(State& state, CallArgs& args) override {
    auto bound = args.bind("var", {"var_name", "default"}, 1);
    const std::string name = jinja::to_str(bound[0]);
    if (auto value = find_var(scope_, name)) return render_text(state, *value);
    if (!bound[1].is_undefined()) return bound[1];
    if (args.positional.size() > 1 || args.find_named("default")) return Value::none();  // an undefined default
    if (scope_.missing_is_none) return Value::none();
    throw Error(
        ErrorKind::compilation, "project/missing-var",
        fmt::format("Required var '{}' not found in config:\nVars supplied to {} = {}", name,
                    scope_.subject.empty() ? "<Configuration>" : scope_.subject, pretty_vars(scope_)),
        state.current_span(),
        fmt::format("define it under `vars:` in the project file, pass --vars '{{{}: ...}}', or give var() a default",
                    name));
  }

  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name != "has_var") return std::nullopt;
    return Value(find_var(scope_, jinja::to_str(args.bind("has_var", {"var_name"}, 1)[0])).has_value());
  }

 private:
  /// dbt renders a variable's text as a template of its own.
  Value render_text(State& state, const Value& value) {
    if (!value.is_string() || !jinja::has_markup(value.as_string())) return value;
    const SourceFile file("<var>", value.as_string());
    return Value(jinja::render(*jinja::compile(file), context_, state.options()).text);
  }

  const VarScope& scope_;
  jinja::Context& context_;
};

}  // namespace

std::optional<Value> find_var(const VarScope& scope, std::string_view name) {
  const auto in = [&](const Value* vars) -> const Value* {
    return vars && vars->is_dict() ? vars->as_dict().find(name) : nullptr;
  };
  if (const Value* found = in(scope.cli_vars)) return *found;
  for (const Value* vars : scope.scopes) {
    if (const Value* found = in(vars)) return *found;
  }
  return std::nullopt;
}

BaseContext::BaseContext(const Invocation& invocation, VarScope vars, bool allow_secrets)
    : invocation_(invocation), vars_(std::move(vars)), allow_secrets_(allow_secrets) {}

void BaseContext::add(std::string name, Value value) { extra_.insert_or_assign(std::move(name), std::move(value)); }

Value BaseContext::read_env_var(State& state, CallArgs& args) {
  auto bound = args.bind("env_var", {"var", "default"}, 1);
  const std::string name = jinja::to_str(bound[0]);
  const auto found = invocation_.environment.find(name);
  const bool secret = name.starts_with(secret_prefix);
  if (secret && !allow_secrets_) {
    throw Error(
        ErrorKind::parsing, "project/secret-env-var",
        fmt::format(
            "Secret env vars are allowed only in profiles.yml or packages.yml. Found '{}' referenced elsewhere.", name),
        state.current_span());
  }
  if (found != invocation_.environment.end()) {
    // The text of a secret never enters a template: reveal_secrets puts it in after rendering.
    if (secret) return Value(fmt::format("{}{}{}", secret_start, name, secret_end));
    env_vars_[name] = found->second;
    return Value(found->second);
  }
  if (bound[1].is_undefined() || bound[1].is_none()) {
    throw Error(ErrorKind::parsing, "project/missing-env-var",
                fmt::format("Env var required but not provided: '{}'", name), state.current_span(),
                fmt::format("set {} in the environment, or give env_var() a default", name));
  }
  env_vars_[name] = "__dbt_default_env_placeholder__";
  return bound[1];
}

std::string BaseContext::reveal_secrets(std::string text) const {
  for (size_t at; (at = text.find(secret_start)) != std::string::npos;) {
    const size_t name_begin = at + secret_start.size();
    const size_t end = text.find(secret_end, name_begin);
    if (end == std::string::npos) break;
    const auto found = invocation_.environment.find(text.substr(name_begin, end - name_begin));
    const std::string value = found == invocation_.environment.end() ? "" : found->second;
    if (invocation_.events) invocation_.events->add_secret(value);
    text.replace(at, end + secret_end.size() - at, value);
  }
  return text;
}

Value BaseContext::log_function(bool is_print) {
  return Value::function(is_print ? "print" : "log", [this, is_print](State&, CallArgs& args) {
    auto bound = args.bind(is_print ? "print" : "log", {"msg", "info"}, 1);
    const std::string message = jinja::to_str(bound[0]);
    const bool info = !bound[1].is_undefined() && jinja::truth(bound[1]);
    Event event{"JinjaLogDebug", "I063", EventLevel::debug, message, Value::dict({{"msg", Value(message)}}), {}};
    if (info) event = {"JinjaLogInfo", "I062", EventLevel::info, message, event.data, {}};
    if (is_print) event = {"PrintEvent", "Z052", EventLevel::info, message, event.data, {}};
    event.print_only = is_print;
    event.node_info = event_node_info();
    if (invocation_.events) invocation_.events->fire(event);
    return Value(std::string_view());
  });
}

bool BaseContext::lookup(std::string_view name, Value& out) {
  if (const auto it = extra_.find(name); it != extra_.end()) {
    out = it->second;
    return true;
  }
  if (name == "var") {
    out = jinja::make_ref<VarObject>(vars_, *this);
  } else if (name == "env_var") {
    out = Value::function("env_var", [this](State& state, CallArgs& args) { return read_env_var(state, args); });
  } else if (name == "log" || name == "print") {
    out = log_function(name == "print");
  } else if (name == "run_started_at") {
    out = jinja::make_datetime(invocation_.started_at);
  } else if (name == "invocation_id") {
    out = Value(invocation_.invocation_id);
  } else if (name == "thread_id") {
    out = Value(thread_name());
  } else if (name == "flags") {
    out = flags_value(invocation_);
  } else if (name == "modules" && invocation_.events) {
    out = Value(jinja::make_ref<ModulesObject>(*invocation_.events));
  } else if (const auto it = shared_names().find(name); it != shared_names().end()) {
    out = it->second;
  } else {
    return false;
  }
  return true;
}

namespace {

/// date.isoformat(): dbt makes texts of the dates of YAML.
std::string iso_text(const Value& date) {
  std::string text = jinja::to_str(date);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  return text;
}

struct YamlRenderer {
  const SourceFile* file;
  jinja::Context& context;
  SourceMap& sources;
  const std::function<bool(const std::vector<std::string>&)>& keep;
  std::vector<std::string> path;

  Value text(const Value& value) {
    if (!jinja::has_markup(value.as_string())) {
      const std::string& plain = value.as_string();
      return plain.ends_with('\n') ? Value(plain.substr(0, plain.size() - 1)) : value;  // as Jinja does
    }
    const SourceFile* source =
        sources.add(file ? file->path() : "<yaml>", value.as_string(), lines_before(value.as_string()));
    const auto* base = dynamic_cast<const BaseContext*>(&context);
    Value rendered;
    try {
      rendered = render(source);
    } catch (const Error&) {
      // A password may look like a template without being one (dbt: SecretRenderer).
      if (!base || !base->allows_secrets() || std::find(path.begin(), path.end(), "password") == path.end()) throw;
      rendered = value;
    }
    if (base && rendered.is_string()) {
      rendered = Value(base->reveal_secrets(rendered.as_string()));
    }
    return rendered;
  }

  /// dbt names the text that it could not render; what env_var() throws, it leaves as it is.
  Value render(const SourceFile* source) {
    try {
      return jinja::render_native(*jinja::compile(*source), context);
    } catch (Error& error) {
      if (error.diagnostic().kind == ErrorKind::compilation) {
        error.diagnostic().message = fmt::format("Could not render {}: {}", source->text(), error.diagnostic().message);
      }
      throw;
    }
  }

  /// The line of a text in its file, when it stands there literally.
  uint32_t lines_before(const std::string& text) const {
    const size_t at = file ? file->text().find(text) : std::string_view::npos;
    return at == std::string_view::npos ? 0 : file->line_column(static_cast<uint32_t>(at)).line - 1;
  }

  Value value(const Value& in) {
    if (keep && keep(path)) return in;
    if (in.is_string()) return text(in);
    if (jinja::is_date(in) || jinja::is_datetime(in)) return Value(iso_text(in));
    if (in.is_dict()) {
      Value out = Value::dict();
      for (const auto& [key, item] : in.as_dict().entries()) {
        path.push_back(jinja::to_str(key));
        out.as_dict().set(key, value(item));
        path.pop_back();
      }
      return out;
    }
    if (in.is_list()) {
      Value out = Value::list();
      for (size_t i = 0; i < in.as_list().size(); ++i) {
        path.push_back(std::to_string(i));
        out.as_list().push_back(value(in.as_list()[i]));
        path.pop_back();
      }
      return out;
    }
    return in;
  }
};

}  // namespace

Value render_yaml_value(const Value& value, const SourceFile* file, jinja::Context& context, SourceMap& sources,
                        const std::function<bool(const std::vector<std::string>& path)>& keep) {
  return YamlRenderer{file, context, sources, keep, {}}.value(value);
}

}  // namespace modelc
