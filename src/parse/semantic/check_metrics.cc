#include <algorithm>
#include <set>

#include "base/text.h"
#include "parse/semantic/checks.h"
#include "parse/semantic/values.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

constexpr std::string_view kNoCustomGrain = "Custom granularities are not supported for this field yet.";

Value params_of(const Node& metric) { return metric.semantic->manifest_entry.get("type_params"); }

std::string type_of(const Node& metric) { return metric.semantic->manifest_entry.get_string("type"); }

std::vector<Value> inputs_of(const Node& metric) { return list_or_empty(params_of(metric).get("metrics")).as_list(); }

/// dbt: validate_metric_time_window.
void check_window(const View& view, const Node& metric, const Value& window, bool allow_custom, Issues& issues) {
  auto is_custom = [&](const std::string& name) {
    return std::find(view.custom_granularities.begin(), view.custom_granularities.end(), name) !=
           view.custom_granularities.end();
  };
  std::string granularity = window.get_string("granularity");
  const std::string whole = jinja::to_str(window.get("count")) + " " + granularity;
  if (granularity.ends_with('s')) {
    std::string singular = granularity.substr(0, granularity.size() - 1);
    if (granularity_rank(singular) || is_custom(singular)) granularity = singular;
  }
  std::string message = "Invalid time granularity '" + granularity + "' in window: '" + whole + "'";
  if (granularity_rank(granularity)) return;
  if (!is_custom(granularity)) {
    issues.error(&metric, message);
  } else if (!allow_custom) {
    issues.error(&metric, message + " " + std::string(kNoCustomGrain));
  }
}

void check_inputs_exist(const View& view, Issues& issues) {
  std::set<std::string> known;
  for (const Node* metric : view.metrics) known.insert(metric->name);
  for (const Node* metric : view.metrics) {
    if (type_of(*metric) != "derived") continue;
    std::vector<Value> inputs = inputs_of(*metric);
    if (inputs.empty())
      issues.error(metric, "No input metrics found for derived metric '" + metric->name +
                               "'. Please add metrics to type_params.metrics.");
    for (const Value& input : inputs)
      if (!known.contains(input.get_string("name")))
        issues.error(metric, "For metric: " + metric->name + ", input metric: '" + input.get_string("name") +
                                 "' does not exist as a configured metric in the model.");
  }
}

void check_input_aliases(const Node& metric, Issues& issues) {
  if (type_of(metric) != "derived") return;
  std::set<std::string> used;
  for (const Value& input : inputs_of(metric)) used.insert(input.get_string("name"));
  for (const Value& input : inputs_of(metric)) {
    std::string alias = input.get_string("alias");
    if (alias.empty()) continue;
    check_valid_name(alias, &metric, issues);
    if (used.contains(alias))
      issues.error(&metric, "Alias '" + alias + "' for input metric: '" + input.get_string("name") +
                                "' is already being used. Please choose another alias.");
  }
}

void check_offsets(const View& view, const Node& metric, Issues& issues) {
  for (const Value& input : inputs_of(metric)) {
    Value window = input.get("offset_window");
    std::string grain = to_lower(input.get_string("offset_to_grain"));
    if (window.is_dict()) check_window(view, metric, window, true, issues);
    if (!grain.empty() && !granularity_rank(grain))
      issues.error(&metric, "Invalid time granularity found in `offset_to_grain`: '" + grain + "'. " +
                                std::string(kNoCustomGrain));
    if (window.is_dict() && !grain.empty())
      issues.error(&metric, "Both offset_window and offset_to_grain set for derived metric '" + metric.name +
                                "' on input metric '" + input.get_string("name") + "'. Please set one or the other.");
  }
}

void check_expression(const Node& metric, Issues& issues) {
  if (type_of(metric) != "derived") return;
  std::string expr = params_of(metric).get_string("expr");
  if (expr.empty()) {
    issues.warning(&metric, "No `expr` set for derived metric " + metric.name +
                                ". Please add an `expr` that references all input metrics.");
    return;
  }
  for (const Value& input : inputs_of(metric)) {
    std::string name = input.get_string("alias");
    if (name.empty()) name = input.get_string("name");
    if (expr.find(name) == std::string::npos)
      issues.warning(&metric, "Input metric '" + name + "' is not used in `expr`: '" + expr + "' for derived metric '" +
                                  metric.name + "'. Please update the `expr` or remove the input metric.");
  }
}

/// The measure that a conversion counts, in the semantic model that has it.
void check_conversion_measure(const Node& metric, const Node& model, const Value& input, bool is_base, Issues& issues) {
  const Value& measure = *element_named(model, "measures", input.get_string("name"));
  std::string aggregation = measure.get_string("agg");
  bool counts = aggregation == "count" || aggregation == "count_distinct" ||
                (aggregation == "sum" && measure.get_string("expr") == "1");
  if (!counts)
    issues.error(&metric, "For conversion metrics, the measure must be COUNT/SUM(1)/COUNT_DISTINCT. Measure: " +
                              measure.get_string("name") + " is agg type: " + member("AggregationType", aggregation));
  if (!is_base && !input.get("filter").is_none())
    issues.warning(&metric, "Measure input " + measure.get_string("name") +
                                " has a filter. For conversion metrics, filtering on a conversion input measure is not "
                                "fully supported yet.");
}

void check_constant_property(const Node& metric, const Node& model, const std::string& name, Issues& issues) {
  if (element_named(model, "entities", name) || element_named(model, "dimensions", name)) return;
  issues.error(&metric,
               "The provided constant property: " + name + ", cannot be found in semantic model " + model.name);
}

void check_conversion(const View& view, const Node& metric, const Value& params, Issues& issues) {
  const Node* base = model_of_measure(view, params.get("base_measure").get_string("name"));
  const Node* conversion = model_of_measure(view, params.get("conversion_measure").get_string("name"));
  if (!base || !conversion) {
    issues.error(&metric, "For metric '" + metric.name + "', conversion measures specified was not found.");
    return;
  }
  std::string entity = params.get_string("entity");
  if (!element_named(*base, "entities", entity))
    issues.error(&metric, "Entity: " + entity + " not found in base semantic model: " + base->name + ".");
  if (!element_named(*conversion, "entities", entity))
    issues.error(&metric, "Entity: " + entity + " not found in conversion semantic model: " + conversion->name + ".");
  check_conversion_measure(metric, *base, params.get("base_measure"), true, issues);
  check_conversion_measure(metric, *conversion, params.get("conversion_measure"), false, issues);
  if (Value window = params.get("window"); window.is_dict()) check_window(view, metric, window, false, issues);
  const Value properties = list_or_empty(params.get("constant_properties"));
  for (const Value& property : properties.as_list())
    check_constant_property(metric, *base, property.get_string("base_property"), issues);
  for (const Value& property : properties.as_list())
    check_constant_property(metric, *conversion, property.get_string("conversion_property"), issues);
}

}  // namespace

void check_derived_metrics(const View& view, Issues& issues) {
  check_inputs_exist(view, issues);
  for (const Node* metric : view.metrics) {
    check_input_aliases(*metric, issues);
    check_offsets(view, *metric, issues);
    check_expression(*metric, issues);
  }
}

void check_cumulative_metrics(const View& view, Issues& issues) {
  for (const Node* metric : view.metrics) {
    if (type_of(*metric) != "cumulative") continue;
    Value params = params_of(*metric), nested = params.get("cumulative_type_params");
    Value window = params.get("window"), nested_window = nested.get("window");
    auto shown = [](const Value& w) {
      return "count=" + jinja::to_repr(w.get("count")) + " granularity=" + jinja::to_repr(w.get("granularity"));
    };
    if (window.is_dict() && nested_window.is_dict() && !jinja::equals(window, nested_window))
      issues.error(metric, "Got differing values for `window` on cumulative metric '" + metric->name +
                               "'. In `type_params.window`, got '" + shown(window) +
                               "'. In `type_params.cumulative_type_params.window`, got '" + shown(nested_window) +
                               "'. Please remove the value from `type_params.window`.");
    if (nested_window.is_dict()) window = nested_window;
    std::string grain = to_lower(nested.get_string("grain_to_date"));
    if (grain.empty()) grain = params.get_string("grain_to_date");
    if (!grain.empty() && !granularity_rank(grain))
      issues.error(
          metric, "Invalid time granularity found in `grain_to_date`: '" + grain + "'. " + std::string(kNoCustomGrain));
    if (window.is_dict() && !grain.empty())
      issues.error(metric, "Both window and grain_to_date set for cumulative metric. Please set one or the other.");
    if (window.is_dict()) check_window(view, *metric, window, false, issues);
  }
}

void check_conversion_metrics(const View& view, Issues& issues) {
  for (const Node* metric : view.metrics)
    if (type_of(*metric) == "conversion")
      check_conversion(view, *metric, params_of(*metric).get("conversion_type_params"), issues);
}

}  // namespace modelc::semantic
