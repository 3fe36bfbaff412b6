// Methods of dict, int and float.
#include <fmt/format.h>

#include <cmath>

#include "jinja/dict_view.h"
#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

Value dict_get(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("dict.get", args);
  expect_count("dict.get", args, 1, 2);
  if (const Value* found = self.as_dict().find(args.positional[0])) return *found;
  return args.positional.size() > 1 ? args.positional[1] : Value::none();
}

Value view(std::string_view name, const Value& self, const CallArgs& args, ViewKind kind) {
  expect_no_arguments(name, args);
  return Value(make_ref<DictView>(self, kind));
}

Value dict_keys(State&, const Value& self, CallArgs& args) { return view("dict.keys", self, args, ViewKind::keys); }
Value dict_values(State&, const Value& self, CallArgs& args) {
  return view("dict.values", self, args, ViewKind::values);
}
Value dict_items(State&, const Value& self, CallArgs& args) { return view("dict.items", self, args, ViewKind::items); }

Value dict_update(State& state, const Value& self, CallArgs& args) {
  if (args.positional.size() > 1)
    type_error(fmt::format("update expected at most 1 argument, got {}", args.positional.size()));
  if (!args.positional.empty()) update_dict(state, self.as_dict(), args.positional[0]);
  for (const auto& [name, value] : args.named) self.as_dict().set(name, value);
  return Value::none();
}

Value dict_pop(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("dict.pop", args);
  expect_count("dict.pop", args, 1, 2);
  if (Value* found = self.as_dict().find(args.positional[0])) {
    Value item = std::move(*found);
    self.as_dict().erase(args.positional[0]);
    return item;
  }
  if (args.positional.size() < 2) key_error(args.positional[0]);
  return args.positional[1];
}

Value dict_popitem(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("dict.popitem", args);
  DictData& dict = self.as_dict();
  if (dict.size() == 0) key_error(Value("popitem(): dictionary is empty"));
  auto [key, value] = dict.entries().back();
  dict.erase(key);
  return Value::tuple({key, value});
}

Value dict_setdefault(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("dict.setdefault", args);
  expect_count("dict.setdefault", args, 1, 2);
  if (const Value* found = self.as_dict().find(args.positional[0])) return *found;
  Value value = args.positional.size() > 1 ? args.positional[1] : Value::none();
  self.as_dict().set(args.positional[0], value);
  return value;
}

Value dict_copy(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("dict.copy", args);
  Value copy = Value::dict();
  copy.as_dict().update(self.as_dict());
  return copy;
}

Value dict_clear(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("dict.clear", args);
  self.as_dict().clear();
  return Value::none();
}

Value dict_fromkeys(State& state, const Value&, CallArgs& args) {
  expect_no_keywords("dict.fromkeys", args);
  expect_count("dict.fromkeys", args, 1, 2);
  Value made = Value::dict();
  for (const Value& key : iterate(state, args.positional[0])) {
    made.as_dict().set(key, args.positional.size() > 1 ? args.positional[1] : Value::none());
  }
  return made;
}

constexpr MethodEntry kDictMethods[] = {
    {"clear", dict_clear},           {"copy", dict_copy},     {"fromkeys", dict_fromkeys}, {"get", dict_get},
    {"items", dict_items},           {"keys", dict_keys},     {"pop", dict_pop},           {"popitem", dict_popitem},
    {"setdefault", dict_setdefault}, {"update", dict_update}, {"values", dict_values},
};

// ---- numbers ------------------------------------------------------------------------------------------------------

uint64_t magnitude(int64_t n) { return n < 0 ? uint64_t{0} - static_cast<uint64_t>(n) : static_cast<uint64_t>(n); }

Value int_bit_length(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("int.bit_length", args);
  uint64_t n = magnitude(self.as_int());
  return n == 0 ? 0 : 64 - __builtin_clzll(n);
}

Value int_bit_count(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("int.bit_count", args);
  return __builtin_popcountll(magnitude(self.as_int()));
}

Value int_conjugate(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("int.conjugate", args);
  return self.as_int();
}

Value int_as_integer_ratio(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("int.as_integer_ratio", args);
  return Value::tuple({self.as_int(), 1});
}

Value float_is_integer(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("float.is_integer", args);
  return std::isfinite(self.as_float()) && std::floor(self.as_float()) == self.as_float();
}

Value float_conjugate(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("float.conjugate", args);
  return self;
}

Value float_as_integer_ratio(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("float.as_integer_ratio", args);
  double d = self.as_float();
  if (!std::isfinite(d))
    value_error(fmt::format("cannot convert {} to integer ratio", std::isnan(d) ? "NaN" : "Infinity"));
  int64_t denominator = 1;
  while (std::floor(d) != d) {
    if (denominator > INT64_MAX / 4) overflow_error();
    d *= 2;
    denominator *= 2;
  }
  if (std::fabs(d) >= 9.2e18) overflow_error();
  return Value::tuple({static_cast<int64_t>(d), denominator});
}

Value float_hex(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("float.hex", args);
  double d = self.as_float();
  if (!std::isfinite(d)) return to_repr(self);
  if (d == 0) return std::signbit(d) ? "-0x0.0p+0" : "0x0.0p+0";
  int exponent = 0;
  double fraction = std::frexp(std::fabs(d), &exponent) * 2;  // in [1, 2)
  --exponent;
  if (exponent < -1022) {  // subnormal numbers keep the smallest exponent and begin with 0
    fraction = std::ldexp(fraction, exponent + 1022);
    exponent = -1022;
  }
  auto bits = static_cast<uint64_t>(std::ldexp(fraction - std::floor(fraction), 52));
  return fmt::format("{}0x{}.{:013x}p{:+d}", d < 0 ? "-" : "", static_cast<int>(fraction), bits, exponent);
}

constexpr MethodEntry kIntMethods[] = {
    {"as_integer_ratio", int_as_integer_ratio},
    {"bit_count", int_bit_count},
    {"bit_length", int_bit_length},
    {"conjugate", int_conjugate},
};
constexpr MethodEntry kFloatMethods[] = {
    {"as_integer_ratio", float_as_integer_ratio},
    {"conjugate", float_conjugate},
    {"hex", float_hex},
    {"is_integer", float_is_integer},
};

}  // namespace

Method find_dict_method(std::string_view name) {
  return find_in(std::begin(kDictMethods), std::end(kDictMethods), name);
}
Method find_int_method(std::string_view name) { return find_in(std::begin(kIntMethods), std::end(kIntMethods), name); }
Method find_float_method(std::string_view name) {
  return find_in(std::begin(kFloatMethods), std::end(kFloatMethods), name);
}

}  // namespace modelc::jinja
