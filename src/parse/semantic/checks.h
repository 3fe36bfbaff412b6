// dbt's rules for the semantic layer as a whole (dbt_semantic_interfaces/validations), one function a rule class, in
// its wording. All read the finished manifest and add to Issues; none throws. Main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/state.h"

namespace modelc::semantic {

/// What the rules look at. Points into the manifest.
struct View {
  std::vector<const Node*> models, metrics, saved_queries, time_spines;
  std::vector<std::string> custom_granularities;  ///< of all time spines
};
View make_view(const Manifest& manifest);

struct Issue {
  bool is_error = true;
  std::string message;
  const Node* node = nullptr;  ///< to blame; null = the project
};

class Issues {
 public:
  void error(const Node* node, std::string message) { all_.push_back({true, std::move(message), node}); }
  void warning(const Node* node, std::string message) { all_.push_back({false, std::move(message), node}); }
  /// A rule that dbt cannot finish: its exception becomes the error.
  void exception(const Node* node, std::string_view doing, const std::string& exception) {
    error(node, "An error occurred while " + std::string(doing) + " - " + exception + "\n");
  }
  const std::vector<Issue>& all() const { return all_; }

 private:
  std::vector<Issue> all_;
};

// check_measures.cc
void check_percentiles(const View& view, Issues& issues);
void check_counts(const View& view, Issues& issues);
void check_measures_are_unique(const View& view, Issues& issues);
void check_measure_aliases(const View& view, Issues& issues);
void check_aggregation_times(const View& view, Issues& issues);
void check_non_additive_dimensions(const View& view, Issues& issues);
// check_models.cc
void check_validity_windows(const View& view, Issues& issues);
void check_dimensions_are_consistent(const View& view, Issues& issues);
void check_elements_are_consistent(const View& view, Issues& issues);
void check_natural_entities(const View& view, Issues& issues);
void check_defaults(const View& view, Issues& issues);
void check_primary_entities(const View& view, Issues& issues);
void check_primary_entity_pairs(const View& view, Issues& issues);
void check_time_spines(const View& view, Issues& issues);
// check_metrics.cc
void check_derived_metrics(const View& view, Issues& issues);
void check_cumulative_metrics(const View& view, Issues& issues);
void check_conversion_metrics(const View& view, Issues& issues);
// check_names.cc
void check_names(const View& view, Issues& issues);
void check_reserved_words(const View& view, Issues& issues);
void check_valid_name(const std::string& name, const Node* node, Issues& issues);
// check_labels.cc
void check_metric_labels(const View& view, Issues& issues);
void check_model_labels(const View& view, Issues& issues);
void check_entity_labels(const View& view, Issues& issues);
// check_filters.cc
void check_filters(const View& view, Issues& issues);
void check_saved_queries(const View& view, Issues& issues);

// What the manifest entries hold, for all rules. Lists are the entry's own: keep the Value while walking it.
const std::vector<jinja::Value>& elements(const Node& node, std::string_view key);  ///< "measures", "dimensions", ...
const jinja::Value* element_named(const Node& model, std::string_view key, const std::string& name);
bool is_time_dimension(const Node& model, const std::string& name);
/// The time dimension by which a measure is added up, its own or the model's default; "" = none.
std::string aggregation_time(const Node& model, const jinja::Value& measure);
/// The first semantic model that has the measure, or null.
const Node* model_of_measure(const View& view, const std::string& measure);
/// Texts as Python shows a list: "['a', 'b']", or a set: "{'a', 'b'}" (in order, which Python leaves open).
std::string list_repr(const std::vector<std::string>& items);
std::string set_repr(const std::vector<std::string>& items);
/// "TimeGranularity.DAY", "DAY": an enumeration's member as Python's str() and .name give it.
std::string member(std::string_view class_name, std::string_view value);
std::string member_name(std::string_view value);

}  // namespace modelc::semantic
