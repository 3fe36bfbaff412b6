// `adapter` at run time: what dbt's RuntimeDatabaseWrapper offers to templates, as one table of methods.
#include <fmt/format.h>

#include "compile/adapter_methods.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// One of the project's behaviour flags: true or false, with dbt's attributes.
class BehaviorFlag final : public jinja::Object {
 public:
  explicit BehaviorFlag(bool on) : on_(on) {}
  std::string_view type_name() const override { return "BehaviorFlagRendered"; }
  bool truth() const override { return on_; }
  std::string str() const override { return on_ ? "True" : "False"; }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "setting" || name == "no_warn") return Value(on_);
    return std::nullopt;
  }

 private:
  bool on_;
};

Value behavior_flags(const Invocation& invocation) {
  Value flags = Value::dict();
  // Those of every adapter, off until the project sets them (dbt: DEFAULT_BASE_BEHAVIOR_FLAGS).
  for (const char* name :
       {"require_batched_execution_for_custom_microbatch_strategy", "enable_truthy_nulls_equals_macro"}) {
    flags.as_dict().set(name, Value(jinja::make_ref<BehaviorFlag>(false)));
  }
  for (const auto& [name, on] : invocation.flags.behavior)
    flags.as_dict().set(name, Value(jinja::make_ref<BehaviorFlag>(on)));
  return flags;
}

/// `adapter.config`: what macros read of dbt's RuntimeConfig.
Value config_value(RuntimeContext& context) {
  const Project& project = context.project();
  Value credentials = jinja::deep_copy(context.shared().target());
  return Value::dict({{"credentials", credentials},
                      {"project_name", Value(project.root().project.name)},
                      {"project_root", Value(project.root().project.root)},
                      {"target_path", Value(project.root().project.target_path)},
                      {"target_name", Value(project.target.name)},
                      {"profile_name", Value(project.target.profile_name)},
                      {"threads", Value(project.target.threads)},
                      {"version", Value(project.root().project.version)},
                      {"quoting", jinja::deep_copy(project.root().project.quoting)},
                      {"vars", jinja::deep_copy(project.root().project.vars)},
                      {"args", flags_as_args(context.invocation())}});
}

class AdapterObject final : public jinja::Object {
 public:
  explicit AdapterObject(RuntimeContext& context) : context_(context) {}
  std::string_view type_name() const override { return "RuntimeDatabaseWrapper"; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "Relation") return relation_maker(context_.macros().traits(), project_quoting(context_.project()));
    if (name == "Column") return column_maker(context_.macros().traits());
    if (name == "behavior") return behavior_flags(context_.invocation());
    if (name == "config") return config_value(context_);
    const AdapterMethod method = find_adapter_method(name);
    if (!method) return std::nullopt;
    RuntimeContext* context = &context_;
    return Value::function(std::string(name),
                           [context, method](State& state, CallArgs& args) { return method(*context, state, args); });
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    const AdapterMethod method = find_adapter_method(name);
    if (!method) return std::nullopt;
    return method(context_, state, args);
  }

 private:
  RuntimeContext& context_;
};

}  // namespace

Value adapter_object(RuntimeContext& context) { return Value(jinja::make_ref<AdapterObject>(context)); }

}  // namespace modelc
