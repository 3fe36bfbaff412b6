#include "compile/results.h"

#include <fmt/format.h>

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

Value text_or_none(const std::string& text) { return text.empty() ? Value::none() : Value(text); }

Value rows_as_lists(const Value& table) {
  Value data = Value::list();
  const auto found = table_of(table);
  if (!found) return data;
  for (const auto& row : found->rows) data.as_list().push_back(Value::list(row));
  return data;
}

Value get_with_default(jinja::Object& object, State& state, CallArgs& args) {
  const auto bound = args.bind("get", {"key", "default"}, 1);
  const auto found = object.get_item(state, bound[0]);
  if (found) return *found;
  return bound[1].is_undefined() ? Value::none() : bound[1];
}

}  // namespace

std::optional<Value> ResponseObject::get_attribute(State&, std::string_view name) {
  if (name == "_message" || name == "message") return Value(response_.message);
  if (name == "code") return text_or_none(response_.code);
  if (name == "rows_affected") return Value(response_.rows_affected);
  if (name == "query_id") return Value::none();
  return std::nullopt;
}

std::optional<Value> ResponseObject::get_item(State& state, const Value& key) {
  return key.is_string() ? get_attribute(state, key.as_string()) : std::nullopt;
}

std::optional<Value> ResponseObject::call_method(State&, std::string_view name, CallArgs&) {
  if (name == "to_dict") return response_.as_dict();
  return std::nullopt;
}

std::string ResponseObject::repr() const {
  return fmt::format("AdapterResponse(_message={}, code={}, rows_affected={}, query_id=None)",
                     jinja::to_repr(Value(response_.message)), jinja::to_repr(text_or_none(response_.code)),
                     response_.rows_affected);
}

std::optional<Value> StatementResult::get_attribute(State&, std::string_view name) {
  if (name == "response") return response_;
  if (name == "table") return table_;
  if (name == "data") {
    if (data_.is_undefined()) data_ = rows_as_lists(table_);
    return data_;
  }
  return std::nullopt;
}

std::optional<Value> StatementResult::get_item(State& state, const Value& key) {
  return key.is_string() ? get_attribute(state, key.as_string()) : std::nullopt;
}

std::optional<Value> StatementResult::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name == "get") return get_with_default(*this, state, args);
  if (name == "keys") return Value::list({Value("response"), Value("data"), Value("table")});
  return std::nullopt;
}

bool StatementResult::contains(State& state, const Value& item) { return get_item(state, item).has_value(); }

void StatementResults::store(const std::string& name, Value response, Value table) {
  if (!table_of(table)) table = table_value(std::make_shared<const Table>());
  auto result = jinja::make_ref<StatementResult>(std::move(response), std::move(table));
  for (auto& entry : entries_) {
    if (entry.name == name) {
      entry = Entry{name, result, false};
      return;
    }
  }
  entries_.push_back(Entry{name, result, false});
}

Value StatementResults::load(const std::string& name) {
  for (auto& entry : entries_) {
    if (entry.name != name) continue;
    if (entry.loaded && name != "main") {
      throw Error(ErrorKind::compilation, "compile/result-loaded",
                  fmt::format("The 'statement' result named '{}' has already been loaded into a variable", name));
    }
    entry.loaded = true;
    return Value(entry.result);
  }
  return Value::none();
}

StatementResult* StatementResults::find(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry.name == name) return entry.result.get();
  }
  return nullptr;
}

}  // namespace modelc
