// `config` at run time (dbt: RuntimeConfigObject): reads the node's final config.
#include <fmt/format.h>

#include "compile/runtime_context.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

class ConfigObject final : public jinja::Object {
 public:
  explicit ConfigObject(RuntimeContext& context) : context_(context) {}
  std::string_view type_name() const override { return "RuntimeConfigObject"; }
  bool is_callable() const override { return true; }
  Value call(State&, CallArgs&) override { return Value(""); }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    for (std::string_view method :
         {"get", "require", "meta_get", "meta_require", "set", "persist_relation_docs", "persist_column_docs"}) {
      if (method != name) continue;
      jinja::Ref<ConfigObject> self(this);
      return Value::function(std::string(name), [self, method](State& state, CallArgs& args) {
        return *self->call_method(state, method, args);
      });
    }
    return std::nullopt;
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "get") return get(state, args, context_.config());
    if (name == "require") return require(state, args, context_.config());
    if (name == "meta_get") return get(state, args, context_.config().get("meta"));
    if (name == "meta_require") return require(state, args, context_.config().get("meta"));
    if (name == "set") {
      args.bind("set", {"name", "value"}, 2);
      return Value("");
    }
    if (name == "persist_relation_docs") return persists("relation");
    if (name == "persist_column_docs") return persists("columns");
    return std::nullopt;
  }

 private:
  static const Value* find(const Value& config, const std::string& name) {
    if (!config.is_dict()) return nullptr;
    if (name == "pre_hook") return config.as_dict().find("pre-hook");
    if (name == "post_hook") return config.as_dict().find("post-hook");
    return config.as_dict().find(std::string_view(name));
  }

  /// dbt: SnapshotConfig.snapshot_table_column_names, the configured names over the usual ones.
  static Value snapshot_columns(const Value& config) {
    Value names = Value::dict();
    for (const char* name : {"dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"}) {
      const Value own = config.get("snapshot_meta_column_names").get(name);
      names.as_dict().set(name, own.is_string() ? own : Value(name));
    }
    return names;
  }

  Value get(State& state, CallArgs& args, const Value& config) {
    const auto bound = args.bind("get", {"name", "default", "validator"}, 1);
    if (context_.node() && context_.node()->resource_type == ResourceType::snapshot &&
        jinja::to_str(bound[0]) == "snapshot_table_column_names") {
      return snapshot_columns(config);
    }
    const Value* found = find(config, jinja::to_str(bound[0]));
    const bool has_default = !bound[1].is_undefined() && !bound[1].is_none();
    // The manifest is shared: what a template gets is its own.
    Value value = found ? jinja::deep_copy(*found) : has_default ? bound[1] : Value::none();
    if (has_default) validate(state, bound[2], value);
    return value;
  }

  Value require(State& state, CallArgs& args, const Value& config) {
    const auto bound = args.bind("require", {"name", "validator"}, 1);
    const std::string name = jinja::to_str(bound[0]);
    const Value* found = find(config, name);
    if (!found) {
      throw context_error(context_, &state, ErrorKind::compilation, "compile/missing-config",
                          fmt::format("Model '{}' does not define a required config parameter '{}'.",
                                      context_.node() ? context_.node()->unique_id : std::string(), name));
    }
    Value value = jinja::deep_copy(*found);
    validate(state, bound[1], value);
    return value;
  }

  static void validate(State& state, const Value& validator, const Value& value) {
    if (validator.is_undefined() || validator.is_none()) return;
    CallArgs args;
    args.positional.push_back(value);
    jinja::call(state, validator, args);
  }

  Value persists(std::string_view key) {
    const Value docs = context_.config().get("persist_docs");
    if (docs.is_undefined()) return Value(false);
    if (!docs.is_dict()) {
      throw context_error(
          context_, nullptr, ErrorKind::compilation, "compile/persist-docs",
          fmt::format("Invalid value provided for 'persist_docs'. Expected dict but received <class '{}'>",
                      jinja::type_name(docs)));
    }
    const Value* found = docs.as_dict().find(key);
    return found ? *found : Value(false);
  }

  RuntimeContext& context_;
};

}  // namespace

Value config_object(RuntimeContext& context) { return Value(jinja::make_ref<ConfigObject>(context)); }

}  // namespace modelc
