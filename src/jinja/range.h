// Python's range, limited as in Jinja2's sandbox.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

class RangeObject final : public Object {
 public:
  /// `step` is not 0. Throws Error for more than 100,000 items, as Jinja2's sandbox does.
  RangeObject(int64_t start, int64_t stop, int64_t step);
  std::string_view type_name() const override { return "range"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<Value> get_item(State& state, const Value& key) override;
  std::optional<std::vector<Value>> iterate(State& state) override;
  std::optional<size_t> length() const override { return count_; }
  bool contains(State& state, const Value& item) override;
  std::string repr() const override;
  bool is_sequence() const override { return true; }
  Value slice(std::vector<Value> items, int64_t start, int64_t stop, int64_t step) const override;
  bool equals(const Value& other) const override;
  size_t hash() const override;

 private:
  int64_t at(size_t i) const { return start_ + static_cast<int64_t>(i) * step_; }
  int64_t start_, stop_, step_;
  size_t count_;
};

/// range(stop), range(start, stop[, step]).
Value make_range(State& state, CallArgs& args);

}  // namespace modelc::jinja
