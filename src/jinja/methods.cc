#include "jinja/methods.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

class BoundMethod final : public Object {
 public:
  BoundMethod(Value self, std::string_view name, Method method)
      : self_(std::move(self)), name_(name), method_(method) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override { return method_(state, self_, args); }
  std::string repr() const override {
    return fmt::format("<built-in method {} of {} object>", name_, jinja::type_name(self_));
  }
  bool equals(const Value& other) const override {
    auto* bound = other.as<BoundMethod>();
    return bound && bound->method_ == method_ && bound->self_.is_same(self_);
  }

 private:
  Value self_;
  std::string name_;
  Method method_;
};

std::string plural(size_t n) { return n == 1 ? "" : "s"; }

}  // namespace

Method find_in(const MethodEntry* begin, const MethodEntry* end, std::string_view name) {
  auto it = std::lower_bound(begin, end, name, [](const MethodEntry& e, std::string_view n) { return e.name < n; });
  return it != end && it->name == name ? it->method : nullptr;
}

Method find_method(const Value& v, std::string_view name) {
  switch (v.type()) {
    case Type::string:
      return find_str_method(name);
    case Type::list:
      return find_list_method(name);
    case Type::tuple:
      return find_tuple_method(name);
    case Type::dict:
      return find_dict_method(name);
    case Type::boolean:
    case Type::integer:
      return find_int_method(name);
    case Type::floating:
      return find_float_method(name);
    default:
      return nullptr;
  }
}

Value bind_method(const Value& self, std::string_view name, Method method) {
  return Value(make_ref<BoundMethod>(self, name, method));
}

void expect_no_keywords(std::string_view name, const CallArgs& args) {
  if (!args.named.empty()) type_error(fmt::format("{}() takes no keyword arguments", name));
}

void expect_no_arguments(std::string_view name, const CallArgs& args) {
  expect_no_keywords(name, args);
  if (!args.positional.empty())
    type_error(fmt::format("{}() takes no arguments ({} given)", name, args.positional.size()));
}

const Value& expect_one_argument(std::string_view name, const CallArgs& args) {
  expect_no_keywords(name, args);
  if (args.positional.size() != 1) {
    type_error(fmt::format("{}() takes exactly one argument ({} given)", name, args.positional.size()));
  }
  return args.positional[0];
}

void expect_count(std::string_view name, const CallArgs& args, size_t least, size_t most) {
  size_t given = args.positional.size();
  size_t dot = name.find('.');
  std::string_view bare = dot == std::string_view::npos ? name : name.substr(dot + 1);
  expect_no_keywords(name, args);
  if (given < least) {
    type_error(fmt::format("{} expected {}{} argument{}, got {}", bare, least == most ? "" : "at least ", least,
                           plural(least), given));
  }
  if (given > most) {
    type_error(fmt::format("{} expected {}{} argument{}, got {}", bare, least == most ? "" : "at most ", most,
                           plural(most), given));
  }
}

int64_t expect_index(const Value& v) {
  if (!v.is_int() && !v.is_bool())
    type_error(fmt::format("'{}' object cannot be interpreted as an integer", type_name(v)));
  return v.as_int();
}

size_t slice_bound(const Value& v, size_t length, size_t fallback) {
  if (v.is_none()) return fallback;
  if (!v.is_int() && !v.is_bool()) type_error("slice indices must be integers or None or have an __index__ method");
  int64_t bound = v.as_int();
  auto size = static_cast<int64_t>(length);
  if (bound < 0) bound += size;
  return static_cast<size_t>(std::clamp<int64_t>(bound, 0, size));
}

// ---- sorting ------------------------------------------------------------------------------------------------------
namespace {

bool less(const Value& a, const Value& b) { return compare(CompareOp::lt, a, b); }

/// Short lists are sorted by the comparisons that Python makes, so that the error for types without an order is its.
std::vector<size_t> sorted_order(const std::vector<Value>& keys) {
  std::vector<size_t> order;
  order.reserve(keys.size());
  if (keys.size() >= 64) {
    for (size_t i = 0; i < keys.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return less(keys[a], keys[b]); });
    return order;
  }
  if (keys.empty()) return order;
  order.push_back(0);
  size_t run = 1;
  bool descending = keys.size() > 1 && less(keys[1], keys[0]);
  for (; run < keys.size(); ++run) {
    if (run == 1 ? false : less(keys[run], keys[run - 1]) != descending) break;
    order.push_back(run);
  }
  if (descending) std::reverse(order.begin(), order.end());
  for (size_t i = run; i < keys.size(); ++i) {
    auto at =
        std::upper_bound(order.begin(), order.end(), i, [&](size_t a, size_t b) { return less(keys[a], keys[b]); });
    order.insert(at, i);
  }
  return order;
}

}  // namespace

void sort_values(std::vector<Value>& items, std::vector<Value>* keys, bool reverse) {
  // Reversed before and after, so that equal items keep their order.
  std::vector<Value> by = keys ? *keys : items;
  if (reverse) std::reverse(by.begin(), by.end());
  std::vector<Value> sorted;
  sorted.reserve(items.size());
  for (size_t i : sorted_order(by)) sorted.push_back(items[reverse ? items.size() - 1 - i : i]);
  if (reverse) std::reverse(sorted.begin(), sorted.end());
  items = std::move(sorted);
}

}  // namespace modelc::jinja
