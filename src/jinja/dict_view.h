// dict.keys(), .values() and .items(): live views that print as Python's, and helpers that fill dicts.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

enum class ViewKind : uint8_t { keys, values, items };

class DictView final : public Object {
 public:
  DictView(Value dict, ViewKind kind) : dict_(std::move(dict)), kind_(kind) {}
  std::string_view type_name() const override;
  std::optional<std::vector<Value>> iterate(State& state) override { return items(); }
  std::optional<size_t> length() const override { return dict_.as_dict().size(); }
  bool contains(State& state, const Value& item) override;
  std::string repr() const override;
  bool equals(const Value& other) const override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  std::vector<Value> items() const;

 private:
  Value dict_;
  ViewKind kind_;
};

/// dict.update(source): a dict, a mapping object, or a sequence of pairs.
void update_dict(State& state, DictData& dict, const Value& source);

}  // namespace modelc::jinja
