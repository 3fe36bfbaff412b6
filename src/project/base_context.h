// dbt's names that exist in every Jinja rendering, from profiles.yml to models: var, env_var, log, print, return,
// tojson, modules, flags, ... (dbt: context/base.py). Upper layers add theirs.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/render.h"
#include "project/invocation.h"

namespace modelc {

/// Looks variables up as dbt does: CLI, then the node's package in the root's vars, global vars, the package's own.
struct VarScope {
  const jinja::Value* cli_vars = nullptr;
  /// Dicts searched after the CLI in order; not owned.
  std::vector<const jinja::Value*> scopes;
  std::string subject;           ///< "model.pkg.name" or file, for the error "Required var 'x' not found in config"
  bool missing_is_none = false;  ///< while parsing
};

/// A Context over dbt's base names. Cheap to construct (no dict is built): names resolve on demand.
/// Secrets: env_var refuses DBT_ENV_SECRET_* unless `allow_secrets`; each secret read is registered with the EventBus.
class BaseContext : public jinja::Context {
 public:
  BaseContext(const Invocation& invocation, VarScope vars, bool allow_secrets = false);
  bool lookup(std::string_view name, jinja::Value& out) override;

  /// Names added on top, e.g. `target`; they win over the base names.
  void add(std::string name, jinja::Value value);
  /// env_var names read so far with the values found (dbt's partial parsing and tests look at them).
  const std::map<std::string, std::string>& env_vars_read() const { return env_vars_; }
  /// Puts the secrets' text where env_var left a marker, and hides it from the log from now on.
  std::string reveal_secrets(std::string text) const;
  bool allows_secrets() const { return allow_secrets_; }

 protected:
  /// What events that a template fires say of the node at work; undefined where there is none.
  virtual jinja::Value event_node_info() const { return {}; }
  jinja::Value read_env_var(jinja::State& state, jinja::CallArgs& args);
  jinja::Value log_function(bool is_print);

  const Invocation& invocation_;
  VarScope vars_;
  bool allow_secrets_;
  std::map<std::string, jinja::Value, std::less<>> extra_;
  std::map<std::string, std::string> env_vars_;
};

/// The value of a var, or std::nullopt. Shared by var() and var.has_var().
std::optional<jinja::Value> find_var(const VarScope& scope, std::string_view name);

/// Renders every string of a YAML value natively, as dbt does with project files, profiles and schema files. `keep`
/// says by key path which subtrees stay as they are.
jinja::Value render_yaml_value(const jinja::Value& value, const SourceFile* file, jinja::Context& context,
                               SourceMap& sources,
                               const std::function<bool(const std::vector<std::string>& path)>& keep = {});

}  // namespace modelc
