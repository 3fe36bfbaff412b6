#include "context/sql_context.h"

#include "base/text.h"
#include "context/runtime_config.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// `dbt_utils` in a template: its macros as attributes and items.
class PackageObject : public jinja::Object {
 public:
  PackageObject(SqlContext& context, std::string package) : context_(context), package_(std::move(package)) {}

  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  std::string repr() const override { return "<macros of " + package_ + ">"; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    MacroId id = context_.macros().find_in_package(package_, name);
    if (id == no_id) return std::nullopt;
    return context_.bind(id);
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    if (!key.is_string()) return std::nullopt;
    return get_attribute(state, key.as_string());
  }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (MacroId id = context_.macros().find_in_package(package_, name); id != no_id)
      return jinja::call(state, context_.bind(id), args);
    if (name == "get") {
      std::vector<Value> bound = args.bind("get", {"key", "default"}, 1);
      std::optional<Value> found = get_item(state, bound[0]);
      return found ? *found : bound[1].is_undefined() ? Value::none() : bound[1];
    }
    if (name == "keys") return Value::list(*iterate(state));
    return std::nullopt;
  }
  std::optional<std::vector<Value>> iterate(State&) override {
    std::vector<Value> names;
    for (std::string& name : context_.macros().names_in_package(package_)) names.emplace_back(std::move(name));
    return names;
  }
  bool contains(State&, const Value& item) override {
    return item.is_string() && context_.macros().find_in_package(package_, item.as_string()) != no_id;
  }

 private:
  SqlContext& context_;
  std::string package_;
};

/// `context` (every name) and `builtins` (the same without macros) as dict-like objects.
class NamesObject : public jinja::Object {
 public:
  NamesObject(SqlContext& context, bool with_macros) : context_(context), with_macros_(with_macros) {}

  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  std::string repr() const override { return with_macros_ ? "<context>" : "<builtins>"; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    Value out;
    if (!(with_macros_ ? context_.lookup(name, out) : context_.lookup_builtin(name, out))) return std::nullopt;
    if (!with_macros_ && name == "ref")
      return ref_with_config(std::move(out), context_.invocation(), context_.project());
    return out;
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    if (!key.is_string()) return std::nullopt;
    return get_attribute(state, key.as_string());
  }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name != "get") return std::nullopt;
    std::vector<Value> bound = args.bind("get", {"key", "default"}, 1);
    std::optional<Value> found = get_item(state, bound[0]);
    return found ? *found : bound[1].is_undefined() ? Value::none() : bound[1];
  }
  bool contains(State& state, const Value& item) override { return get_item(state, item).has_value(); }

 private:
  SqlContext& context_;
  bool with_macros_;
};

}  // namespace

SqlContext::SqlContext(const Invocation& invocation, const Project& project, const MacroNamespace& macros,
                       std::string package, VarScope vars)
    : BaseContext(invocation, std::move(vars)), project_(project), macros_(macros), package_(std::move(package)) {}

bool SqlContext::lookup(std::string_view name, Value& out) {
  if (MacroId id = macros_.find(name, package_); id != no_id) {
    out = bind(id);
    return true;
  }
  if (macros_.is_package(name)) {
    out = Value(jinja::make_ref<PackageObject>(*this, std::string(name)));
    return true;
  }
  return lookup_builtin(name, out);
}

bool SqlContext::lookup_builtin(std::string_view name, Value& out) {
  if (own(name, out)) return true;
  if (name == "context") {
    out = Value(jinja::make_ref<NamesObject>(*this, true));
    return true;
  }
  if (name == "builtins") {
    out = Value(jinja::make_ref<NamesObject>(*this, false));
    return true;
  }
  return BaseContext::lookup(name, out);
}

Value SqlContext::bind(MacroId id) {
  const Macro& macro = macros_.macro(id);
  return jinja::bind_macro(macro.tmpl, macro.index, *this, &macro, "dbt_macro__" + macro.name);
}

Value SqlContext::dispatch(CallArgs& args) {
  std::vector<Value> bound = args.bind("dispatch", {"macro_name", "macro_namespace", "packages"}, 1);
  auto fail = [](std::string message) { throw Error(ErrorKind::compilation, "context/dispatch", std::move(message)); };
  if (!bound[0].is_string())
    fail("In adapter.dispatch, the macro_name must be a string, got " + std::string(jinja::type_name(bound[0])));
  const std::string& name = bound[0].as_string();
  if (size_t dot = name.find('.'); dot != std::string::npos)
    fail("In adapter.dispatch, got a macro name of \"" + name +
         "\", but \".\" is not a valid macro name component. Did you mean `adapter.dispatch(\"" + name.substr(dot + 1) +
         "\", macro_namespace=\"" + name.substr(0, dot) + "\")`?");
  if (!bound[2].is_undefined() && !bound[2].is_none())
    fail(
        "        The \"packages\" argument of adapter.dispatch() has been deprecated.\n"
        "        Use the \"macro_namespace\" argument instead.\n\n        Raised during dispatch for: " +
        name +
        "\n\n        For more information, see:\n\n        "
        "https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch\n        ");
  std::optional<std::string> macro_namespace;
  if (bound[1].is_string()) {
    macro_namespace = bound[1].as_string();
  } else if (!bound[1].is_undefined() && !bound[1].is_none()) {
    std::string type(jinja::type_name(bound[1]));
    fail("In adapter.dispatch, got a <class '" + type + "'> macro_namespace argument (\"" + jinja::to_str(bound[1]) +
         "\"), but macro_namespace should be None or a string.");
  }
  MacroId id = macros_.dispatch(name, macro_namespace, package_);
  if (id != no_id) return bind(id);
  std::vector<std::string> tried;
  macros_.dispatch(name, macro_namespace, package_, &tried);
  for (std::string& attempt : tried) attempt = "'" + attempt + "'";
  fail("In dispatch: No macro named '" + name + "' found within namespace: '" + macro_namespace.value_or("None") +
       "'\n    Searched for: " + join(tried, ", "));
  return {};
}

VarScope var_scope(const Invocation& invocation, const Project& project, std::string_view package) {
  VarScope scope;
  scope.cli_vars = &invocation.flags.cli_vars;
  auto add = [&](const ProjectFile& file) {
    if (!file.vars.is_dict()) return;
    if (const Value* own = file.vars.as_dict().find(package); own && own->is_dict()) scope.scopes.push_back(own);
    scope.scopes.push_back(&file.vars);
  };
  add(project.root().project);
  if (package != project.root().project.name)
    if (const Package* found = project.find(package)) add(found->project);
  return scope;
}

Value target_value(const Target& target) {
  static const std::string_view secret[] = {"password",
                                            "pass",
                                            "token",
                                            "private_key",
                                            "private_key_passphrase",
                                            "client_secret",
                                            "oauth_client_secret",
                                            "refresh_token",
                                            "aws_secret_access_key",
                                            "aws_session_token",
                                            "keyfile_json",
                                            "access_token",
                                            "motherduck_token",
                                            "jwt_token",
                                            "http_headers"};
  Value out = Value::dict();
  if (target.credentials.is_dict()) {
    for (const auto& [key, value] : target.credentials.as_dict().entries()) {
      bool hidden = false;
      for (std::string_view name : secret) hidden |= key.is_string() && key.as_string() == name;
      if (!hidden) out.as_dict().set(key, value);
    }
  }
  auto& dict = out.as_dict();
  if (!target.database.empty() || !dict.find("database")) dict.set("database", target.database);
  dict.set("schema", target.schema);
  dict.set("type", target.type);
  dict.set("threads", target.threads);
  dict.set("name", target.name);
  dict.set("target_name", target.name);
  dict.set("profile_name", target.profile_name);
  return out;
}

QuotingOverride project_quoting(const Project& project) {
  const Value& quoting = project.root().project.quoting;
  QuotingOverride out;
  auto read = [&](std::string_view key, std::optional<bool>& part) {
    if (Value v = quoting.get(key); v.is_bool()) part = v.as_bool();
  };
  read("database", out.database);
  read("project", out.database);
  read("schema", out.schema);
  read("dataset", out.schema);
  read("identifier", out.identifier);
  return out;
}

}  // namespace modelc
