// Columns and constraints of YAML entries in manifest form.
#include <algorithm>

#include "parse/patches.h"

namespace modelc {

using jinja::Value;

namespace {

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }

Value dict_or_empty(const Value& v) {
  static const Value empty = Value::dict();
  return v.is_dict() ? v : empty;
}

bool is_constraint_type(const Value& v) {
  for (std::string_view name : {"check", "not_null", "unique", "primary_key", "foreign_key", "custom"})
    if (v.is_string() && v.as_string() == name) return true;
  return false;
}

/// dbt: HasColumnProps of contracts/graph/unparsed.py.
bool is_column_key(std::string_view key) {
  for (std::string_view name : {"name", "description", "meta", "data_type", "constraints", "docs", "config",
                                "data_tests", "tests", "quote", "tags", "granularity", "doc_blocks"})
    if (name == key) return true;
  return false;
}

bool is_granularity(const std::string& name) {
  for (std::string_view known : {"nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week",
                                 "month", "quarter", "year"})
    if (name == known) return true;
  return false;
}

void add_tags(std::vector<std::string>& tags, const Value& more) {
  auto add = [&](const Value& tag) {
    if (tag.is_string() && std::find(tags.begin(), tags.end(), tag.as_string()) == tags.end())
      tags.push_back(tag.as_string());
  };
  if (more.is_list()) {
    for (const Value& tag : more.as_list()) add(tag);
  } else {
    add(more);
  }
}

/// Most columns have neither; they share one dict.
Value column_config(const Value& meta, const std::vector<std::string>& tags) {
  static const Value nothing = Value::dict({{"meta", Value::dict()}, {"tags", Value::list()}});
  if (meta.as_dict().size() == 0 && tags.empty()) return nothing;
  return Value::dict({{"meta", meta}, {"tags", Value::list(std::vector<Value>(tags.begin(), tags.end()))}});
}

ColumnInfo read_column(const Value& column) {
  static const Value no_constraints = Value::list();
  ColumnInfo out;
  out.name = column.get_string("name");
  out.description = column.get_string("description");
  if (Value type = column.get("data_type"); type.is_string()) out.data_type = type.as_string();
  if (Value quote = column.get("quote"); quote.is_bool()) out.quote = quote.as_bool();
  if (Value granularity = column.get("granularity"); granularity.is_string() && !granularity.as_string().empty()) {
    if (!is_granularity(granularity.as_string()))
      fail_parsing("parse/granularity", jinja::to_repr(granularity) + " is not a valid TimeGranularity");
    out.granularity = granularity.as_string();
  }
  Value config = dict_or_empty(column.get("config"));
  out.meta = dict_or_empty(column.get("meta"));
  if (Value meta = config.get("meta"); meta.is_dict() && meta.as_dict().size() > 0) {
    Value merged = Value::dict();
    merged.as_dict().update(out.meta.as_dict());
    merged.as_dict().update(meta.as_dict());
    out.meta = merged;
  }
  add_tags(out.tags, column.get("tags"));
  add_tags(out.tags, config.get("tags"));
  out.config = column_config(out.meta, out.tags);
  Value constraints = column.get("constraints");
  out.constraints = no_constraints;
  if (constraints.is_list() && !constraints.as_list().empty()) {
    out.constraints = Value::list();
    for (const Value& constraint : constraints.as_list()) {
      if (!is_constraint_type(constraint.get("type")))
        fail_parsing("parse/constraint-type", "Invalid constraint type on column " + out.name);
      out.constraints.as_list().push_back(constraint_value(constraint, false));
    }
  }
  for (const auto& [key, value] : column.as_dict().entries()) {
    if (!key.is_string() || is_column_key(key.as_string())) continue;
    if (out.extra.is_undefined()) out.extra = Value::dict();
    out.extra.as_dict().set(key, value);
  }
  return out;
}

/// dbt: IncludeExclude.
struct ColumnFilter {
  bool all = true;
  std::vector<Value> include, exclude;

  bool includes(const Value& name) const {
    auto has = [&](const std::vector<Value>& list) {
      return std::any_of(list.begin(), list.end(), [&](const Value& v) { return jinja::equals(v, name); });
    };
    return (all || has(include)) && !has(exclude);
  }
};

}  // namespace

Value constraint_value(const Value& constraint, bool model_level) {
  auto flag = [&](std::string_view key) {
    Value v = constraint.get(key);
    return v.is_undefined() ? Value(true) : v;
  };
  auto list = [&](std::string_view key) {
    Value v = constraint.get(key);
    return v.is_list() ? v : Value::list();
  };
  Value out = Value::dict({{"type", or_none(constraint.get("type"))},
                           {"name", or_none(constraint.get("name"))},
                           {"expression", or_none(constraint.get("expression"))},
                           {"warn_unenforced", flag("warn_unenforced")},
                           {"warn_unsupported", flag("warn_unsupported")},
                           {"to", or_none(constraint.get("to"))},
                           {"to_columns", list("to_columns")}});
  if (model_level) out.as_dict().set("columns", list("columns"));
  return out;
}

std::string constraint_repr(const Value& constraints, std::string_view type_name) {
  std::string out = "[";
  for (const Value& constraint : constraints.as_list()) {
    if (out.size() > 1) out += ", ";
    out += std::string(type_name) + "(";
    bool first = true;
    for (const auto& [key, value] : constraint.as_dict().entries()) {
      if (!first) out += ", ";
      first = false;
      const std::string& name = key.as_string();
      out += name + "=";
      if (name == "type") {
        out += "<ConstraintType." + jinja::to_str(value) + ": " + jinja::to_repr(value) + ">";
      } else {
        out += jinja::to_repr(value);
      }
    }
    out += ")";
  }
  return out + "]";
}

std::vector<ColumnInfo> read_columns(const Value& columns, const std::string& original_file_path) {
  (void)original_file_path;
  std::vector<ColumnInfo> out;
  if (!columns.is_list()) return out;
  out.reserve(columns.as_list().size());
  for (const Value& column : columns.as_list()) {
    ColumnInfo info = read_column(column);
    auto same = std::find_if(out.begin(), out.end(), [&](const ColumnInfo& other) { return other.name == info.name; });
    if (same != out.end()) {
      *same = std::move(info);  // as in a dict by name: the place of the first, the contents of the last
    } else {
      out.push_back(std::move(info));
    }
  }
  return out;
}

std::vector<Value> version_columns(const Value& entry, const Value& version) {
  ColumnFilter filter;
  bool seen = false;
  std::vector<Value> own;
  Value listed = version.get("columns");
  if (listed.is_list()) {
    for (const Value& column : listed.as_list()) {
      Value include = column.get("include");
      if (include.is_undefined()) {
        own.push_back(column);
        continue;
      }
      if (seen) fail_parsing("parse/version-columns", "version can have at most one include/exclude element");
      seen = true;
      bool all = include.is_string() && (include.as_string() == "*" || include.as_string() == "all");
      if (include.is_string() && !all)
        fail_parsing("parse/version-columns", "include must be one of ('all', '*') or a list of strings");
      filter.all = all;
      if (include.is_list()) filter.include = include.as_list();
      if (Value exclude = column.get("exclude"); exclude.is_list()) filter.exclude = exclude.as_list();
      if (!filter.exclude.empty() && !all)
        fail_parsing("parse/version-columns", "exclude can only be specified if include is one of ('all', '*')");
    }
  }
  std::vector<Value> out;
  Value base = entry.get("columns");
  if (base.is_list())
    for (const Value& column : base.as_list())
      if (filter.includes(column.get("name"))) out.push_back(column);
  for (Value& column : own) out.push_back(std::move(column));
  return out;
}

}  // namespace modelc
