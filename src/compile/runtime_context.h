// The names of a template at run time (dbt: ModelContext, MacroContext, SourceContext, UnitTestContext with
// RuntimeProvider).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compile.h"
#include "compile/results.h"
#include "compile/shared.h"
#include "compile/sql_session.h"
#include "context/sql_context.h"

namespace modelc {

enum class ContextMode : uint8_t {
  model,      ///< any node: refs must be among its dependencies
  operation,  ///< a macro called by name: refs are free, but never of ephemeral models
  source,     ///< a source's loaded_at_query
  unit_test,  ///< the tested model's SQL over fixtures
};

/// A batch of a microbatch model: [start, end).
struct Batch {
  std::string id;
  Micros start = 0, end = 0;
};

/// What stands in for one input of a unit test.
struct UnitTestInput {
  NodeId original = no_id;               ///< the model, seed, snapshot or source that the fixture replaces
  bool is_this = false;                  ///< the input `this`
  std::string unique_id;                 ///< of the CTE
  std::string cte_name;                  ///< without prefix
  std::function<std::string()> compile;  ///< the fixture's SQL; called at most once, when the model uses the input
};

/// One node (or operation) on one thread. Lives until its node is done.
class RuntimeContext final : public SqlContext {
 public:
  RuntimeContext(SharedCompilation& shared, SqlSession& session, const Node& node,
                 ContextMode mode = ContextMode::model);
  /// An operation whose names are looked up from `package`; `macro` (may be null) is what `model` shows.
  RuntimeContext(SharedCompilation& shared, SqlSession& session, std::string package, const Macro* macro = nullptr);

  bool lookup(std::string_view name, jinja::Value& out) override;

  SharedCompilation& shared() { return shared_; }
  SqlSession& session() { return session_; }
  const Node* node() const { return node_; }
  ContextMode mode() const { return mode_; }
  StatementResults& results() { return results_; }

  /// Shadows everything, macros too (unit test overrides, batches, extra context of hooks).
  void shadow(std::string name, jinja::Value value) { shadows_[std::move(name)] = std::move(value); }
  /// `vars` of a unit test: they win over the command line's.
  void override_vars(const jinja::Value& vars);
  /// `env_vars` of a unit test.
  void override_env_vars(jinja::Value variables) { env_overrides_ = std::move(variables); }
  /// A dict to show as `model` instead of the node's own entry.
  void set_model(jinja::Value model) { model_ = std::move(model); }
  /// A config to show instead of the node's own (unit tests, batches).
  void set_config(jinja::Value config) { config_ = std::move(config); }
  const jinja::Value& config() const;

  /// What `sql` and `compiled_code` give.
  void set_compiled(const Compiled& compiled);
  const std::optional<std::string>& compiled_sql() const { return compiled_sql_; }

  std::optional<Batch> batch;
  const std::vector<UnitTestInput>* inputs = nullptr;  ///< unit_test; not owned
  /// Ephemeral models, or indexes into `inputs`, that the SQL used, in order of first use.
  std::vector<uint32_t> used_ctes;
  /// Sees the macros that the node's text and a test's arguments call; may be null; not owned.
  jinja::CallObserver* observer = nullptr;
  /// Where write() put the last executed SQL; empty = nowhere.
  std::string build_path;

  jinja::Value model();
  /// `model.unique_id`, which costs nothing, while `model` is long in the making.
  jinja::Value model_unique_id() const;
  Relation this_relation() const;
  /// dbt's execute_macro: the macro of that name as the root project sees it. Throws Error{runtime,
  /// "compile/no-macro"}.
  jinja::Value call_macro(std::string_view name, jinja::CallArgs args);

  // ref(), source(), function(), metric(): ref.cc
  jinja::Value ref(jinja::State& state, jinja::CallArgs& args);
  jinja::Value source(jinja::State& state, jinja::CallArgs& args);
  jinja::Value function(jinja::State& state, jinja::CallArgs& args);
  jinja::Value metric(jinja::State& state, jinja::CallArgs& args);

  /// `to: ref('x')` of the model's foreign keys, as written, with the relation that it names (dbt:
  /// Compiler._compile_relation_for_foreign_key_constraint_to). Under --defer the earlier state's counts.
  std::vector<std::pair<std::string, std::string>> foreign_keys();

 protected:
  bool own(std::string_view name, jinja::Value& out) override;
  jinja::Value event_node_info() const override { return session_.node_info; }

 private:
  bool own_data(std::string_view name, jinja::Value& out);
  bool own_function(std::string_view name, jinja::Value& out);
  jinja::Value node_model();
  bool in_foreign_key_ = false;
  jinja::Value hooks(std::string_view key);
  jinja::Value defer_relation();
  jinja::Value test_arguments();
  jinja::Value load_agate_table();
  jinja::Value this_value();
  jinja::Value render_text(const std::string& text);
  void write(const std::string& payload);
  void use_cte(uint32_t id);
  jinja::Value input_relation(uint32_t index);

  jinja::Value relation_of_target(const Node& target);
  jinja::Value limited(Relation relation, const Node& target);
  [[noreturn]] void target_not_found(jinja::State& state, std::string_view kind, const std::string& name,
                                     const std::optional<std::string>& package, const jinja::Value& version,
                                     std::optional<bool> disabled);

  SharedCompilation& shared_;
  SqlSession& session_;
  const Node* node_ = nullptr;
  const Macro* macro_ = nullptr;
  ContextMode mode_;
  StatementResults results_;
  std::map<std::string, jinja::Value, std::less<>> shadows_;
  std::optional<std::string> compiled_sql_;
  std::vector<std::pair<std::string, std::string>> extra_ctes_;
  jinja::Value model_, config_, adapter_, env_overrides_, merged_vars_;
};

/// `config`: get, require, meta_get, ...: config_object.cc
jinja::Value config_object(RuntimeContext& context);
/// `adapter`: adapter_object.cc
jinja::Value adapter_object(RuntimeContext& context);
/// `validation`: {any: ...}
jinja::Value validation_object();

/// "Compilation Error in model x": an error of this context's node at the running expression.
Error context_error(RuntimeContext& context, jinja::State* state, ErrorKind kind, std::string code, std::string message,
                    std::string hint = {});

}  // namespace modelc
