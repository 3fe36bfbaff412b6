// The names that SQL files and macros see in every phase: the base names, exceptions, target, api, macros by name and
// by package, dispatch. parse adds a capturing ref/source/config; compile adds the real ones.
#pragma once

#include <string>
#include <string_view>

#include "context/macro_namespace.h"
#include "jinja/render.h"
#include "project/base_context.h"

namespace modelc {

/// One per rendered node; used by one thread at a time. Not copyable: bound macros hold its address.
class SqlContext : public BaseContext {
 public:
  SqlContext(const Invocation& invocation, const Project& project, const MacroNamespace& macros, std::string package,
             VarScope vars);
  SqlContext(const SqlContext&) = delete;

  /// Order, as in dbt: names added by a subclass's own() that macros may shadow (ref, source, config are shadowed by a
  /// macro of that name; `builtins.ref` stays), macros, own names, base names.
  bool lookup(std::string_view name, jinja::Value& out) override;
  /// The same without macros: what `builtins` holds.
  bool lookup_builtin(std::string_view name, jinja::Value& out);

  const MacroNamespace& macros() const { return macros_; }
  const Project& project() const { return project_; }
  const Invocation& invocation() const { return invocation_; }
  const std::string& package() const { return package_; }
  /// A callable bound to this context. Its observer tag is the `const Macro*`.
  jinja::Value bind(MacroId id);
  /// adapter.dispatch(macro_name, macro_namespace=None): the bound macro. Throws Error{compilation, "context/dispatch"}
  /// with dbt's wording for a missing macro, a dotted name, or the removed `packages` argument.
  jinja::Value dispatch(jinja::CallArgs& args);

 protected:
  /// Names of the phase: ref, source, config, this, adapter, execute, ... False when unknown.
  virtual bool own(std::string_view name, jinja::Value& out) = 0;

  const Project& project_;
  const MacroNamespace& macros_;
  std::string package_;
};

/// The vars that nodes of `package` see: command line, the root's for that package, the root's global ones, the
/// package's own (dbt: ModelConfiguredVar). Points into `project`.
VarScope var_scope(const Invocation& invocation, const Project& project, std::string_view package);

/// The `target` dict of Jinja: credentials with type, threads, name, target_name, profile_name, schema, database.
/// Passwords, keys and tokens are left out, as in dbt.
jinja::Value target_value(const Target& target);
/// The `exceptions` object: raise_compiler_error, warn, ...; they throw Error with dbt's wording.
jinja::Value exceptions_value(const Invocation& invocation, std::string node_subject);

/// The project's `quoting:` as an override of the engine's (dbt: RuntimeConfig.quoting).
QuotingOverride project_quoting(const Project& project);

}  // namespace modelc
