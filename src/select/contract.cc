// Which changes of an enforced contract break those who read the model (dbt: ModelNode.same_contract).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "select/state.h"

namespace modelc {
namespace {

using jinja::Value;

/// "VARCHAR(10)" -> "varchar": a change of size is none that breaks.
std::string base_type(std::string_view type) { return to_lower(trim(type.substr(0, type.find('(')))); }

bool enforces_constraints(std::string_view materialized) {
  return materialized == "table" || materialized == "incremental";
}

/// The engines' own word on which constraints they enforce (dbt: CONSTRAINT_SUPPORT).
bool is_enforced(std::string_view adapter, std::string_view constraint) {
  if (constraint == "custom") return false;
  if (adapter == "spark" || adapter == "databricks" || adapter == "athena") return false;
  if (adapter == "postgres" || adapter == "duckdb" || adapter == "sqlserver") return true;
  if (adapter == "snowflake" || adapter == "redshift" || adapter == "bigquery") return constraint == "not_null";
  return constraint == "not_null" || constraint == "foreign_key";  // BaseAdapter
}

const std::vector<Value>& list_of(const Value& value) {
  static const std::vector<Value> none;
  return value.is_list() ? value.as_list() : none;
}

bool holds(const Value& list, const Value& constraint) {
  const auto& items = list_of(list);
  return std::any_of(items.begin(), items.end(), [&](const Value& item) { return same_value(item, constraint); });
}

std::string label(const Value& constraint) {
  const Value name = constraint.get("name");
  return name.is_string() ? name.as_string() : constraint.get_string("type");
}

struct Changes {
  std::vector<std::string> removed, types, column_constraints, model_constraints;
  bool had_column_constraints = false;
};

void compare_column(Changes& changes, std::string_view adapter, const Value& old, const ColumnInfo& column,
                    bool constraints_counted) {
  const std::string before = old.get_string("data_type"), now = column.data_type.value_or("");
  if (before != now && base_type(before) != base_type(now))
    changes.types.push_back(fmt::format("{} ({} -> {})", old.get_string("name"), before.empty() ? "None" : before,
                                        now.empty() ? "None" : now));
  if (!constraints_counted) return;
  const Value old_constraints = old.get("constraints");
  for (const Value& constraint : list_of(old_constraints)) {
    if (holds(column.constraints, constraint) || !is_enforced(adapter, constraint.get_string("type"))) continue;
    changes.column_constraints.push_back(fmt::format("'{}' constraint on column {}", label(constraint), column.name));
  }
}

void add(std::vector<std::string>& messages, std::string_view title, const std::vector<std::string>& items) {
  if (!items.empty()) messages.push_back(fmt::format("{}: \n    - {}", title, join(items, "\n    - ")));
}

}  // namespace

std::vector<std::string> breaking_contract_changes(const Manifest& manifest, const Node& node, const Value& old) {
  const std::string_view adapter = manifest.adapter ? manifest.adapter->type : std::string_view();
  const std::string old_materialized = old.get("config").get_string("materialized");
  const bool counted = enforces_constraints(old_materialized);
  Changes changes;

  const Value old_columns = old.get("columns");
  std::vector<std::pair<std::string, Value>> sorted;
  if (old_columns.is_dict())
    for (const auto& [key, value] : old_columns.as_dict().entries()) sorted.emplace_back(jinja::to_str(key), value);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [name, column] : sorted) {
    changes.had_column_constraints |= !list_of(column.get("constraints")).empty();
    const auto now = std::find_if(node.columns.begin(), node.columns.end(),
                                  [&](const ColumnInfo& info) { return info.name == name; });
    if (now == node.columns.end()) {
      changes.removed.push_back(column.get_string("name", name));
    } else {
      compare_column(changes, adapter, column, *now, counted);
    }
  }
  const Value old_constraints = old.get("constraints");
  if (counted) {
    for (const Value& constraint : list_of(old_constraints)) {
      if (holds(node.model->constraints, constraint) || !is_enforced(adapter, constraint.get_string("type"))) continue;
      changes.model_constraints.push_back(
          fmt::format("'{}' constraint on columns {}", label(constraint), jinja::to_repr(constraint.get("columns"))));
    }
  }

  std::vector<std::string> messages;
  if (!node.config.get("contract").get_bool("enforced")) {
    messages.push_back(
        "Contract enforcement was removed: Previously, this model had an enforced contract. It is no longer configured "
        "to enforce "
        "its contract, and this is a breaking change.");
  }
  add(messages, "Columns were removed", changes.removed);
  add(messages, "Columns with data_type changes", changes.types);
  add(messages, "Enforced column level constraints were removed", changes.column_constraints);
  add(messages, "Enforced model level constraints were removed", changes.model_constraints);
  if (counted && !enforces_constraints(node.materialized()) &&
      (!list_of(old_constraints).empty() || changes.had_column_constraints))
    add(messages, "Materialization changed with enforced constraints",
        {old_materialized + " -> " + node.materialized()});
  return messages;
}

}  // namespace modelc
