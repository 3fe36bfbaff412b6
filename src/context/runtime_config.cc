#include "context/runtime_config.h"

#include "jinja/render.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// dbt's VarProvider.
class VarsObject final : public jinja::Object {
 public:
  explicit VarsObject(Value vars) : vars_(std::move(vars)) {}
  std::string_view type_name() const override { return "VarProvider"; }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "vars") return vars_;
    return std::nullopt;
  }
  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name != "to_dict") return std::nullopt;
    args.bind("to_dict", {}, 0);
    return jinja::deep_copy(vars_);
  }

 private:
  Value vars_;
};

class RefWithConfig final : public jinja::Object {
 public:
  RefWithConfig(Value ref, const Invocation& invocation, const Project& project)
      : ref_(std::move(ref)), invocation_(invocation), project_(project) {}
  std::string_view type_name() const override { return "RuntimeRefResolver"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override { return jinja::call(state, ref_, args); }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "config") return runtime_config_value(invocation_, project_);
    return std::nullopt;
  }

 private:
  Value ref_;
  const Invocation& invocation_;
  const Project& project_;
};

Value config_of(const ProjectFile& file) {
  return Value::dict({{"project_name", Value(file.name)},
                      {"version", Value(file.version)},
                      {"project_root", Value(file.root)},
                      {"vars", Value(jinja::make_ref<VarsObject>(jinja::deep_copy(file.vars)))}});
}

}  // namespace

Value runtime_config_value(const Invocation& invocation, const Project& project) {
  Value config = config_of(project.root().project);
  Value dependencies = Value::dict();
  for (const Package& package : project.packages)
    if (!package.embedded) dependencies.as_dict().set(package.project.name, config_of(package.project));
  jinja::DictData& names = config.as_dict();
  names.set("profile_name", Value(project.target.profile_name));
  names.set("target_name", Value(project.target.name));
  names.set("threads", Value(project.target.threads));
  names.set("cli_vars", jinja::deep_copy(project.cli_vars));
  names.set("args", flags_as_args(invocation));
  names.set("dependencies", dependencies);
  return config;
}

Value ref_with_config(Value ref, const Invocation& invocation, const Project& project) {
  return Value(jinja::make_ref<RefWithConfig>(std::move(ref), invocation, project));
}

}  // namespace modelc
