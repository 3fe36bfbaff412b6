#include "parse/config_schema.h"

#include "jinja/json.h"

namespace modelc {

using jinja::Value;

namespace {

using M = ConfigMerge;
using T = ConfigType;

struct FieldDefault {
  ConfigField field;
  Value value;
};

Value none() { return Value::none(); }
Value text(std::string_view s) { return Value(s); }
Value empty_list() { return Value::list(); }
Value empty_dict() { return Value::dict(); }

Value default_source_freshness() {
  auto period = [] { return Value::dict({{"count", none()}, {"period", none()}}); };
  return Value::dict({{"warn_after", period()}, {"error_after", period()}, {"filter", none()}});
}

std::vector<FieldDefault> node_and_test_fields(Value schema_default) {
  return {{{"enabled", M::clobber, T::boolean}, Value(true)},
          {{"alias", M::clobber, T::optional_string}, none()},
          {{"schema", M::clobber, T::optional_string}, std::move(schema_default)},
          {{"database", M::clobber, T::optional_string}, none()},
          {{"tags", M::append, T::tags}, empty_list()},
          {{"meta", M::update, T::object}, empty_dict()},
          {{"group", M::clobber, T::optional_string}, none()},
          {{"static_analysis", M::clobber, T::static_analysis}, none()}};
}

std::vector<FieldDefault> node_fields(std::string_view materialized) {
  std::vector<FieldDefault> fields = node_and_test_fields(none());
  std::vector<FieldDefault> more = {
      {{"materialized", M::clobber, T::string}, text(materialized)},
      {{"incremental_strategy", M::clobber, T::optional_string}, none()},
      {{"batch_size", M::clobber, T::any}, none()},
      {{"lookback", M::clobber, T::any}, Value(1)},
      {{"begin", M::clobber, T::any}, none()},
      {{"persist_docs", M::clobber, T::object}, empty_dict()},
      {{"post-hook", M::append, T::hooks}, empty_list()},
      {{"pre-hook", M::append, T::hooks}, empty_list()},
      {{"quoting", M::update, T::object}, empty_dict()},
      {{"column_types", M::update, T::object}, empty_dict()},
      {{"full_refresh", M::clobber, T::optional_boolean}, none()},
      {{"unique_key", M::clobber, T::string_or_list}, none()},
      {{"on_schema_change", M::clobber, T::optional_string}, text("ignore")},
      {{"on_configuration_change", M::clobber, T::on_configuration_change}, text("apply")},
      {{"grants", M::grants, T::object}, empty_dict()},
      {{"packages", M::append, T::string_list}, empty_list()},
      {{"docs", M::update, T::docs}, Value::dict({{"show", Value(true)}, {"node_color", none()}})},
      {{"contract", M::update, T::contract}, Value::dict({{"enforced", Value(false)}, {"alias_types", Value(true)}})},
      {{"event_time", M::clobber, T::any}, none()},
      {{"concurrent_batches", M::clobber, T::any}, none()}};
  for (FieldDefault& field : more) fields.push_back(std::move(field));
  return fields;
}

void extend(std::vector<FieldDefault>& fields, std::vector<FieldDefault> more) {
  for (FieldDefault& field : more) fields.push_back(std::move(field));
}

std::vector<FieldDefault> fields_of(ResourceType type) {
  std::vector<FieldDefault> fields;
  switch (type) {
    case ResourceType::model:
      fields = node_fields("view");
      extend(fields, {{{"access", M::clobber, T::access}, text("protected")},
                      {{"freshness", M::clobber, T::model_freshness}, none()}});
      return fields;
    case ResourceType::seed:
      fields = node_fields("seed");
      extend(fields, {{{"delimiter", M::clobber, T::string}, text(",")},
                      {{"quote_columns", M::clobber, T::optional_boolean}, none()}});
      return fields;
    case ResourceType::snapshot:
      fields = node_fields("snapshot");
      extend(fields, {{{"strategy", M::clobber, T::optional_string}, none()},
                      {{"target_schema", M::clobber, T::optional_string}, none()},
                      {{"target_database", M::clobber, T::optional_string}, none()},
                      {{"updated_at", M::clobber, T::optional_string}, none()},
                      {{"check_cols", M::clobber, T::string_or_list}, none()},
                      {{"snapshot_meta_column_names", M::clobber, T::snapshot_columns},
                       Value::dict({{"dbt_valid_to", none()},
                                    {"dbt_valid_from", none()},
                                    {"dbt_scd_id", none()},
                                    {"dbt_updated_at", none()},
                                    {"dbt_is_deleted", none()}})},
                      {{"dbt_valid_to_current", M::clobber, T::optional_string}, none()}});
      return fields;
    case ResourceType::function:
      fields = node_fields("function");
      extend(fields, {{{"type", M::clobber, T::function_type}, text("scalar")},
                      {{"volatility", M::clobber, T::volatility}, none()},
                      {{"runtime_version", M::clobber, T::optional_string}, none()},
                      {{"entry_point", M::clobber, T::optional_string}, none()}});
      return fields;
    case ResourceType::test:
      fields = node_and_test_fields(text("dbt_test__audit"));
      extend(fields, {{{"materialized", M::clobber, T::string}, text("test")},
                      {{"severity", M::clobber, T::severity}, text("ERROR")},
                      {{"store_failures", M::clobber, T::optional_boolean}, none()},
                      {{"store_failures_as", M::clobber, T::optional_string}, none()},
                      {{"where", M::clobber, T::optional_string}, none()},
                      {{"limit", M::clobber, T::optional_integer}, none()},
                      {{"fail_calc", M::clobber, T::string}, text("count(*)")},
                      {{"warn_if", M::clobber, T::string}, text("!= 0")},
                      {{"error_if", M::clobber, T::string}, text("!= 0")}});
      return fields;
    case ResourceType::source:
      return {{{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"event_time", M::clobber, T::any}, none()},
              {{"freshness", M::clobber, T::source_freshness}, default_source_freshness()},
              {{"loaded_at_field", M::clobber, T::optional_string}, none()},
              {{"loaded_at_query", M::clobber, T::optional_string}, none()},
              {{"meta", M::update, T::object}, empty_dict()},
              {{"tags", M::clobber, T::string_list}, empty_list()},
              {{"static_analysis", M::clobber, T::static_analysis}, none()}};
    case ResourceType::exposure:
      return {{{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"tags", M::clobber, T::string_list}, empty_list()},
              {{"meta", M::clobber, T::object}, empty_dict()}};
    case ResourceType::unit_test:
      return {{{"tags", M::append, T::tags}, empty_list()},
              {{"meta", M::update, T::object}, empty_dict()},
              {{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"static_analysis", M::clobber, T::static_analysis}, none()}};
    case ResourceType::metric:
      return {{{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"group", M::clobber, T::optional_string}, none()},
              {{"meta", M::update, T::object}, empty_dict()}};
    case ResourceType::semantic_model:
      return {{{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"group", M::clobber, T::optional_string}, none()},
              {{"meta", M::update, T::object}, empty_dict()}};
    case ResourceType::saved_query:
      return {{{"enabled", M::clobber, T::boolean}, Value(true)},
              {{"group", M::clobber, T::optional_string}, none()},
              {{"meta", M::update, T::object}, empty_dict()},
              {{"export_as", M::clobber, T::any}, none()},
              {{"schema", M::clobber, T::optional_string}, none()},
              {{"cache", M::clobber, T::object}, Value::dict({{"enabled", Value(false)}})}};
    case ResourceType::analysis:
    case ResourceType::operation:
    case ResourceType::sql_operation:
      return node_fields("view");
  }
  return fields;
}

ConfigClass make_class(ResourceType type) {
  ConfigClass out;
  out.defaults = Value::dict();
  for (FieldDefault& field : fields_of(type)) {
    out.index.emplace(field.field.name, static_cast<uint32_t>(out.fields.size()));
    out.fields.push_back(field.field);
    out.defaults.as_dict().set(field.field.name, std::move(field.value));
  }
  return out;
}

std::vector<Value> listify(const Value& v) { return v.is_list() ? v.as_list() : std::vector<Value>{v}; }

void expect_dict(const Value& v) {
  if (!v.is_dict()) throw Error(ErrorKind::parsing, "parse/config-type", "expected dict, got " + jinja::to_str(v));
}

Value merged_dict(const Value& a, const Value& b) {
  expect_dict(a);
  expect_dict(b);
  Value out = Value::dict();
  out.as_dict().update(a.as_dict());
  out.as_dict().update(b.as_dict());
  return out;
}

/// dbt's MergeBehavior.DictKeyAppend: a key written "+key" adds to the list, another one replaces it.
Value merged_grants(const Value& a, const Value& b) {
  expect_dict(a);
  expect_dict(b);
  Value out = Value::dict();
  for (const auto& [key, value] : a.as_dict().entries()) out.as_dict().set(key, Value::list(listify(value)));
  for (const auto& [key, value] : b.as_dict().entries()) {
    std::string name = jinja::to_str(key);
    bool add = name.starts_with('+');
    while (name.starts_with('+')) name.erase(0, 1);
    std::vector<Value> items;
    if (Value* old = out.as_dict().find(std::string_view(name)); old && add) items = old->as_list();
    for (const Value& item : listify(value)) items.push_back(item);
    out.as_dict().set(std::string_view(name), Value::list(std::move(items)));
  }
  return out;
}

/// Only the known keys of a nested object, in dbt's order, absent ones by default.
Value pick(const Value& from, const Value& defaults) {
  if (!from.is_dict()) return from;
  Value out = Value::dict();
  for (const auto& [key, value] : defaults.as_dict().entries()) {
    const Value* given = from.as_dict().find(key);
    out.as_dict().set(key, given ? *given : value);
  }
  return out;
}

Value model_freshness(const Value& v) {
  if (!v.is_dict() || !v.as_dict().find("build_after")) return none();
  Value after = v.get("build_after");
  if (!after.is_dict()) return v;
  Value picked = pick(after, Value::dict({{"count", none()}, {"period", none()}, {"updates_on", text("any")}}));
  return Value::dict({{"build_after", picked}});
}

Value source_freshness(const Value& v) {
  if (!v.is_dict()) return v;
  Value out = pick(v, default_source_freshness());
  for (std::string_view key : {"warn_after", "error_after"}) {
    Value part = out.get(key);
    if (part.is_dict()) out.as_dict().set(key, pick(part, Value::dict({{"count", none()}, {"period", none()}})));
  }
  return out;
}

/// What dbt's dataclasses make of a value when it is loaded.
Value normalized(ConfigType type, const ConfigClass& schema, std::string_view key, const Value& v) {
  switch (type) {
    case T::hooks: {
      std::vector<Value> hooks;
      for (const Value& hook : listify(v)) hooks.push_back(hook_value(hook));
      return Value::list(std::move(hooks));
    }
    case T::docs:
    case T::contract:
    case T::snapshot_columns:
      return pick(v, schema.defaults.get(key));
    case T::static_analysis:
      return v.is_bool() ? text(v.as_bool() ? "on" : "off") : v;
    case T::model_freshness:
      return model_freshness(v);
    case T::source_freshness:
      return source_freshness(v);
    default:
      return v;
  }
}

bool is_string_list(const Value& v) {
  if (!v.is_sequence()) return false;
  for (const Value& item : v.as_items())
    if (!item.is_string()) return false;
  return true;
}

std::string wrong_type(const std::string& path, const Value& v, std::string_view type) {
  return "at path " + path + ": " + jinja::to_repr(v) + " is not of type '" + std::string(type) + "'";
}
std::string no_match(const std::string& path, const Value& v) {
  return "at path " + path + ": " + jinja::to_repr(v) + " is not valid under any of the given schemas";
}

std::string list_fault(const std::string& path, const Value& v) {
  if (!v.is_sequence()) return wrong_type(path, v, "array");
  for (size_t i = 0; i < v.as_items().size(); ++i)
    if (!v.as_items()[i].is_string())
      return wrong_type(path + "[" + std::to_string(i) + "]", v.as_items()[i], "string");
  return {};
}

std::string enum_fault(const std::string& path, const Value& v, std::initializer_list<std::string_view> allowed,
                       bool optional) {
  std::string names;
  for (std::string_view name : allowed) {
    if (v.is_string() && v.as_string() == name) return {};
    names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
  }
  if (optional) return v.is_none() ? std::string() : no_match(path, v);
  return "at path " + path + ": " + jinja::to_repr(v) + " is not one of [" + names + "]";
}

std::string freshness_fault(const std::string& path, const Value& v) {
  if (v.is_none()) return {};
  if (!v.is_dict()) return no_match(path, v);
  for (std::string_view key : {"warn_after", "error_after", "build_after"}) {
    Value part = v.get(key);
    if (part.is_undefined() || part.is_none()) continue;
    if (!part.is_dict()) return no_match(path, v);
    Value count = part.get("count"), period = part.get("period");
    if (!count.is_undefined() && !count.is_none() && !count.is_int()) return no_match(path, v);
    if (!period.is_undefined() && !enum_fault(path, period, {"minute", "hour", "day"}, true).empty())
      return no_match(path, v);
  }
  return {};
}

std::string hooks_fault(const std::string& path, const Value& v) {
  for (size_t i = 0; v.is_list() && i < v.as_list().size(); ++i) {
    const Value& hook = v.as_list()[i];
    std::string at = path + "[" + std::to_string(i) + "]";
    if (!hook.is_dict()) return wrong_type(at, hook, "object");
    Value sql = hook.get("sql"), transaction = hook.get("transaction");
    if (sql.is_undefined()) return "at path " + at + ": 'sql' is a required property";
    if (!sql.is_string()) return wrong_type(at + "['sql']", sql, "string");
    if (!transaction.is_bool()) return wrong_type(at + "['transaction']", transaction, "boolean");
  }
  return {};
}

}  // namespace

const ConfigField* ConfigClass::find(std::string_view name) const {
  auto found = index.find(name);
  return found == index.end() ? nullptr : &fields[found->second];
}

const ConfigClass& config_class(ResourceType type) {
  static const std::vector<ConfigClass> classes = [] {
    std::vector<ConfigClass> out;
    for (int i = 0; i <= static_cast<int>(ResourceType::function); ++i)
      out.push_back(make_class(static_cast<ResourceType>(i)));
    return out;
  }();
  return classes[static_cast<size_t>(type)];
}

std::string_view canonical_config_key(std::string_view adapter_type, std::string_view key) {
  if (adapter_type == "bigquery") {
    if (key == "project") return "database";
    if (key == "dataset") return "schema";
  }
  if ((adapter_type == "databricks" || adapter_type == "athena" || adapter_type == "trino") && key == "catalog")
    return "database";
  if (adapter_type == "databricks" && key == "target_catalog") return "target_database";
  if (key == "pre_hook") return "pre-hook";
  if (key == "post_hook") return "post-hook";
  return key;
}

void ConfigBuilder::own() {
  if (changed_) return;
  changed_ = true;
  Value copy = Value::dict();
  copy.as_dict().update(dict_.as_dict());
  dict_ = std::move(copy);
}

void ConfigBuilder::assign(std::string_view key, const Value& value) {
  const ConfigField* field = schema_->find(key);
  if (!field) {
    dict_.as_dict().set(key, value);
    return;
  }
  const Value old = dict_.get(key);
  Value merged = value;
  switch (field->merge) {
    case M::clobber:
      break;
    case M::append: {
      std::vector<Value> items = listify(old);
      for (const Value& item : listify(value)) items.push_back(item);
      merged = Value::list(std::move(items));
      break;
    }
    case M::update:
      merged = merged_dict(old, value);
      break;
    case M::grants:
      merged = merged_grants(old, value);
      break;
  }
  dict_.as_dict().set(key, normalized(field->type, *schema_, key, merged));
}

void ConfigBuilder::apply(const Value& partial) {
  if (!partial.is_dict() || partial.as_dict().size() == 0) return;
  own();
  for (const auto& [key, value] : partial.as_dict().entries()) {
    if (!key.is_string()) continue;
    std::string_view name = canonical_config_key(adapter_type_, key.as_string());
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    assign(name, value);
  }
}

void ConfigBuilder::set(std::string_view key, Value value) {
  own();
  dict_.as_dict().set(key, std::move(value));
}

void ConfigBuilder::validate() const {
  if (!changed_) return;
  const auto& entries = dict_.as_dict().entries();
  for (size_t i = 0; i < schema_->fields.size() && i < entries.size(); ++i) {
    const ConfigField& field = schema_->fields[i];
    const Value& value = entries[i].second;
    if (value.is_same(schema_->defaults.as_dict().entries()[i].second)) continue;
    std::string fault = config_type_fault(field.name, field.type, value);
    if (!fault.empty()) throw Error(ErrorKind::parsing, "parse/config-type", std::move(fault));
  }
}

std::string config_type_fault(std::string_view key, ConfigType type, const Value& v) {
  std::string path = "['" + std::string(key) + "']";
  switch (type) {
    case T::any:
      return {};
    case T::boolean:
      return v.is_bool() ? std::string() : wrong_type(path, v, "boolean");
    case T::optional_boolean:
      return v.is_bool() || v.is_none() ? std::string() : no_match(path, v);
    case T::string:
      return v.is_string() ? std::string() : wrong_type(path, v, "string");
    case T::optional_string:
    case T::static_analysis:
      return v.is_string() || v.is_none() ? std::string() : no_match(path, v);
    case T::optional_integer:
      return v.is_int() || v.is_none() ? std::string() : no_match(path, v);
    case T::tags:
      return v.is_string() || is_string_list(v) ? std::string() : no_match(path, v);
    case T::string_list:
      return list_fault(path, v);
    case T::string_or_list:
      return v.is_none() || v.is_string() || is_string_list(v) ? std::string() : no_match(path, v);
    case T::object:
      return v.is_dict() ? std::string() : wrong_type(path, v, "object");
    case T::hooks:
      return hooks_fault(path, v);
    case T::docs: {
      if (!v.is_dict()) return wrong_type(path, v, "object");
      if (!v.get("show").is_bool()) return wrong_type(path + "['show']", v.get("show"), "boolean");
      Value color = v.get("node_color");
      return color.is_none() || color.is_string() ? std::string() : no_match(path + "['node_color']", color);
    }
    case T::contract:
      if (!v.is_dict()) return wrong_type(path, v, "object");
      for (std::string_view part : {"enforced", "alias_types"})
        if (!v.get(part).is_bool()) return wrong_type(path + "['" + std::string(part) + "']", v.get(part), "boolean");
      return {};
    case T::on_configuration_change:
      return enum_fault(path, v, {"apply", "continue", "fail"}, false);
    case T::access:
      return enum_fault(path, v, {"private", "protected", "public"}, false);
    case T::function_type:
      return enum_fault(path, v, {"scalar", "aggregate", "table"}, false);
    case T::volatility:
      return enum_fault(path, v, {"deterministic", "stable", "non-deterministic"}, true);
    case T::severity: {
      std::string lower = v.is_string() ? v.as_string() : std::string();
      for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      return lower == "warn" || lower == "error"
                 ? std::string()
                 : "Severity must be either 'warn' or 'error'. Got '" + jinja::to_str(v) + "'";
    }
    case T::model_freshness:
    case T::source_freshness:
      return freshness_fault(path, v);
    case T::snapshot_columns:
      return v.is_dict() ? std::string() : wrong_type(path, v, "object");
  }
  return {};
}

Value hook_value(const Value& hook) {
  Value dict = hook;
  if (hook.is_string()) {
    // A dict written as JSON text; "{{ ... }}" is a template and no JSON.
    const std::string& sql = hook.as_string();
    size_t open = sql.find_first_not_of(" \t\r\n");
    size_t next = open == std::string::npos ? open : sql.find_first_not_of(" \t\r\n", open + 1);
    if (next != std::string::npos && sql[open] == '{' && (sql[next] == '"' || sql[next] == '}')) {
      try {
        dict = jinja::parse_json(sql);
      } catch (const Error&) {
        dict = hook;
      }
    }
    if (!dict.is_dict()) return Value::dict({{"sql", hook}, {"transaction", Value(true)}, {"index", none()}});
  }
  if (!dict.is_dict()) return dict;
  Value out = Value::dict();
  if (const Value* sql = dict.as_dict().find("sql")) out.as_dict().set("sql", *sql);
  const Value* transaction = dict.as_dict().find("transaction");
  const Value* index = dict.as_dict().find("index");
  out.as_dict().set("transaction", transaction ? *transaction : Value(true));
  out.as_dict().set("index", index ? *index : none());
  return out;
}

void merge_config_call(Value& calls, const Value& call) {
  if (!calls.is_dict()) {
    calls = Value::dict();
    calls.as_dict().update(call.as_dict());
    return;
  }
  auto is_any = [](std::string_view key, std::initializer_list<std::string_view> names) {
    for (std::string_view name : names)
      if (name == key) return true;
    return false;
  };
  for (const auto& [key, value] : call.as_dict().entries()) {
    std::string_view name = key.is_string() ? std::string_view(key.as_string()) : std::string_view();
    Value* old = calls.as_dict().find(key);
    if (is_any(name, {"pre-hook", "pre_hook", "post-hook", "post_hook", "tags", "packages"})) {
      std::vector<Value> items = old ? listify(*old) : std::vector<Value>();
      for (const Value& item : listify(value)) items.push_back(item);
      calls.as_dict().set(key, Value::list(std::move(items)));
    } else if (is_any(name, {"quoting", "column_types", "meta", "docs", "contract", "snapshot_meta_column_names"})) {
      expect_dict(value);
      calls.as_dict().set(key, old && old->is_dict() ? merged_dict(*old, value) : value);
    } else if (name == "grants") {
      expect_dict(value);
      // The '+' of a key stays: it is meant for the levels above.
      Value merged = Value::dict();
      if (old)
        for (const auto& [k, v] : old->as_dict().entries()) merged.as_dict().set(k, Value::list(listify(v)));
      for (const auto& [k, v] : value.as_dict().entries()) {
        std::vector<Value> items;
        Value* present = merged.as_dict().find(k);
        if (present && jinja::to_str(k).starts_with('+')) items = present->as_list();
        for (const Value& item : listify(v)) items.push_back(item);
        merged.as_dict().set(k, Value::list(std::move(items)));
      }
      calls.as_dict().set(key, merged);
    } else {
      calls.as_dict().set(key, value);
    }
  }
}

}  // namespace modelc
