// Comparison with the manifest of an earlier invocation. Internal to the select folder.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "select/select.h"

namespace modelc {

/// One comparison of a whole manifest with a state. Warnings of a node (broken contracts, large seeds) are fired once.
class StateComparison {
 public:
  StateComparison(const Invocation& invocation, const Manifest& manifest, const StateManifest& state);

  bool is_new(const Node& node) { return previous(node).is_undefined(); }
  /// dbt's `state:modified` for one node.
  bool is_modified(const Node& node);
  bool same_body(const Node& node);
  bool same_config(const Node& node);
  bool same_persisted_description(const Node& node);
  bool same_database_representation(const Node& node);
  bool same_contract(const Node& node);
  /// A macro that the node reaches has changed, is new or is gone.
  bool macros_modified(const Node& node);
  /// `modified.<part>`: false for kinds that have no such part, true for new ones that have.
  bool part_modified(const Node& node, std::string_view part);
  /// Contracted models that were removed or disabled: warns, or throws for versioned ones.
  void check_removed_models();

 private:
  const jinja::Value& previous(const Node& node);
  bool same_contents(const Node& node);
  bool same_source(const Node& node, const jinja::Value& old);
  void check_test_macro(const Node& node);

  const Invocation& invocation_;
  const Manifest& manifest_;
  const StateManifest& state_;
  bool compare_unrendered_;             // flag state_modified_compare_more_unrendered_values
  std::vector<jinja::Value> previous_;  // by node, entries of the state; filled by the first question
  std::vector<uint8_t> contract_;       // by node: 0 not looked at, 1 the same, 2 changed
  std::vector<uint8_t> seed_;           // likewise
  std::vector<bool> macro_tainted_;     // by macro; filled by the first question
  bool macros_looked_at_ = false;
};

/// What broke between two enforced contracts, in dbt's words; empty when nothing did. `old` is the entry in the state.
std::vector<std::string> breaking_contract_changes(const Manifest& manifest, const Node& node, const jinja::Value& old);

/// Equal as dbt's dataclasses are: an absent key is None.
bool same_value(const jinja::Value& a, const jinja::Value& b);

}  // namespace modelc
