// Tuples whose parts also have names, as Python's structseq and NamedTuple.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace modelc::jinja {

class NamedTuple final : public Object {
 public:
  /// `repr_name` is what repr() writes before the parts ("time.struct_time"); empty = repr() is that of a plain tuple.
  NamedTuple(std::string_view type, std::string_view repr_name, std::vector<std::string_view> names,
             std::vector<Value> items)
      : type_(type), repr_name_(repr_name), names_(std::move(names)), tuple_(Value::tuple(std::move(items))) {}
  const Value& tuple() const { return tuple_; }

  std::string_view type_name() const override { return type_; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<Value> get_item(State& state, const Value& key) override;
  std::optional<std::vector<Value>> iterate(State&) override { return tuple_.as_tuple(); }
  std::optional<size_t> length() const override { return tuple_.as_tuple().size(); }
  std::string repr() const override;
  bool is_sequence() const override { return true; }
  Value from_slice(std::vector<Value> items) const override { return Value::tuple(std::move(items)); }
  bool equals(const Value& other) const override;
  size_t hash() const override { return ValueHash()(tuple_); }
  std::optional<int> compare(const Value& other) const override;
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;

 private:
  std::string_view type_;  // literals
  std::string_view repr_name_;
  std::vector<std::string_view> names_;
  Value tuple_;
};

}  // namespace modelc::jinja
