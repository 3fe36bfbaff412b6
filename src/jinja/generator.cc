#include "jinja/generator.h"

#include <fmt/format.h>

#include <utility>

namespace modelc::jinja {

Value Value::generator(std::string_view function, GeneratorObject::Maker items) {
  return Value(
      make_ref<GeneratorObject>("generator", fmt::format("<generator object {}>", function), std::move(items)));
}

void GeneratorObject::start(State& state) {
  if (!maker_) return;
  Maker maker = std::exchange(maker_, nullptr);  // a generator that fails is used up
  items_ = maker(state);
}

bool GeneratorObject::next(State& state, Value& item) {
  start(state);
  if (position_ >= items_.size()) return false;
  item = std::move(items_[position_++]);
  return true;
}

std::optional<std::vector<Value>> GeneratorObject::iterate(State& state) {
  start(state);
  std::vector<Value> rest;
  if (position_ == 0) {
    rest.swap(items_);
    return rest;
  }
  while (position_ < items_.size()) rest.push_back(std::move(items_[position_++]));
  return rest;
}

Cursor::Cursor(State& state, const Value& v) {
  if (v.is_object() && v.as_object().is_iterator())
    iterator_ = Ref<Object>(&v.as_object());
  else
    items_ = iterate(state, v);
}

bool Cursor::next(State& state, Value& item) {
  if (iterator_) return iterator_->next(state, item);
  if (position_ >= items_.size()) return false;
  item = std::move(items_[position_++]);
  return true;
}

}  // namespace modelc::jinja
