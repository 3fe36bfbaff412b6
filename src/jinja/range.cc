#include "jinja/range.h"

#include <fmt/format.h>

#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr uint64_t kMaxRange = 100'000;

uint64_t count_items(int64_t start, int64_t stop, int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  uint64_t distance = step > 0 ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(start)
                               : static_cast<uint64_t>(start) - static_cast<uint64_t>(stop);
  uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : uint64_t{0} - static_cast<uint64_t>(step);
  return (distance - 1) / stride + 1;
}

}  // namespace

RangeObject::RangeObject(int64_t start, int64_t stop, int64_t step)
    : start_(start), stop_(stop), step_(step), count_(count_items(start, stop, step)) {
  if (count_ > kMaxRange) {
    throw Error(ErrorKind::compilation, "jinja/limit-range",
                fmt::format("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kMaxRange));
  }
}

std::optional<Value> RangeObject::get_attribute(State&, std::string_view name) {
  if (name == "start") return start_;
  if (name == "stop") return stop_;
  if (name == "step") return step_;
  return std::nullopt;
}

std::optional<Value> RangeObject::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name != "count" && name != "index") return std::nullopt;
  const Value& item = expect_one_argument(fmt::format("range.{}", name), args);
  if (name == "count") return contains(state, item) ? 1 : 0;
  if (!contains(state, item)) value_error(fmt::format("{} is not in range", to_repr(item)));
  return (static_cast<int64_t>(item.as_float()) - start_) / step_;
}

std::optional<Value> RangeObject::get_item(State&, const Value& key) {
  if (!key.is_int() && !key.is_bool()) return std::nullopt;
  int64_t index = key.as_int() < 0 ? key.as_int() + static_cast<int64_t>(count_) : key.as_int();
  if (index < 0 || index >= static_cast<int64_t>(count_)) return std::nullopt;
  return at(static_cast<size_t>(index));
}

std::optional<std::vector<Value>> RangeObject::iterate(State&) {
  std::vector<Value> items;
  items.reserve(count_);
  for (size_t i = 0; i < count_; ++i) items.emplace_back(at(i));
  return items;
}

bool RangeObject::contains(State&, const Value& item) {
  if (!item.is_number() || count_ == 0) return false;
  if (item.is_float() && item.as_float() != static_cast<double>(static_cast<int64_t>(item.as_float()))) return false;
  int64_t number = item.is_float() ? static_cast<int64_t>(item.as_float()) : item.as_int();
  int64_t low = step_ > 0 ? start_ : at(count_ - 1);
  int64_t high = step_ > 0 ? at(count_ - 1) : start_;
  return number >= low && number <= high && (number - start_) % step_ == 0;
}

std::string RangeObject::repr() const {
  return step_ == 1 ? fmt::format("range({}, {})", start_, stop_)
                    : fmt::format("range({}, {}, {})", start_, stop_, step_);
}

Value RangeObject::slice(std::vector<Value>, int64_t start, int64_t stop, int64_t step) const {
  return Value(make_ref<RangeObject>(start_ + start * step_, start_ + stop * step_, step_ * step));
}

bool RangeObject::equals(const Value& other) const {
  auto* range = other.as<RangeObject>();
  if (!range || range->count_ != count_) return false;
  return count_ == 0 || (range->start_ == start_ && (count_ == 1 || range->step_ == step_));
}

size_t RangeObject::hash() const {
  return ValueHash()(
      Value::tuple({count_, count_ > 0 ? Value(start_) : Value::none(), count_ > 1 ? Value(step_) : Value::none()}));
}

Value make_range(State&, CallArgs& args) {
  if (!args.named.empty())
    type_error(fmt::format("safe_range() got an unexpected keyword argument '{}'", args.named[0].first));
  expect_count("range", args, 1, 3);
  const auto& given = args.positional;
  int64_t start = given.size() == 1 ? 0 : expect_index(given[0]);
  int64_t stop = expect_index(given.size() == 1 ? given[0] : given[1]);
  int64_t step = given.size() == 3 ? expect_index(given[2]) : 1;
  if (step == 0) value_error("range() arg 3 must not be zero");
  return Value(make_ref<RangeObject>(start, stop, step));
}

}  // namespace modelc::jinja
