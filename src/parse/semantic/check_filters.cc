#include <algorithm>
#include <set>

#include "base/text.h"
#include "parse/semantic/checks.h"
#include "parse/semantic/query_items.h"
#include "parse/semantic/values.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

/// Names of granularities that a filter may use: dbt's own, then the project's.
std::vector<std::string> valid_granularities(const View& view) {
  std::vector<std::string> names(time_granularity.values.begin(), time_granularity.values.end());
  names.insert(names.end(), view.custom_granularities.begin(), view.custom_granularities.end());
  return names;
}

class FilterChecker {
 public:
  FilterChecker(const View& view, Issues& issues) : granularities_(valid_granularities(view)), issues_(issues) {}

  void check_metric(const Node& metric) {
    Value entry = metric.semantic->manifest_entry, params = entry.get("type_params");
    const std::string on_metric = "on metric `" + metric.name + "`";
    check(metric, entry.get("filter"), "trying to parse filter of metric `" + metric.name + "`");
    Value measure = params.get("measure");
    check(metric, measure.get("filter"),
          "trying to parse filter of measure input `" + measure.get_string("name") + "` " + on_metric);
    for (std::string_view part : {"numerator", "denominator"})
      check(metric, params.get(part).get("filter"),
            "trying to parse the " + std::string(part) + " filter " + on_metric);
    for (const Value held = list_or_empty(params.get("metrics")); const Value& input : held.as_list())
      check(metric, input.get("filter"),
            "trying to parse filter for input metric `" + input.get_string("name") + "` " + on_metric);
  }

  void check_saved_query(const Node& query) {
    Value where = query.semantic->manifest_entry.get("query_params").get("where");
    if (!where.is_dict()) return;
    std::vector<ResolvedItems> filters;
    for (const Value& filter : where.get("where_filters").as_list())
      filters.push_back(resolve_items(filter.get_string("where_sql_template"), granularities_));
    auto is_bad = [](const ResolvedItems& read) { return read.fault.has_value(); };
    auto first_bad = std::find_if(filters.begin(), filters.end(), is_bad);
    if (std::all_of(filters.begin(), filters.end(), is_bad)) {
      for (const ResolvedItems& read : filters)
        issues_.exception(&query, "trying to parse a filter in saved query `" + query.name + "`", read.fault->text());
    } else if (first_bad != filters.end()) {  // dbt looks at all of them for each good one, and stumbles
      issues_.exception(&query, "validating the where field in a saved query.", first_bad->fault->text());
    } else {
      for (size_t i = 0; i < filters.size(); ++i)
        for (const ResolvedItems& read : filters) warn_about_granularities(query, "SAVED_QUERY", read.items);
    }
  }

 private:
  /// All filters of one place: the unreadable ones together make one error.
  void check(const Node& metric, const Value& intersection, const std::string& doing) {
    if (!intersection.is_dict()) return;
    std::vector<std::string> lines;
    std::vector<ResolvedItem> items;
    for (const Value& filter : intersection.get("where_filters").as_list()) {
      std::string tmpl = filter.get_string("where_sql_template");
      ResolvedItems read = resolve_items(tmpl, granularities_);
      items.insert(items.end(), read.items.begin(), read.items.end());
      if (!read.fault) continue;
      for (std::string line : {std::string("Filter:"), indent(tmpl, "    "), std::string("Error Message:"),
                               indent(read.fault->message, "    ")})
        lines.push_back(std::move(line));
    }
    if (lines.empty()) {
      warn_about_granularities(metric, "METRIC", items);
    } else {
      issues_.exception(&metric, doing,
                        "dbt_semantic_interfaces.call_parameter_sets.ParseJinjaObjectException: Encountered error(s) "
                        "while parsing:\n\n" +
                            join(lines, "\n"));
    }
  }

  void warn_about_granularities(const Node& node, const std::string& kind, const std::vector<ResolvedItem>& items) {
    for (const ResolvedItem& item : items) {
      if (item.granularity.empty() ||
          std::find(granularities_.begin(), granularities_.end(), item.granularity) != granularities_.end())
        continue;
      issues_.warning(&node, "Filter for SemanticManifestNodeType." + kind + " `" + node.name + "` is not valid. `" +
                                 item.granularity + "` is not a valid granularity name. Valid granularity options: " +
                                 list_repr(granularities_));
    }
  }

  std::vector<std::string> granularities_;
  Issues& issues_;
};

class SavedQueryChecker {
 public:
  SavedQueryChecker(const View& view, Issues& issues) : view_(view), issues_(issues) {
    for (const Node* metric : view.metrics) metrics_.insert(metric->name);
    groupable_ = metrics_;
    groupable_.insert("metric_time");
    for (const Node* model : view.models)
      for (std::string_view key : {"dimensions", "entities"})
        for (const Value& element : elements(*model, key)) groupable_.insert(element.get_string("name"));
  }

  void check(const Node& query) {
    Value params = query.semantic->manifest_entry.get("query_params");
    std::vector<std::string> metrics = texts(params.get("metrics")), group_by = texts(params.get("group_by"));
    for (const std::string& metric : metrics)
      if (!metrics_.contains(metric)) issues_.error(&query, "`" + metric + "` is not a valid metric name.");
    for (const std::string& item : group_by) check_group_by(query, item);
    check_order_by(query, metrics, group_by, texts(params.get("order_by")));
    if (Value limit = params.get("limit"); limit.is_int() && limit.as_int() < 0)
      issues_.error(&query, "Invalid limit value: " + jinja::to_str(limit) + " (should be >= 0)");
  }

 private:
  static std::vector<std::string> texts(const Value& list) {
    std::vector<std::string> out;
    for (const Value held = list_or_empty(list); const Value& item : held.as_list()) out.push_back(jinja::to_str(item));
    return out;
  }

  void check_group_by(const Node& query, const std::string& item) {
    ResolvedItems read = resolve_items("{{" + item + "}}", view_.custom_granularities);
    if (read.fault) {
      issues_.exception(&query, "trying to parse a group-by in saved query `" + query.name + "`", read.fault->text());
    } else if (read.items.size() != 1 || !groupable_.contains(read.items[0].element)) {
      issues_.error(&query, "`" + item + "` is not a valid group-by name.");
    }
  }

  std::optional<QueryItem> read_one(const Node& query, const std::string& text, bool order_by) {
    QueryItems read = query_items("{{ " + text + " }}", order_by);
    if (!read.fault && read.items.size() == 1) return read.items[0];
    std::string exception = read.fault ? read.fault->text()
                                       : "dbt_semantic_interfaces.errors.InvalidQuerySyntax: Did not get exactly one "
                                         "query item from: " +
                                             jinja::to_repr(Value(text));
    issues_.exception(&query,
                      "parsing a field in '" + query.name +
                          "'. Note that metrics need to be specified using the object-builder syntax "
                          "(`Metric('metric_name')`) and if `.descending(...)` is specified, it should be at the end.",
                      exception);
    return std::nullopt;
  }

  /// What a saved query is ordered by must be among its metrics and group-by items.
  void check_order_by(const Node& query, const std::vector<std::string>& metrics,
                      const std::vector<std::string>& group_by, const std::vector<std::string>& order_by) {
    if (order_by.empty()) return;
    std::vector<QueryItem> valid;
    bool readable = true;
    auto add = [&](const std::string& text) {
      std::optional<QueryItem> item = read_one(query, text, false);
      if (item) valid.push_back(*item);
      readable &= item.has_value();
    };
    for (const std::string& metric : metrics) add("Metric('" + metric + "')");
    for (const std::string& item : group_by) add(item);
    if (!readable) return;
    for (const std::string& text : order_by) {
      std::optional<QueryItem> item = read_one(query, text, true);
      if (!item) continue;
      item->descending.reset();
      if (std::find(valid.begin(), valid.end(), *item) == valid.end())
        issues_.error(&query, text + " does not match any of the listed metrics or group-by items. ");
    }
  }

  const View& view_;
  Issues& issues_;
  std::set<std::string> metrics_, groupable_;
};

}  // namespace

void check_filters(const View& view, Issues& issues) {
  FilterChecker checker(view, issues);
  for (const Node* metric : view.metrics) checker.check_metric(*metric);
  for (const Node* query : view.saved_queries) checker.check_saved_query(*query);
}

void check_saved_queries(const View& view, Issues& issues) {
  SavedQueryChecker checker(view, issues);
  for (const Node* query : view.saved_queries) checker.check(*query);
}

}  // namespace modelc::semantic
