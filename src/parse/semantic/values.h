// The values that metrics, semantic models and saved queries are made of, from YAML to manifest form (dbt:
// parser/schema_yaml_readers.py; the enumerations: dbt_semantic_interfaces/type_enums).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parse/schema_yaml.h"

namespace modelc::semantic {

/// Where a value stands inside its entry: {"measures", "0", "agg"}.
using YamlPath = std::vector<std::string>;

/// One of dbt's enumerations; upper case is read as lower case.
struct EnumType {
  std::string_view name;  ///< Python's class name, as in dbt's message
  std::span<const std::string_view> values;
};
extern const EnumType aggregation_type, calculation_type, dimension_type, entity_type, export_type, metric_type,
    period_aggregation, time_granularity;

/// `given` in lower case. Throws Error{parsing, "parse/semantic-enum"} for anything that the enumeration lacks.
jinja::Value enum_value(const YamlEntry& entry, const EnumType& type, const jinja::Value& given, const YamlPath& path);

/// The place of a granularity in time_granularity.values, the smallest first; nullopt for other names.
std::optional<size_t> granularity_rank(std::string_view name);

/// A text or list of texts as {"where_filters": [...]}; none when absent.
jinja::Value where_filter(const jinja::Value& given);

/// "28 days" as {"count": 28, "granularity": "day"}; none when absent. Throws dbt's "Invalid window ...".
jinja::Value time_window(const YamlEntry& entry, const jinja::Value& given);

/// `type_params` of a metric of that type.
jinja::Value metric_type_params(const YamlEntry& entry, const std::string& type, const jinja::Value& given);

jinja::Value or_none(const jinja::Value& v);
jinja::Value or_default(const jinja::Value& v, jinja::Value fallback);
jinja::Value list_or_empty(const jinja::Value& v);
jinja::Value text_or_none(const jinja::Value& v);

}  // namespace modelc::semantic
