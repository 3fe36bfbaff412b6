// The names that RuntimeContext adds to those of every SQL file.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "compile/relations.h"
#include "compile/runtime_context.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

constexpr std::string_view custom_env_prefix = "DBT_ENV_CUSTOM_ENV_";

Value metadata_variables(const Invocation& invocation) {
  Value out = Value::dict();
  for (const auto& [name, value] : invocation.environment) {
    if (name.starts_with(custom_env_prefix))
      out.as_dict().set(std::string_view(name).substr(custom_env_prefix.size()), Value(value));
  }
  return out;
}

Value selected_ids(const CompileEnvironment& environment) {
  Value out = Value::list();
  for (NodeId id : environment.selected) out.as_list().push_back(Value(environment.parsed.manifest.node(id).unique_id));
  return out;
}

/// `context_macro_stack`: the macros that are running, outermost first.
class MacroStackObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "MacroStack"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    if (name != "depth" && name != "call_stack") return std::nullopt;
    Value names = Value::list();
    const auto frames = state.call_stack();
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
      if (!frame->macro.empty()) names.as_list().push_back(Value(frame->macro));
    }
    if (name == "depth") return Value(names.as_list().size());
    return names;
  }
};

/// A text that Jinja would read as an expression though it has no braces: ref('x'), var("y"), ...
bool looks_like_call(std::string_view text) {
  text = trim(text);
  for (std::string_view name : {"env_var", "ref", "var", "source", "doc"}) {
    if (!text.starts_with(name)) continue;
    const std::string_view rest = trim(text.substr(name.size()));
    return rest.size() > 2 && rest.front() == '(' && rest.back() == ')' && rest.find('\n') == std::string_view::npos;
  }
  return false;
}

/// `wanted` is a value, or a Python type (`list`, `str`): a callable whose name tells it.
bool is_allowed(const Value& value, const Value& wanted) {
  if (!jinja::is_callable(wanted)) return jinja::equals(value, wanted);
  return jinja::to_str(wanted).find(jinja::type_name(value)) != std::string::npos;
}

}  // namespace

Value validation_object() {
  Value any = Value::function("any", [](State&, CallArgs& options) {
    return Value::function("inner", [allowed = options.positional](State& state, CallArgs& args) {
      const Value value = args.bind("inner", {"value"}, 1)[0];
      for (const auto& wanted : allowed) {
        if (is_allowed(value, wanted)) return Value::none();
      }
      std::vector<std::string> names;
      for (const auto& wanted : allowed) names.push_back(jinja::to_str(wanted));
      throw Error(ErrorKind::runtime, "compile/validation",
                  fmt::format("Expected value \"{}\" to be one of {}", jinja::to_str(value), join(names, ",")),
                  state.current_span());
    });
  });
  return Value::dict({{"any", any}});
}

bool RuntimeContext::own_data(std::string_view name, Value& out) {
  const CompileEnvironment& environment = shared_.environment;
  const Target& target = environment.parsed.project.target;
  const bool of_node = node_ && mode_ != ContextMode::operation;
  switch (name.empty() ? '\0' : name[0]) {
    case 'a':
      if (name == "adapter") {
        if (adapter_.is_undefined()) adapter_ = adapter_object(*this);
        out = adapter_;
        return true;
      }
      if (name == "api") return out = api_value(macros_.traits(), project_quoting(project_)), true;
      return false;
    case 'c':
      if (name == "config") return out = config_object(*this), true;
      if (name == "compiled_code") {
        if (invocation_.command == "clone" && node_) {
          if (const Value entry = defer_entry(environment, *node_); entry.is_dict()) {
            return out = Value("select * from " + state_relation(environment, entry).render()), true;
          }
        }
        return out = compiled_sql_ ? Value(*compiled_sql_) : Value::none(), true;
      }
      if (name == "column") return out = column_maker(macros_.traits()), true;
      if (name == "context_macro_stack") return out = Value(jinja::make_ref<MacroStackObject>()), true;
      return false;
    case 'd':
      if (name == "database") return out = Value(of_node ? node_->database : target.database), true;
      if (name == "defer_relation") return out = defer_relation(), true;
      if (name == "dbt_metadata_envs") return out = metadata_variables(invocation_), true;
      return false;
    case 'e':
      if (name == "execute") return out = Value(true), true;
      if (name == "exceptions")
        return out = exceptions_value(invocation_, node_ ? node_subject(*node_) : std::string()), true;
      if (name == "env") return out = jinja::deep_copy(shared_.target()), true;
      return false;
    case 'g':
      if (name == "graph") return out = shared_.graph(), true;
      return false;
    case 'i':
      if (name == "invocation_args_dict") return out = flags_as_args(invocation_), true;
      return false;
    case 'm':
      if (name == "model") return out = model(), true;
      return false;
    case 'p':
      if (name == "pre_hooks") return out = hooks("pre-hook"), true;
      if (name == "post_hooks") return out = hooks("post-hook"), true;
      return false;
    case 's':
      if (name == "sql") return own_data("compiled_code", out);
      if (name == "schema") return out = Value(of_node ? node_->schema : target.schema), true;
      if (name == "selected_resources") return out = selected_ids(environment), true;
      if (name == "source_node" && mode_ == ContextMode::source) return out = model(), true;
      if (name == "sql_now") return out = call_macro("current_timestamp", {}), true;
      return false;
    case 't':
      if (name == "this") return out = this_value(), true;
      if (name == "target") return out = jinja::deep_copy(shared_.target()), true;
      return false;
    case 'v':
      if (name == "validation") return out = validation_object(), true;
      return false;
    case '_':
      if (name == "_model_unique_id") return out = model_unique_id(), true;
      if (name == "_dbt_generic_test_kwargs") return out = test_arguments(), true;
      return false;
    default:
      return false;
  }
}

namespace {

AdapterResponse raw_response(const std::vector<Value>& bound) {
  AdapterResponse response;
  response.message = jinja::to_str(bound[1]);
  if (bound[2].is_string()) response.code = bound[2].as_string();
  if (bound[3].is_int()) response.rows_affected = bound[3].as_int();
  return response;
}

Value try_or_compiler_error(State& state, CallArgs& args) {
  if (args.positional.size() < 2) args.bind("try_or_compiler_error", {"message_if_exception", "func"}, 2);
  const std::string message = jinja::to_str(args.positional[0]);
  const Value callee = args.positional[1];
  CallArgs inner;
  inner.positional.assign(args.positional.begin() + 2, args.positional.end());
  inner.named = args.named;
  try {
    return jinja::call(state, callee, inner);
  } catch (const Error&) {
    throw Error(ErrorKind::compilation, "compile/try", message, state.current_span());
  }
}

}  // namespace

bool RuntimeContext::own_function(std::string_view name, Value& out) {
  using Body = Value (*)(RuntimeContext&, State&, CallArgs&);
  struct Entry {
    std::string_view name;
    Body body;
  };
  static constexpr Entry entries[] = {
      {"ref", [](RuntimeContext& c, State& s, CallArgs& a) { return c.ref(s, a); }},
      {"source", [](RuntimeContext& c, State& s, CallArgs& a) { return c.source(s, a); }},
      {"function", [](RuntimeContext& c, State& s, CallArgs& a) { return c.function(s, a); }},
      {"metric", [](RuntimeContext& c, State& s, CallArgs& a) { return c.metric(s, a); }},
      {"load_result",
       [](RuntimeContext& c, State&, CallArgs& a) {
         return c.results_.load(jinja::to_str(a.bind("load_result", {"name"}, 1)[0]));
       }},
      {"store_result",
       [](RuntimeContext& c, State&, CallArgs& a) {
         const auto b = a.bind("store_result", {"name", "response", "agate_table"}, 2);
         c.results_.store(jinja::to_str(b[0]), b[1], b[2]);
         return Value("");
       }},
      {"store_raw_result",
       [](RuntimeContext& c, State&, CallArgs& a) {
         const auto b = a.bind("store_raw_result", {"name", "message", "code", "rows_affected", "agate_table"}, 1);
         c.results_.store(jinja::to_str(b[0]), Value(jinja::make_ref<ResponseObject>(raw_response(b))), b[4]);
         return Value("");
       }},
      {"load_agate_table",
       [](RuntimeContext& c, State&, CallArgs& a) {
         a.bind("load_agate_table", {});
         return c.load_agate_table();
       }},
      {"write",
       [](RuntimeContext& c, State&, CallArgs& a) {
         c.write(jinja::to_str(a.bind("write", {"payload"}, 1)[0]));
         return Value("");
       }},
      {"render", [](RuntimeContext& c, State&,
                    CallArgs& a) { return c.render_text(jinja::to_str(a.bind("render", {"string"}, 1)[0])); }},
      {"try_or_compiler_error", [](RuntimeContext&, State& s, CallArgs& a) { return try_or_compiler_error(s, a); }},
      {"submit_python_job",
       [](RuntimeContext& c, State& s, CallArgs&) -> Value {
         throw context_error(c, &s, ErrorKind::runtime, "compile/python", "Python models are not supported by modelc",
                             "rewrite the model in SQL");
       }},
      {"adapter_macro",
       [](RuntimeContext& c, State& s, CallArgs& a) -> Value {
         throw context_error(
             c, &s, ErrorKind::compilation, "compile/adapter-macro",
             "The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a "
             "macro "
             "and call the result.  For more information, see: "
             "https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch) adapter_macro was called for: " +
                 (a.positional.empty() ? std::string() : jinja::to_str(a.positional[0])));
       }},
  };
  for (const auto& entry : entries) {
    if (entry.name != name) continue;
    out = Value::function(std::string(name),
                          [this, body = entry.body](State& state, CallArgs& args) { return body(*this, state, args); });
    return true;
  }
  if (name != "env_var" || !env_overrides_.is_dict()) return false;
  Value plain;
  BaseContext::lookup(name, plain);
  out = Value::function("env_var", [this, plain](State& state, CallArgs& args) {
    if (!args.positional.empty() && args.positional[0].is_string()) {
      if (const Value* found = env_overrides_.as_dict().find(std::string_view(args.positional[0].as_string())))
        return *found;
    }
    return jinja::call(state, plain, args);
  });
  return true;
}

namespace {

/// Every string below `value` through `render`, except column_name at the top (dbt: deep_map_render).
Value map_strings(const Value& value, const std::function<Value(const std::string&)>& render, bool top) {
  if (value.is_string()) return render(value.as_string());
  if (value.is_sequence()) {
    Value out = Value::list();
    for (const auto& item : value.as_items()) out.as_list().push_back(map_strings(item, render, false));
    return out;
  }
  if (!value.is_dict()) return value;
  Value out = Value::dict();
  for (const auto& [key, item] : value.as_dict().entries()) {
    const bool verbatim = top && key.is_string() && key.as_string() == "column_name" && item.is_string();
    out.as_dict().set(key, verbatim ? item : map_strings(item, render, false));
  }
  return out;
}

}  // namespace

Value RuntimeContext::test_arguments() {
  if (!node_ || !node_->test) return Value::dict();
  const auto render = [this](const std::string& text) {
    const std::string braced = looks_like_call(text) ? "{{ " + text + " }}" : text;
    // A text without markup comes back from native rendering as it is, but for one final newline.
    if (!jinja::has_markup(braced)) return Value(braced.ends_with('\n') ? braced.substr(0, braced.size() - 1) : braced);
    jinja::RenderOptions options;
    options.observer = observer;
    return jinja::render_native(*shared_.inline_template(braced), *this, options);
  };
  return map_strings(node_->test->kwargs, render, true);
}

Value RuntimeContext::load_agate_table() {
  if (!node_ || node_->resource_type != ResourceType::seed) {
    throw context_error(*this, nullptr, ErrorKind::compilation, "compile/no-seed",
                        fmt::format("can only load_agate_table for seeds (got a {})",
                                    node_ ? resource_type_name(node_->resource_type) : "macro"));
  }
  const std::string root =
      node_->seed && !node_->seed->root_path.empty() ? node_->seed->root_path : project_.root().project.root;
  const std::string path = path_join(root, node_->original_file_path);
  const SourceFile file(node_->original_file_path, invocation_.fs->read(path));
  std::string delimiter = config().get_string("delimiter", ",");
  if (delimiter == "\\t") delimiter = "\t";
  if (delimiter.size() != 1) {
    throw context_error(*this, nullptr, ErrorKind::compilation, "compile/seed-delimiter",
                        "\"delimiter\" must be a 1-character string", "write one character, or '\\t' for a tabulator");
  }
  try {
    return table_value(std::make_shared<const Table>(read_seed(file, delimiter[0], config().get("column_types"))));
  } catch (Error& error) {
    // The text is needed for the report only now: a good seed is not kept in memory for the whole run.
    const SourceFile* kept = invocation_.sources->add(file.path(), std::string(file.text()));
    if (error.diagnostic().span.file == &file) error.diagnostic().span.file = kept;
    for (auto& note : error.diagnostic().notes) {
      if (note.span.file == &file) note.span.file = kept;
    }
    throw;
  }
}

}  // namespace modelc
