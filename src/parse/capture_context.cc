#include "parse/capture_context.h"

#include <algorithm>

#include "context/metric_reference.h"
#include "context/relation_object.h"
#include "jinja/call_text.h"
#include "jinja/value_errors.h"
#include "parse/parse_adapter.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

bool absent(const Value& v) { return v.is_undefined() || v.is_none(); }

std::string type_text(const Value& v) { return "<class '" + std::string(jinja::type_name(v)) + "'>"; }

[[noreturn]] void fail(std::string code, std::string message, State& state) {
  fail_compilation(std::move(code), std::move(message), {}, state.current_span());
}

/// A native function that shares the context; made when the name is asked for.
class CaptureFunction : public jinja::Object {
 public:
  CaptureFunction(CaptureContext& context, std::string_view name) : context_(context), name_(name) {}
  std::string_view type_name() const override { return name_; }
  bool is_callable() const override { return true; }

 protected:
  CaptureContext& context_;
  std::string_view name_;
};

RefArgs read_ref(const CallArgs& args, std::string_view function, State& state) {
  RefArgs ref;
  const auto& given = args.positional;
  if (given.empty() || given.size() > 2)
    fail("parse/ref-arguments",
         std::string(function) + "() takes at most two arguments (" + std::to_string(given.size()) + " given)", state);
  const Value& name = given.back();
  if (!name.is_string())
    fail("parse/ref-arguments",
         "The name argument to " + std::string(function) + "() must be a string, got " + type_text(name), state);
  ref.name = name.as_string();
  if (given.size() == 2) {
    if (!given[0].is_string() && !given[0].is_none())
      fail("parse/ref-arguments",
           "The package argument to " + std::string(function) + "() must be a string or None, got " +
               type_text(given[0]),
           state);
    if (given[0].is_string()) ref.package = given[0].as_string();
  }
  ref.span = state.current_span();
  return ref;
}

class RefFunction final : public CaptureFunction {
 public:
  using CaptureFunction::CaptureFunction;
  Value call(State& state, CallArgs& args) override {
    RefArgs ref = read_ref(args, "ref", state);
    const Value* version = args.find_named("version");
    if (!version || !jinja::truth(*version)) version = args.find_named("v");
    if (version && !absent(*version)) {
      if (!version->is_string() && !version->is_number())
        fail("parse/ref-arguments",
             "The version argument to ref() must be a string, int, float, or None - got " + type_text(*version), state);
      ref.version = *version;
    }
    context_.draft().node.refs.push_back(std::move(ref));
    return context_.this_relation();
  }
};

class SourceFunction final : public CaptureFunction {
 public:
  using CaptureFunction::CaptureFunction;
  Value call(State& state, CallArgs& args) override {
    const auto& given = args.positional;
    if (given.size() != 2)
      fail("parse/source-arguments",
           "source() takes exactly two arguments (" + std::to_string(given.size()) + " given)", state);
    if (!given[0].is_string())
      fail("parse/source-arguments",
           "The source name (first) argument to source() must be a string, got " + type_text(given[0]), state);
    if (!given[1].is_string())
      fail("parse/source-arguments",
           "The table name (second) argument to source() must be a string, got " + type_text(given[1]), state);
    context_.draft().node.sources.push_back({given[0].as_string(), given[1].as_string(), state.current_span()});
    return context_.this_relation();
  }
};

class MetricFunction final : public CaptureFunction {
 public:
  using CaptureFunction::CaptureFunction;
  Value call(State& state, CallArgs& args) override {
    RefArgs metric = read_ref(args, "metric", state);
    std::vector<std::string> parts;
    if (metric.package) parts.push_back(*metric.package);
    parts.push_back(metric.name);
    context_.draft().node.metrics.push_back(std::move(parts));
    const Value package = metric.package ? Value(*metric.package) : Value::none();
    return Value(jinja::make_ref<MetricReference>(
        metric.name, Value::dict({{"metric_name", Value(metric.name)}, {"package_name", package}})));
  }
};

class FunctionFunction final : public CaptureFunction {
 public:
  using CaptureFunction::CaptureFunction;
  Value call(State& state, CallArgs& args) override {
    context_.draft().node.functions.push_back(read_ref(args, "function", state));
    return relation_value(draft_relation(context_.state(), context_.draft().node, RelationType::function));
  }
};

/// dbt: ParseConfigObject. Calls are collected; every getter gives ''.
class ConfigFunction final : public CaptureFunction {
 public:
  using CaptureFunction::CaptureFunction;

  Value call(State& state, CallArgs& args) override {
    Value options;
    if (args.positional.size() == 1 && args.named.empty() && args.positional[0].is_dict()) {
      options = Value::dict();
      options.as_dict().update(args.positional[0].as_dict());
    } else if (args.positional.empty() && !args.named.empty()) {
      options = Value::dict();
      for (auto& [name, value] : args.named) options.as_dict().set(std::string_view(name), value);
    } else {
      fail("parse/config-arguments", "Invalid inline model config", state);
    }
    add(state, std::move(options));
    return Value("");
  }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    static const std::string_view methods[] = {
        "get", "require", "meta_get", "meta_require", "set", "persist_relation_docs", "persist_column_docs"};
    for (std::string_view method : methods) {
      if (method != name) continue;
      jinja::Ref<ConfigFunction> self(this);
      return Value::function(std::string(name), [self, method](State& state, CallArgs& args) {
        return *self->call_method(state, method, args);
      });
    }
    return std::nullopt;
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "get" || name == "require" || name == "meta_get" || name == "meta_require") return Value("");
    if (name == "persist_relation_docs" || name == "persist_column_docs") return Value(false);
    if (name == "set") {
      std::vector<Value> b = args.bind("set", {"name", "value"}, 2);
      Value options = Value::dict();
      options.as_dict().set(b[0], b[1]);
      add(state, std::move(options));
      return Value("");
    }
    return std::nullopt;
  }

 private:
  /// The named arguments of the first config() call of the node's text as they are written; undefined when it has none
  /// (dbt: statically_parse_unrendered_config).
  Value unrendered_call() const {
    const Node& node = context_.draft().node;
    if (!node.tmpl) return Value();
    const auto& calls = node.tmpl->calls();
    const auto call = std::find_if(calls.begin(), calls.end(), [](const auto& c) { return c.path == "config"; });
    if (call == calls.end()) return Value();
    const SourceFile* text = context_.invocation().sources->add("<config>", std::string(call->span.text()));
    const auto keywords = jinja::call_keywords(*text);
    if (keywords.empty()) return Value();
    Value result = Value::dict();
    for (const auto& [name, value] : keywords) result.as_dict().set(name, Value(value));
    return result;
  }

  void add(State& state, Value options) {
    for (std::string_view old_key : {"pre_hook", "post_hook"}) {
      const Value* found = options.as_dict().find(old_key);
      if (!found) continue;
      std::string_view new_key = old_key == "pre_hook" ? "pre-hook" : "post-hook";
      if (options.as_dict().find(new_key))
        fail("parse/config-arguments",
             "Invalid config, has conflicting keys \"" + std::string(old_key) + "\" and \"" + std::string(new_key) +
                 "\"",
             state);
      Value hook = *found;
      options.as_dict().erase(Value(old_key));
      options.as_dict().set(new_key, std::move(hook));
    }
    for (const auto& [key, value] : options.as_dict().entries())
      if (value.is_undefined()) fail("parse/config-arguments", jinja::undefined_message(value), state);
    Draft& draft = context_.draft();
    if (context_.state().unrendered_flag && !draft.unrendered_calls.is_dict())
      draft.unrendered_calls = unrendered_call();
    merge_config_call(context_.draft().calls, options);
  }
};

Value constant_function(std::string_view name, Value result) {
  return Value::function(std::string(name), [result](State&, CallArgs&) { return result; });
}

/// `validation.any[...]`: checks nothing while parsing but must be callable.
Value validation_value() {
  Value any = Value::function("any", [](State&, CallArgs&) {
    return Value::function("inner", [](State&, CallArgs&) { return Value::none(); });
  });
  return Value::dict({{"any", any}});
}

Value render_function(CaptureContext& context) {
  return Value::function("render", [&context](State& state, CallArgs& args) {
    std::string text = jinja::to_str(args.bind("render", {"string"}, 1)[0]);
    if (!jinja::has_markup(text)) return Value(text);
    const SourceFile* file = context.invocation().sources->add("<render>", text);
    return Value(jinja::render(*jinja::compile(*file), context, state.options()).text);
  });
}

Value try_function() {
  return Value::function("try_or_compiler_error", [](State& state, CallArgs& args) {
    if (args.positional.size() < 2) jinja::type_error("try_or_compiler_error() needs a message and a function");
    CallArgs rest;
    rest.positional.assign(args.positional.begin() + 2, args.positional.end());
    rest.named = args.named;
    try {
      return jinja::call(state, args.positional[1], rest);
    } catch (const Error&) {
      fail("parse/try-or-compiler-error", jinja::to_str(args.positional[0]), state);
    }
  });
}

Value load_agate_table(CaptureContext& context) {
  return Value::function("load_agate_table", [&context](State& state, CallArgs&) -> Value {
    std::string_view type = resource_type_name(context.draft().node.resource_type);
    if (context.draft().node.resource_type != ResourceType::seed)
      fail("parse/load-agate-table", "can only load_agate_table for seeds (got a " + std::string(type) + ")", state);
    return Value::dict({{"columns", Value::list()}, {"rows", Value::list()}});
  });
}

enum class Name : uint8_t {
  ref,
  source,
  config,
  metric,
  function,
  execute,
  self,
  model,
  graph,
  adapter,
  api,
  column,
  exceptions,
  schema,
  database,
  target,
  none,
  empty_function,
  none_function,
  render,
  validation,
  try_or,
  load_agate,
  args_dict,
  metadata_envs,
  empty_list,
  adapter_macro,
};

const NameMap<Name>& names() {
  static const NameMap<Name> table = {{"ref", Name::ref},
                                      {"source", Name::source},
                                      {"config", Name::config},
                                      {"metric", Name::metric},
                                      {"function", Name::function},
                                      {"execute", Name::execute},
                                      {"this", Name::self},
                                      {"model", Name::model},
                                      {"graph", Name::graph},
                                      {"adapter", Name::adapter},
                                      {"api", Name::api},
                                      {"column", Name::column},
                                      {"exceptions", Name::exceptions},
                                      {"schema", Name::schema},
                                      {"database", Name::database},
                                      {"target", Name::target},
                                      {"env", Name::target},
                                      {"pre_hooks", Name::none},
                                      {"post_hooks", Name::none},
                                      {"sql", Name::none},
                                      {"compiled_code", Name::none},
                                      {"defer_relation", Name::none},
                                      {"sql_now", Name::none},
                                      {"load_result", Name::none_function},
                                      {"store_result", Name::empty_function},
                                      {"store_raw_result", Name::empty_function},
                                      {"write", Name::empty_function},
                                      {"submit_python_job", Name::none_function},
                                      {"render", Name::render},
                                      {"validation", Name::validation},
                                      {"try_or_compiler_error", Name::try_or},
                                      {"load_agate_table", Name::load_agate},
                                      {"invocation_args_dict", Name::args_dict},
                                      {"dbt_metadata_envs", Name::metadata_envs},
                                      {"selected_resources", Name::empty_list},
                                      {"adapter_macro", Name::adapter_macro}};
  return table;
}

Value metadata_envs(const Invocation& invocation) {
  Value out = Value::dict();
  static constexpr std::string_view prefix = "DBT_ENV_CUSTOM_ENV_";
  for (const auto& [name, value] : invocation.environment)
    if (name.starts_with(prefix)) out.as_dict().set(std::string_view(name).substr(prefix.size()), Value(value));
  return out;
}

}  // namespace

Relation draft_relation(const ParseState& state, const Node& node, RelationType type) {
  auto part = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional<std::string>(text); };
  return make_relation(state.traits, part(node.database), part(node.schema), part(node.alias), type, state.quoting);
}

Value draft_value(const Draft& draft) {
  const Node& node = draft.node;
  auto strings = [](const std::vector<std::string>& items) {
    std::vector<Value> out(items.begin(), items.end());
    return Value::list(std::move(out));
  };
  Value refs = Value::list();
  for (const RefArgs& ref : node.refs)
    refs.as_list().push_back(Value::dict({{"name", Value(ref.name)},
                                          {"package", ref.package ? Value(*ref.package) : Value::none()},
                                          {"version", ref.version.is_undefined() ? Value::none() : ref.version}}));
  Value sources = Value::list();
  for (const SourceRef& source : node.sources)
    sources.as_list().push_back(Value::list({Value(source.source), Value(source.table)}));
  Value out =
      Value::dict({{"database", node.database.empty() ? Value::none() : Value(node.database)},
                   {"schema", Value(node.schema)},
                   {"name", Value(node.name)},
                   {"resource_type", Value(resource_type_name(node.resource_type))},
                   {"package_name", Value(node.package_name)},
                   {"path", Value(node.path)},
                   {"original_file_path", Value(node.original_file_path)},
                   {"unique_id", Value(node.unique_id)},
                   {"fqn", strings(node.fqn)},
                   {"alias", Value(node.alias)},
                   {"checksum", Value::dict({{"name", Value(node.checksum_name)}, {"checksum", Value(node.checksum)}})},
                   {"config", node.config.is_undefined() ? Value::dict() : jinja::deep_copy(node.config)},
                   {"tags", strings(node.tags)},
                   {"description", Value(node.description)},
                   {"columns", Value::dict()},
                   {"meta", node.meta.is_dict() ? jinja::deep_copy(node.meta) : Value::dict()},
                   {"group", node.group ? Value(*node.group) : Value::none()},
                   {"unrendered_config", Value::dict()},
                   {"raw_code", Value(node.raw_code)},
                   {"language", Value(node.language)},
                   {"refs", refs},
                   {"sources", sources},
                   {"metrics", Value::list()},
                   {"depends_on", Value::dict({{"macros", Value::list()}, {"nodes", Value::list()}})}});
  if (node.model) {
    auto or_none = [](const Value& v) { return v.is_undefined() ? Value::none() : v; };
    out.as_dict().set("access", Value(node.model->access));
    out.as_dict().set("version", or_none(node.model->version));
    out.as_dict().set("latest_version", or_none(node.model->latest_version));
  }
  return out;
}

/// Adds the macros that the text itself calls to the draft's depends_on.macros (dbt: MacroGenerator.track_call, depth
/// 0).
class DependencyObserver final : public jinja::CallObserver {
 public:
  explicit DependencyObserver(CaptureContext& context) : context_(context) {}
  void enter(const void* tag, size_t depth) override {
    if (depth != 0 || !tag) return;
    MacroId id = static_cast<const Macro*>(tag)->id;
    std::vector<MacroId>& macros = context_.draft_.node.depends_on_macros;
    if (std::find(macros.begin(), macros.end(), id) == macros.end()) macros.push_back(id);
  }
  void leave(const void*) override {}

 private:
  CaptureContext& context_;
};

CaptureContext::CaptureContext(const ParseState& state, Draft& draft)
    : SqlContext(state.invocation, state.project, state.macros(), draft.node.package_name,
                 [&] {
                   VarScope scope = var_scope(state.invocation, state.project, draft.node.package_name);
                   scope.missing_is_none = true;
                   return scope;
                 }()),
      state_(state),
      draft_(draft) {}

const Value& CaptureContext::this_relation() {
  if (this_.is_undefined()) this_ = relation_value(draft_relation(state_, draft_.node));
  return this_;
}

template <class Work>
auto CaptureContext::guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = draft_subject(draft_.node);
    if (!error.diagnostic().span) error.diagnostic().span = draft_.node.declared_at;
    throw;
  }
}

void CaptureContext::run(const jinja::Template& tmpl) {
  DependencyObserver observer(*this);
  jinja::RenderOptions options;
  options.undefined = jinja::UndefinedMode::chainable;
  options.observer = &observer;
  guarded([&] {
    try {
      jinja::render(tmpl, *this, options);
    } catch (const jinja::ReturnSignal&) {
      // return() outside of a macro ends the text.
    }
  });
}

Value CaptureContext::run_native(const jinja::Template& tmpl) {
  DependencyObserver observer(*this);
  jinja::RenderOptions options;
  options.undefined = jinja::UndefinedMode::chainable;
  options.observer = &observer;
  return guarded([&] { return jinja::render_native(tmpl, *this, options); });
}

void CaptureContext::call(MacroId macro, const Value& kwargs) {
  DependencyObserver observer(*this);
  jinja::RenderOptions options;
  options.undefined = jinja::UndefinedMode::chainable;
  options.observer = &observer;
  CallArgs args;
  for (const auto& [key, value] : kwargs.as_dict().entries()) args.named.emplace_back(jinja::to_str(key), value);
  guarded([&] { jinja::call_value(bind(macro), std::move(args), *this, options); });
}

bool CaptureContext::lookup(std::string_view name, Value& out) {
  if (draft_.node.test && draft_.node.test->generic && own(name, out)) return true;
  return SqlContext::lookup(name, out);
}

bool CaptureContext::own(std::string_view name, Value& out) {
  auto found = names().find(name);
  if (found == names().end()) return false;
  switch (found->second) {
    case Name::ref:
      out = Value(jinja::make_ref<RefFunction>(*this, "ref"));
      return true;
    case Name::source:
      out = Value(jinja::make_ref<SourceFunction>(*this, "source"));
      return true;
    case Name::config:
      out = Value(jinja::make_ref<ConfigFunction>(*this, "config"));
      return true;
    case Name::metric:
      out = Value(jinja::make_ref<MetricFunction>(*this, "metric"));
      return true;
    case Name::function:
      out = Value(jinja::make_ref<FunctionFunction>(*this, "function"));
      return true;
    case Name::execute:
      out = Value(false);
      return true;
    case Name::self:
      out = draft_.node.resource_type == ResourceType::operation ? Value::none() : this_relation();
      return true;
    case Name::model:
      if (model_.is_undefined()) model_ = draft_value(draft_);
      out = model_;
      return true;
    case Name::graph:
      out = Value::dict();
      return true;
    case Name::adapter:
      out = parse_adapter(*this, state_.quoting, draft_.node.test && draft_.node.test->generic);
      return true;
    case Name::api:
      out = api_value(state_.traits, state_.quoting);
      return true;
    case Name::column:
      out = column_maker(state_.traits);
      return true;
    case Name::exceptions:
      out = exceptions_value(invocation_, draft_subject(draft_.node));
      return true;
    case Name::schema:
      out = Value(state_.project.target.schema);
      return true;
    case Name::database:
      out = Value(state_.project.target.database);
      return true;
    case Name::target:
      if (target_.is_undefined()) target_ = jinja::deep_copy(state_.target);
      out = target_;
      return true;
    case Name::none:
      out = Value::none();
      return true;
    case Name::empty_function:
      out = constant_function(name, Value(""));
      return true;
    case Name::none_function:
      out = constant_function(name, Value::none());
      return true;
    case Name::render:
      out = render_function(*this);
      return true;
    case Name::validation:
      out = validation_value();
      return true;
    case Name::try_or:
      out = try_function();
      return true;
    case Name::load_agate:
      out = load_agate_table(*this);
      return true;
    case Name::args_dict:
      out = flags_as_args(invocation_);
      return true;
    case Name::metadata_envs:
      out = metadata_envs(invocation_);
      return true;
    case Name::empty_list:
      out = Value::list();
      return true;
    case Name::adapter_macro:
      out = Value::function("adapter_macro", [](State& state, CallArgs& args) -> Value {
        std::string macro = args.positional.empty() ? std::string() : jinja::to_str(args.positional[0]);
        fail("parse/adapter-macro",
             "The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a "
             "macro and "
             "call the result.  For more information, see: "
             "https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch) adapter_macro was called for: " +
                 macro,
             state);
      });
      return true;
  }
  return false;
}

}  // namespace modelc
