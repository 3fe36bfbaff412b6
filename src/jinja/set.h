// Python's set. Unlike Python's it keeps the order of insertion, so that what is printed does not depend on hashes.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

class SetObject final : public Object {
 public:
  SetObject() = default;
  /// Throws Error for unhashable items.
  explicit SetObject(const std::vector<Value>& items);

  bool has(const Value& item) const { return items_.find(item) != nullptr; }
  void add(const Value& item) { items_.set(item, Value::none()); }
  bool remove(const Value& item) { return items_.erase(item); }
  const std::vector<DictData::Entry>& entries() const { return items_.entries(); }
  std::vector<Value> items() const;

  std::string_view type_name() const override { return "set"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<std::vector<Value>> iterate(State& state) override { return items(); }
  std::optional<size_t> length() const override { return items_.size(); }
  bool contains(State& state, const Value& item) override { return has(item); }
  std::string repr() const override;
  bool equals(const Value& other) const override;
  size_t hash() const override;
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  Value deep_copy() const override;

 private:
  mutable DictData items_;  // values are none; find() is not const
};

/// Subset and superset, as Python's < and > of sets.
bool compare_sets(CompareOp op, const SetObject& a, const SetObject& b);

}  // namespace modelc::jinja
