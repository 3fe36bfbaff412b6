#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "parse/semantic/checks.h"
#include "parse/semantic/values.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

template <class Work>
void each_measure(const View& view, Work work) {
  for (const Node* model : view.models)
    for (const Value& measure : elements(*model, "measures")) work(*model, measure);
}

std::string no_aggregation_time(const std::string& measure) {
  return "AssertionError: Aggregation time dimension for measure " + measure +
         " is not set! This should either be set directly on the measure specification in the model, or else "
         "defaulted to the primary time dimension in the data source containing the measure.";
}

/// An input measure as Python shows it: with blanks by str(), with commas by repr().
std::string input_measure_text(const Value& input, std::string_view separator) {
  std::string filter = "None";
  if (Value given = input.get("filter"); given.is_dict()) {
    std::vector<std::string> parts;
    for (const Value& where : given.get("where_filters").as_list())
      parts.push_back("PydanticWhereFilter(where_sql_template=" + jinja::to_repr(where.get("where_sql_template")) +
                      ")");
    filter = "PydanticWhereFilterIntersection(where_filters=[" + join(parts, ", ") + "])";
  }
  std::vector<std::string> fields = {"name=" + jinja::to_repr(input.get("name")), "filter=" + filter};
  for (std::string_view key : {"alias", "join_to_timespine", "fill_nulls_with"})
    fields.push_back(std::string(key) + "=" + jinja::to_repr(input.get(key)));
  return join(fields, separator);
}

void check_needed_aliases(const Node& metric, const std::vector<Value>& inputs, Issues& issues) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<Value>> by_name;
  for (const Value& input : inputs) {
    std::string name = input.get_string("name");
    if (!by_name.contains(name)) order.push_back(name);
    by_name[name].push_back(input);
  }
  for (const std::string& name : order) {
    if (by_name[name].size() == 1) continue;
    std::vector<std::string> without;
    for (const Value& input : by_name[name])
      if (!input.get("filter").is_none() && input.get("alias").is_none())
        without.push_back("PydanticMetricInputMeasure(" + input_measure_text(input, ", ") + ")");
    if (!without.empty())
      issues.error(&metric, "PydanticMetric " + metric.name +
                                " depends on multiple different constrained versions of measure " + name +
                                ". In such cases, aliases must be provided, but the following input measures have "
                                "constraints specified without an alias: [" +
                                join(without, ", ") + "].");
  }
}

void check_percentile_value(const Node& model, const std::string& name, const Value& percentile, Issues& issues) {
  if (!percentile.is_number()) {
    issues.error(&model, "Measure '" + name +
                             "' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided.");
  } else if (percentile.as_float() <= 0 || percentile.as_float() >= 1) {
    issues.error(&model, "Percentile aggregation parameter for measure '" + name + "' is '" +
                             jinja::to_str(Value(percentile.as_float())) +
                             "', but must be between 0 and 1 (non-inclusive). For example, to indicate the 65th "
                             "percentile value, set 'percentile: 0.65'. For percentile values of 0, please use MIN, "
                             "for percentile values of 1, please use MAX.");
  }
}

void check_median_params(const Node& model, const std::string& name, const Value& params, Issues& issues) {
  Value percentile = params.get("percentile");
  if (percentile.is_number() && percentile.as_float() != 0.5)
    issues.error(&model, "Measure '" + name + "' uses a MEDIAN aggregation, while percentile is set to '" +
                             jinja::to_str(Value(percentile.as_float())) +
                             "', a conflicting value. Please remove the parameter or set to '0.5'.");
  if (params.get_bool("use_discrete_percentile"))
    issues.error(&model, "Measure '" + name +
                             "' uses a MEDIAN aggregation, while use_discrete_percentile is set to true. Please remove "
                             "the parameter or set to False.");
}

/// The dimension over which a measure does not add up, against the one by which it does.
void check_non_additive(const Node& model, const Value& measure, const Value& given, const Value& time,
                        Issues& issues) {
  const std::string name = measure.get_string("name"), dimension_name = given.get_string("name");
  const std::string start = "Measure '" + name + "' has a non_additive_dimension with ";
  const Value* dimension = element_named(model, "dimensions", dimension_name);
  if (!dimension) {
    issues.error(&model, start + "name '" + dimension_name +
                             "' that is not defined as a dimension in semantic model '" + model.name + "'.");
  } else {
    if (dimension->get_string("type") != "time")
      issues.error(&model, start + "name'" + dimension_name +
                               "' that is defined as a categorical dimension which is not supported.");
    Value own = dimension->get("type_params"), base = time.get("type_params");
    if (own.is_dict() && base.is_dict() && own.get_string("time_granularity") != base.get_string("time_granularity"))
      issues.error(&model, start + "name '" + dimension_name + "' that has a base time granularity (" +
                               member_name(own.get_string("time_granularity")) +
                               ") that is not equal to the measure's agg_time_dimension " + time.get_string("name") +
                               " with a base granularity of (" + member_name(base.get_string("time_granularity")) +
                               ").");
  }
  if (std::string choice = given.get_string("window_choice"); choice != "min" && choice != "max")
    issues.error(&model,
                 start + "an invalid 'window_choice' of '" + choice + "'. Only choices supported are 'min' or 'max'.");
  std::set<std::string> unknown;
  for (const Value held = list_or_empty(given.get("window_groupings")); const Value& grouping : held.as_list())
    if (!element_named(model, "entities", jinja::to_str(grouping))) unknown.insert(jinja::to_str(grouping));
  if (!unknown.empty())
    issues.error(&model, start + "an invalid 'window_groupings'. These entities " +
                             set_repr({unknown.begin(), unknown.end()}) + " do not exist in the semantic model.");
}

}  // namespace

void check_percentiles(const View& view, Issues& issues) {
  each_measure(view, [&](const Node& model, const Value& measure) {
    std::string name = measure.get_string("name"), aggregation = measure.get_string("agg");
    Value params = measure.get("agg_params");
    if (aggregation == "percentile") {
      check_percentile_value(model, name, params.get("percentile"), issues);
    } else if (aggregation == "median") {
      if (params.is_dict()) check_median_params(model, name, params, issues);
    } else if (params.is_dict()) {
      std::vector<std::string> wrong;
      for (std::string_view key : {"percentile", "use_discrete_percentile", "use_approximate_percentile"})
        if (jinja::truth(params.get(key))) wrong.emplace_back(key);
      if (!wrong.empty())
        issues.error(&model, "Measure '" + name + "' with aggregation '" + aggregation + "' uses agg_params (" +
                                 join(wrong, ", ") + ") only relevant to Percentile measures.");
    }
  });
}

void check_counts(const View& view, Issues& issues) {
  each_measure(view, [&](const Node& model, const Value& measure) {
    if (measure.get_string("agg") != "count") return;
    std::string name = measure.get_string("name"), expr = measure.get_string("expr");
    if (measure.get("expr").is_none())
      issues.error(&model, "Measure '" + name +
                               "' uses a COUNT aggregation, which requires an expr to be provided. Provide 'expr: 1' "
                               "if a count of all rows is desired.");
    if (to_lower(expr).starts_with("distinct "))
      issues.error(&model, "Measure '" + name + "' uses a 'count' aggregation with a DISTINCT expr: '" + expr +
                               ". This is not supported as it effectively converts an additive measure into a "
                               "non-additive one, and this could cause certain queries to return incorrect results. "
                               "Please use the count_distinct aggregation type.");
  });
}

void check_measures_are_unique(const View& view, Issues& issues) {
  std::map<std::string, std::vector<std::string>> models;
  each_measure(view, [&](const Node& model, const Value& measure) {
    std::vector<std::string>& seen = models[measure.get_string("name")];
    if (!seen.empty())
      issues.error(&model, "Found measure with name " + measure.get_string("name") +
                               " in multiple semantic models with names (" + list_repr(seen) + ")");
    seen.push_back(model.name);
  });
}

void check_measure_aliases(const View& view, Issues& issues) {
  std::map<std::string, std::vector<std::string>> metrics_of_alias;
  for (const Node* metric : view.metrics) {
    Value held = metric->semantic->manifest_entry.get("type_params").get("input_measures");
    check_needed_aliases(*metric, held.as_list(), issues);
    for (const Value& input : held.as_list()) {
      std::string alias = input.get_string("alias");
      if (alias.empty()) continue;
      check_valid_name(alias, metric, issues);
      if (model_of_measure(view, alias))
        issues.error(metric, "Alias `" + alias + "` for measure `" + input.get_string("name") +
                                 "` conflicts with measure names defined elsewhere in the model! This can cause "
                                 "ambiguity for certain types of query. Please choose another alias.");
      std::vector<std::string>& others = metrics_of_alias[alias];
      if (!others.empty())
        issues.error(metric, "Measure alias " + alias +
                                 " conflicts with a measure alias used elsewhere in the model! This can cause "
                                 "ambiguity for certain types of query. Please choose another alias, or, if the "
                                 "measures are constrained in the same way, consider centralizing that definition in a "
                                 "new semantic model. Measure specification: " +
                                 input_measure_text(input, " ") +
                                 ". Existing metrics with that measure alias used: " + list_repr(others));
      others.push_back(metric->name);
    }
  }
}

void check_aggregation_times(const View& view, Issues& issues) {
  for (const Node* model : view.models) {
    const auto& measures = elements(*model, "measures");
    auto without = std::find_if(measures.begin(), measures.end(),
                                [&](const Value& measure) { return aggregation_time(*model, measure).empty(); });
    if (without != measures.end()) {
      issues.exception(model, "checking aggregation time dimension for a semantic model",
                       no_aggregation_time(without->get_string("name")));
      continue;
    }
    for (const Value& measure : measures) {
      std::string name = measure.get_string("name"), time = aggregation_time(*model, measure);
      if (!is_time_dimension(*model, time))
        issues.error(model, "In semantic model '" + model->name + "', measure '" + name +
                                "' has the aggregation time dimension set to '" + time +
                                "', which is not a valid time dimension in the semantic model");
    }
  }
}

void check_non_additive_dimensions(const View& view, Issues& issues) {
  Issues found;
  for (const Node* model : view.models) {
    for (const Value& measure : elements(*model, "measures")) {
      Value given = measure.get("non_additive_dimension");
      if (!given.is_dict()) continue;
      std::string name = measure.get_string("name"), time_name = aggregation_time(*model, measure);
      if (time_name.empty()) {
        issues.exception(model, "ensuring that a measure's non_additive_dimensions is valid",
                         no_aggregation_time(name));
        return;  // as in dbt, whose rule loses what it had found so far
      }
      const Value* time = element_named(*model, "dimensions", time_name);
      if (!time) {
        found.error(model, "Measure '" + name + "' has a agg_time_dimension of " + time_name +
                               " that is not defined as a dimension in semantic model '" + model->name + "'.");
        continue;
      }
      check_non_additive(*model, measure, given, *time, found);
    }
  }
  for (const Issue& issue : found.all()) issues.error(issue.node, issue.message);
}

}  // namespace modelc::semantic
