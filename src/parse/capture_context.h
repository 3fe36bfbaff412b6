// The names of a SQL file while it is parsed: ref, source and config record what they are told and give placeholders.
#pragma once

#include <optional>
#include <string>

#include "context/sql_context.h"
#include "parse/state.h"

namespace modelc {

/// Renders one draft's SQL, hooks or test arguments, recording refs, sources, metrics, functions and config calls in
/// the draft. One thread. dbt: ModelContext with ParseProvider (context/providers.py).
class CaptureContext : public SqlContext {
 public:
  CaptureContext(const ParseState& state, Draft& draft);

  /// Renders the text only for what it records. Undefined names are tolerated, as in dbt. Throws Error with the draft
  /// as subject.
  void run(const jinja::Template& tmpl);
  /// Evaluates natively (test arguments).
  jinja::Value run_native(const jinja::Template& tmpl);
  /// Calls a macro with the given keyword arguments, as `{{ macro(**kwargs) }}` at the top of a text.
  void call(MacroId macro, const jinja::Value& kwargs);

  const ParseState& state() const { return state_; }
  Draft& draft() { return draft_; }
  const jinja::Value& this_relation();
  /// In generic tests no macro hides ref, source and config: dbt gives them only the macros that the test depends on.
  bool lookup(std::string_view name, jinja::Value& out) override;

 protected:
  bool own(std::string_view name, jinja::Value& out) override;

 private:
  friend class DependencyObserver;
  template <class Work>
  auto guarded(Work work) -> decltype(work());

  const ParseState& state_;
  Draft& draft_;
  jinja::Value this_, model_, target_;  ///< made when first asked for; one each a context, as in dbt
};

/// The relation that a node gets by its names so far (dbt: Relation.create_from(config, model)).
Relation draft_relation(const ParseState& state, const Node& node, RelationType type = RelationType::unknown);

/// A node as templates see it while parsing (`model`, and the `node` argument of generate_*_name): a dict.
jinja::Value draft_value(const Draft& draft);

}  // namespace modelc
