#include "jinja/named_tuple.h"

#include <algorithm>

#include "jinja/methods.h"

namespace modelc::jinja {
namespace {

const Value* tuple_of(const Value& v) {
  if (v.is_tuple()) return &v;
  auto* named = v.as<NamedTuple>();
  return named ? &named->tuple() : nullptr;
}

}  // namespace

std::optional<Value> NamedTuple::get_attribute(State&, std::string_view name) {
  auto it = std::find(names_.begin(), names_.end(), name);
  if (it != names_.end()) return tuple_.as_tuple()[static_cast<size_t>(it - names_.begin())];
  if (Method method = find_tuple_method(name)) return bind_method(tuple_, name, method);
  return std::nullopt;
}

std::optional<Value> NamedTuple::call_method(State& state, std::string_view name, CallArgs& args) {
  Method method = find_tuple_method(name);
  return method ? std::optional<Value>(method(state, tuple_, args)) : std::nullopt;
}

std::optional<Value> NamedTuple::get_item(State&, const Value& key) {
  if (!key.is_int() && !key.is_bool()) return std::nullopt;
  const auto& items = tuple_.as_tuple();
  int64_t index = key.as_int() < 0 ? key.as_int() + static_cast<int64_t>(items.size()) : key.as_int();
  if (index < 0 || index >= static_cast<int64_t>(items.size())) return std::nullopt;
  return items[static_cast<size_t>(index)];
}

std::string NamedTuple::repr() const {
  if (repr_name_.empty()) return to_repr(tuple_);
  std::string out(repr_name_);
  out += '(';
  for (size_t i = 0; i < names_.size(); ++i) {
    if (i > 0) out += ", ";
    out += names_[i];
    out += '=';
    append_repr(out, tuple_.as_tuple()[i]);
  }
  return out += ')';
}

bool NamedTuple::equals(const Value& other) const {
  const Value* tuple = tuple_of(other);
  return tuple && jinja::equals(tuple_, *tuple);
}

std::optional<int> NamedTuple::compare(const Value& other) const {
  const Value* tuple = tuple_of(other);
  if (!tuple) return std::nullopt;
  if (jinja::compare(CompareOp::lt, tuple_, *tuple)) return -1;
  return jinja::compare(CompareOp::gt, tuple_, *tuple) ? 1 : 0;
}

std::optional<Value> NamedTuple::binary(BinaryOp op, const Value& other, bool reflected) {
  const Value* tuple = tuple_of(other);
  if (op == BinaryOp::add && tuple)
    return reflected ? jinja::binary(op, *tuple, tuple_) : jinja::binary(op, tuple_, *tuple);
  if (op == BinaryOp::mul && other.is_int()) return jinja::binary(op, tuple_, other);
  return std::nullopt;
}

}  // namespace modelc::jinja
