#include "parse/semantic/values.h"

#include <algorithm>

#include "base/text.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

constexpr std::string_view kAggregations[] = {"sum",     "min",        "max",    "count_distinct", "sum_boolean",
                                              "average", "percentile", "median", "count"};
constexpr std::string_view kCalculations[] = {"conversions", "conversion_rate"};
constexpr std::string_view kDimensions[] = {"categorical", "time"};
constexpr std::string_view kEntities[] = {"foreign", "natural", "primary", "unique"};
constexpr std::string_view kExports[] = {"table", "view"};
constexpr std::string_view kMetrics[] = {"simple", "ratio", "cumulative", "derived", "conversion"};
constexpr std::string_view kPeriods[] = {"first", "last", "average"};
constexpr std::string_view kGranularities[] = {"nanosecond", "microsecond", "millisecond", "second",  "minute", "hour",
                                               "day",        "week",        "month",       "quarter", "year"};

bool is_absent(const Value& v) { return v.is_undefined() || v.is_none(); }

Value input_measure(const Value& given) {
  if (is_absent(given)) return Value::none();
  bool plain = given.is_string();
  return Value::dict(
      {{"name", plain ? given : given.get("name")},
       {"filter", plain ? Value::none() : where_filter(given.get("filter"))},
       {"alias", plain ? Value::none() : or_none(given.get("alias"))},
       {"join_to_timespine", plain ? Value(false) : or_default(given.get("join_to_timespine"), Value(false))},
       {"fill_nulls_with", plain ? Value::none() : or_none(given.get("fill_nulls_with"))}});
}

Value metric_input(const YamlEntry& entry, const Value& given) {
  if (is_absent(given)) return Value::none();
  bool plain = given.is_string();
  return Value::dict({{"name", plain ? given : given.get("name")},
                      {"filter", plain ? Value::none() : where_filter(given.get("filter"))},
                      {"alias", plain ? Value::none() : or_none(given.get("alias"))},
                      {"offset_window", plain ? Value::none() : time_window(entry, given.get("offset_window"))},
                      {"offset_to_grain", plain ? Value::none() : or_none(given.get("offset_to_grain"))}});
}

Value conversion_params(const YamlEntry& entry, const Value& given) {
  if (!given.is_dict()) return Value::none();
  Value calculation =
      enum_value(entry, calculation_type, or_default(given.get("calculation"), Value("conversion_rate")),
                 {"type_params", "conversion_type_params", "calculation"});
  return Value::dict({{"base_measure", input_measure(given.get("base_measure"))},
                      {"conversion_measure", input_measure(given.get("conversion_measure"))},
                      {"entity", given.get("entity")},
                      {"calculation", calculation},
                      {"window", time_window(entry, given.get("window"))},
                      {"constant_properties", or_none(given.get("constant_properties"))}});
}

/// The older keys `window` and `grain_to_date` beside the newer dict count where it leaves them out.
Value cumulative_params(const YamlEntry& entry, const std::string& type, const Value& type_params) {
  if (type != "cumulative") return Value::none();
  Value own = type_params.get("cumulative_type_params");
  auto either = [&](std::string_view key) {
    Value value = own.get(key);
    return jinja::truth(value) ? value : or_none(type_params.get(key));
  };
  Value period = enum_value(entry, period_aggregation, or_default(own.get("period_agg"), Value("first")),
                            {"type_params", "cumulative_type_params", "period_agg"});
  return Value::dict({{"window", time_window(entry, either("window"))},
                      {"grain_to_date", either("grain_to_date")},
                      {"period_agg", period},
                      {"metric", Value::none()}});
}

}  // namespace

const EnumType aggregation_type{"AggregationType", kAggregations};
const EnumType calculation_type{"ConversionCalculationType", kCalculations};
const EnumType dimension_type{"DimensionType", kDimensions};
const EnumType entity_type{"EntityType", kEntities};
const EnumType export_type{"ExportDestinationType", kExports};
const EnumType metric_type{"MetricType", kMetrics};
const EnumType period_aggregation{"PeriodAggregation", kPeriods};
const EnumType time_granularity{"TimeGranularity", kGranularities};

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }
Value or_default(const Value& v, Value fallback) { return v.is_undefined() ? fallback : v; }
Value list_or_empty(const Value& v) { return v.is_list() ? v : Value::list(); }
Value text_or_none(const Value& v) { return is_absent(v) ? Value::none() : Value(jinja::to_str(v)); }

Value enum_value(const YamlEntry& entry, const EnumType& type, const Value& given, const YamlPath& path) {
  std::string lower = given.is_string() ? to_lower(given.as_string()) : std::string();
  if (std::find(type.values.begin(), type.values.end(), lower) != type.values.end()) return Value(lower);
  std::vector<std::string> known(type.values.begin(), type.values.end());
  std::string close = closest_match(lower, known);
  throw Error(ErrorKind::parsing, "parse/semantic-enum",
              "Invalid enum value: `" + jinja::to_str(given) + "` in enum " + std::string(type.name),
              yaml_place(entry, path),
              close.empty() ? "use one of " + join(known, ", ") : "Did you mean '" + close + "'?");
}

std::optional<size_t> granularity_rank(std::string_view name) {
  auto found = std::find(std::begin(kGranularities), std::end(kGranularities), name);
  if (found == std::end(kGranularities)) return std::nullopt;
  return static_cast<size_t>(found - std::begin(kGranularities));
}

/// dbt: parse_where_filter.
Value where_filter(const Value& given) {
  if (is_absent(given)) return Value::none();
  Value filters = Value::list();
  for (const Value& text : given.is_list() ? given.as_list() : std::vector<Value>{given})
    filters.as_list().push_back(Value::dict({{"where_sql_template", text}}));
  return Value::dict({{"where_filters", filters}});
}

Value time_window(const YamlEntry& entry, const Value& given) {
  if (is_absent(given)) return Value::none();
  std::string text = jinja::to_str(given);
  std::string lower = to_lower(text);
  std::vector<std::string_view> parts = split(lower, ' ');
  auto fail = [&](const std::string& reason) {
    fail_parsing("parse/metric-window",
                 "Invalid window config given in " + entry.file->source->path +
                     " @ window: " + jinja::to_repr(Value::dict({{"window", given}})) + " - " + reason,
                 {}, entry.span());
  };
  if (parts.size() != 2)
    fail("Invalid window (" + text +
         ") in cumulative/conversion metric. Should be of the form `<count> <granularity>`, e.g., `28 days`");
  std::string granularity(parts[1]);
  if (granularity.ends_with('s') && granularity_rank(granularity.substr(0, granularity.size() - 1)))
    granularity.pop_back();
  constexpr size_t most_digits = 18;  // of an int64
  if (parts[0].empty() || parts[0].size() > most_digits ||
      parts[0].find_first_not_of("0123456789") != std::string_view::npos)
    fail("Invalid count (" + std::string(parts[0]) + ") in cumulative/conversion metric window string: (" + text + ")");
  return Value::dict(
      {{"count", Value(static_cast<int64_t>(std::stoll(std::string(parts[0]))))}, {"granularity", Value(granularity)}});
}

Value metric_type_params(const YamlEntry& entry, const std::string& type, const Value& given) {
  Value metrics = Value::list();
  for (const Value held = list_or_empty(given.get("metrics")); const Value& metric : held.as_list())
    metrics.as_list().push_back(metric_input(entry, metric));
  Value grain = or_none(given.get("grain_to_date"));
  if (!grain.is_none()) grain = enum_value(entry, time_granularity, grain, {"type_params", "grain_to_date"});
  return Value::dict({{"measure", input_measure(given.get("measure"))},
                      {"input_measures", Value::list()},
                      {"numerator", metric_input(entry, given.get("numerator"))},
                      {"denominator", metric_input(entry, given.get("denominator"))},
                      {"expr", text_or_none(given.get("expr"))},
                      {"window", time_window(entry, given.get("window"))},
                      {"grain_to_date", grain},
                      {"metrics", metrics},
                      {"conversion_type_params", conversion_params(entry, given.get("conversion_type_params"))},
                      {"cumulative_type_params", cumulative_params(entry, type, given)},
                      {"metric_aggregation_params", Value::none()}});
}

}  // namespace modelc::semantic
