#include "parse/semantic/checks.h"

#include <algorithm>

#include "base/text.h"
#include "manifest/find.h"
#include "parse/semantic/semantic.h"
#include "parse/semantic/values.h"

namespace modelc {
namespace semantic {

using jinja::Value;

View make_view(const Manifest& manifest) {
  View view;
  for (const Node& node : manifest.nodes) {
    if (node.resource_type == ResourceType::semantic_model) view.models.push_back(&node);
    if (node.resource_type == ResourceType::metric) view.metrics.push_back(&node);
    if (node.resource_type == ResourceType::saved_query) view.saved_queries.push_back(&node);
    if (!node.model || !node.model->time_spine.is_dict()) continue;
    view.time_spines.push_back(&node);
    if (Value custom = node.model->time_spine.get("custom_granularities"); custom.is_list())
      for (const Value& granularity : custom.as_list())
        view.custom_granularities.push_back(granularity.get_string("name"));
  }
  return view;
}

const std::vector<Value>& elements(const Node& node, std::string_view key) {
  static const std::vector<Value> none;
  const Value* list = node.semantic->manifest_entry.as_dict().find(key);
  return list && list->is_list() ? list->as_list() : none;
}

const Value* element_named(const Node& model, std::string_view key, const std::string& name) {
  for (const Value& element : elements(model, key))
    if (element.get_string("name") == name) return &element;
  return nullptr;
}

bool is_time_dimension(const Node& model, const std::string& name) {
  const auto& all = elements(model, "dimensions");
  return std::any_of(all.begin(), all.end(), [&](const Value& dimension) {
    return dimension.get_string("name") == name && dimension.get_string("type") == "time";
  });
}

std::string aggregation_time(const Node& model, const Value& measure) {
  std::string own = measure.get_string("agg_time_dimension");
  return own.empty() ? model.semantic->manifest_entry.get("defaults").get_string("agg_time_dimension") : own;
}

const Node* model_of_measure(const View& view, const std::string& measure) {
  for (const Node* model : view.models)
    if (element_named(*model, "measures", measure)) return model;
  return nullptr;
}

std::string list_repr(const std::vector<std::string>& items) {
  return jinja::to_repr(Value::list(std::vector<Value>(items.begin(), items.end())));
}

std::string set_repr(const std::vector<std::string>& items) {
  if (items.empty()) return "set()";
  std::string list = list_repr(items);
  return "{" + list.substr(1, list.size() - 2) + "}";
}

std::string member_name(std::string_view value) {
  std::string name(value);
  for (char& c : name) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

std::string member(std::string_view class_name, std::string_view value) {
  return std::string(class_name) + "." + member_name(value);
}

namespace {

/// dbt: SemanticManifestValidator.DEFAULT_RULES, in its order. Rules that linking has made true already are left out:
/// MetricMeasuresRule, NonEmptyRule.
constexpr void (*kRules[])(const View&, Issues&) = {check_percentiles,
                                                    check_derived_metrics,
                                                    check_counts,
                                                    check_measures_are_unique,
                                                    check_validity_windows,
                                                    check_dimensions_are_consistent,
                                                    check_elements_are_consistent,
                                                    check_natural_entities,
                                                    check_measure_aliases,
                                                    check_cumulative_metrics,
                                                    check_names,
                                                    check_aggregation_times,
                                                    check_reserved_words,
                                                    check_non_additive_dimensions,
                                                    check_defaults,
                                                    check_primary_entities,
                                                    check_primary_entity_pairs,
                                                    check_filters,
                                                    check_saved_queries,
                                                    check_metric_labels,
                                                    check_model_labels,
                                                    check_entity_labels,
                                                    check_conversion_metrics,
                                                    check_time_spines};

/// dbt: the finest granularity of all time spines must reach down to the day.
bool has_time_spine(const Manifest& manifest, const View& view) {
  const size_t day = *granularity_rank("day");
  if (legacy_time_spine(manifest)) return true;
  return std::any_of(view.time_spines.begin(), view.time_spines.end(), [&](const Node* node) {
    std::string wanted = node->model->time_spine.get_string("standard_granularity_column");
    for (const ColumnInfo& column : node->columns)
      if (column.name == wanted && column.granularity) return granularity_rank(*column.granularity).value_or(99) <= day;
    return false;
  });
}

bool has_day_spine(const View& view) {
  return std::any_of(view.time_spines.begin(), view.time_spines.end(), [](const Node* node) {
    std::string wanted = node->model->time_spine.get_string("standard_granularity_column");
    for (const ColumnInfo& column : node->columns)
      if (column.name == wanted) return column.granularity == "day";
    return false;
  });
}

/// `window` and `grain_to_date` right below type_params, where they once were: a deprecation or, by flag, an error.
void check_old_params(const ParseState& state, const View& view, Issues& issues) {
  std::vector<std::string> names;
  const Node* first = nullptr;
  for (const Node* metric : view.metrics) {
    Value params = metric->semantic->manifest_entry.get("type_params");
    if (!jinja::truth(params.get("window")) && !jinja::truth(params.get("grain_to_date"))) continue;
    names.push_back(metric->name);
    if (!first) first = metric;
  }
  if (names.empty()) return;
  const std::string see =
      " See documentation on behavior changes: https://docs.getdbt.com/reference/global-configs/behavior-changes.";
  if (state.behavior("require_nested_cumulative_type_params")) {
    issues.error(first,
                 "Cumulative fields `type_params.window` and `type_params.grain_to_date` should be nested under "
                 "`type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. "
                 "Invalid metrics: " +
                     join(names, ", ") + "." + see);
    return;
  }
  warn_deprecation(state, "MFCumulativeTypeParamsDeprecation", "D019",
                   "[WARNING]: Cumulative fields `type_params.window` and `type_params.grain_to_date` have been moved "
                   "and will soon be deprecated. Please nest those values under "
                   "`type_params.cumulative_type_params.window` and "
                   "`type_params.cumulative_type_params.grain_to_date`." +
                       see,
                   {}, first->declared_at);
}

void warn_about_old_time_spine(const ParseState& state, const View& view) {
  if (state.behavior("require_yaml_configuration_for_mf_time_spines")) return;
  const Node* spine = legacy_time_spine(state.manifest);
  if (!spine || has_day_spine(view)) return;
  warn_deprecation(
      state, "MFTimespineWithoutYamlConfigurationDeprecation", "D018",
      "[WARNING]: Time spines without YAML configuration are in the process of deprecation. Please add YAML "
      "configuration for your 'metricflow_time_spine' model. See documentation on MetricFlow time spines: "
      "https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change documentation: "
      "https://docs.getdbt.com/reference/global-configs/behavior-changes.",
      {}, spine->declared_at);
}

/// Every finding as an event; the errors' places go into one error.
void report(ParseState& state, const Issues& issues) {
  Diagnostic failed;
  failed.kind = ErrorKind::parsing;
  failed.code = "parse/semantic-manifest";
  failed.message = "Semantic Manifest validation failed.";
  bool any = false;
  for (bool errors : {false, true}) {
    for (const Issue& issue : issues.all()) {
      if (issue.is_error != errors) continue;
      Event event;
      event.name = "SemanticValidationFailure";
      event.code = "I070";
      event.level = errors ? EventLevel::error : EventLevel::warn;
      event.message = issue.message;
      event.data = Value::dict({{"msg", Value(issue.message)}});
      state.invocation.events->fire(event);
      any |= errors;
      if (errors && issue.node) failed.notes.push_back({"in " + draft_subject(*issue.node), issue.node->declared_at});
    }
  }
  if (any) state.errors.push_back(std::move(failed));
}

}  // namespace
}  // namespace semantic

void check_semantic(ParseState& state) {
  const semantic::View view = semantic::make_view(state.manifest);
  if (view.models.empty()) return;
  if (!semantic::has_time_spine(state.manifest, view)) {
    Diagnostic d;
    d.kind = ErrorKind::parsing;
    d.code = "parse/time-spine";
    d.message =
        "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was "
        "found. Guidance on creating this model can be found on our docs site "
        "(https://docs.getdbt.com/docs/build/metricflow-time-spine).";
    d.span = view.models.front()->declared_at;
    state.errors.push_back(std::move(d));
    return;
  }
  if (view.metrics.empty()) return;
  semantic::Issues issues;
  for (auto* rule : semantic::kRules) rule(view, issues);
  semantic::check_old_params(state, view, issues);
  semantic::warn_about_old_time_spine(state, view);
  semantic::report(state, issues);
}

}  // namespace modelc
