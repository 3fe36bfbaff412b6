// Iterators: what map, select and their kin give. They are walked once; then they are empty.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

/// An iterator over items that are at hand, or made when the first one is wanted.
class GeneratorObject final : public Object {
 public:
  using Maker = std::function<std::vector<Value>(State&)>;
  GeneratorObject(std::string_view type, std::string repr, std::vector<Value> items)
      : type_(type), repr_(std::move(repr)), items_(std::move(items)) {}
  GeneratorObject(std::string_view type, std::string repr, Maker maker)
      : type_(type), repr_(std::move(repr)), maker_(std::move(maker)) {}
  std::string_view type_name() const override { return type_; }
  bool is_iterator() const override { return true; }
  bool next(State& state, Value& item) override;
  std::optional<std::vector<Value>> iterate(State& state) override;
  std::string repr() const override { return repr_; }

 private:
  void start(State& state);

  std::string type_;
  std::string repr_;
  Maker maker_;
  std::vector<Value> items_;
  size_t position_ = 0;
};

/// Walks any value one item at a time; an iterator is not read further than asked.
class Cursor {
 public:
  /// Throws "'x' object is not iterable".
  Cursor(State& state, const Value& v);
  bool next(State& state, Value& item);

 private:
  Ref<Object> iterator_;
  std::vector<Value> items_;
  size_t position_ = 0;
};

}  // namespace modelc::jinja
