// datetime.timedelta.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "jinja/datetime_objects.h"
#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr int64_t kMaxDays = 999'999'999;

Int128 floor_divide(Int128 a, Int128 b) {
  Int128 quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// a / b rounded half to even.
Int128 round_divide(Int128 a, Int128 b) {
  Int128 quotient = floor_divide(a, b);
  Int128 rest = a - quotient * b;
  Int128 twice = rest * 2;
  bool up = b > 0 ? twice > b || (twice == b && quotient % 2 != 0) : twice < b || (twice == b && quotient % 2 != 0);
  return up ? quotient + 1 : quotient;
}

/// A float as the ratio of two integers; exact for all that matters here (2**-62 and above).
struct Ratio {
  Int128 numerator, denominator;
};

Ratio ratio_of(double d) {
  if (!std::isfinite(d))
    value_error(fmt::format("cannot convert {} to integer ratio", std::isnan(d) ? "NaN" : "Infinity"));
  if (std::fabs(d) > 1e18) value_error("Python int too large to convert to C int");
  int exponent = 0;
  double fraction = std::frexp(d, &exponent);
  auto mantissa = static_cast<int64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  while (mantissa != 0 && mantissa % 2 == 0 && exponent < 0) {
    mantissa /= 2;
    ++exponent;
  }
  if (exponent >= 0) return {static_cast<Int128>(mantissa) << exponent, 1};
  if (exponent < -62) return {0, 1};
  return {mantissa, static_cast<Int128>(1) << -exponent};
}

TimedeltaObject* as_delta(const Value& v) { return v.as<TimedeltaObject>(); }

Value multiply(Int128 micros, const Value& factor) {
  if (!factor.is_float()) return make_timedelta(micros * factor.as_int());
  Ratio ratio = ratio_of(factor.as_float());
  if (ratio.denominator > (static_cast<Int128>(1) << 40) || ratio.numerator > (static_cast<Int128>(1) << 50)) {
    return make_timedelta(static_cast<Int128>(
        std::nearbyint(static_cast<long double>(micros) * static_cast<long double>(factor.as_float()))));
  }
  return make_timedelta(round_divide(micros * ratio.numerator, ratio.denominator));
}

std::optional<Value> divide_by_number(BinaryOp op, Int128 micros, const Value& divisor) {
  if (op == BinaryOp::floordiv && divisor.is_float()) return std::nullopt;
  if (divisor.as_float() == 0) zero_division_error("integer division or modulo by zero");
  if (op == BinaryOp::floordiv) return make_timedelta(floor_divide(micros, divisor.as_int()));
  if (!divisor.is_float()) return make_timedelta(round_divide(micros, divisor.as_int()));
  return make_timedelta(static_cast<Int128>(
      std::nearbyint(static_cast<long double>(micros) / static_cast<long double>(divisor.as_float()))));
}

std::optional<Value> divide_by_delta(BinaryOp op, Int128 a, Int128 b) {
  if (b == 0) {
    zero_division_error(op == BinaryOp::div   ? "division by zero"
                        : op == BinaryOp::mod ? "integer modulo by zero"
                                              : "integer division or modulo by zero");
  }
  if (op == BinaryOp::div) return static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b));
  Int128 quotient = floor_divide(a, b);
  if (op == BinaryOp::mod) return make_timedelta(a - quotient * b);
  if (quotient > INT64_MAX || quotient < INT64_MIN) overflow_error();
  return static_cast<int64_t>(quotient);
}

/// One component of the constructor: whole microseconds, and what is left over of a float.
void add_component(const Value& v, std::string_view name, int64_t unit, Int128& micros, double& rest) {
  if (v.is_undefined() && v.undefined_name().empty()) return;
  if (!v.is_number()) type_error(fmt::format("unsupported type for timedelta {} component: {}", name, type_name(v)));
  if (!v.is_float()) {
    micros += static_cast<Int128>(v.as_int()) * unit;
    return;
  }
  double d = v.as_float();
  if (!std::isfinite(d))
    value_error(fmt::format("cannot convert float {} to integer", std::isnan(d) ? "NaN" : "infinity"));
  if (std::fabs(d) > 1e18) value_error("Python int too large to convert to C int");
  double whole = std::trunc(d);
  micros += static_cast<Int128>(whole) * unit;
  double part = (d - whole) * static_cast<double>(unit);
  double whole_part = std::trunc(part);
  micros += static_cast<Int128>(whole_part);
  rest += part - whole_part;
}

Value construct(State&, CallArgs& args) {
  constexpr std::string_view names[] = {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"};
  for (const auto& [name, value] : args.named) {
    if (std::find(std::begin(names), std::end(names), name) != std::end(names)) continue;
    type_error(fmt::format("'{}' is an invalid keyword argument for __new__()", name));
  }
  auto bound = args.bind("timedelta", {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"});
  Int128 micros = 0;
  double rest = 0;
  add_component(bound[2], "microseconds", 1, micros, rest);
  add_component(bound[3], "milliseconds", 1000, micros, rest);
  add_component(bound[1], "seconds", kSecond, micros, rest);
  add_component(bound[4], "minutes", kMinute, micros, rest);
  add_component(bound[5], "hours", kHour, micros, rest);
  add_component(bound[0], "days", kDay, micros, rest);
  add_component(bound[6], "weeks", 7 * kDay, micros, rest);
  // Half a microsecond goes to the even one.
  double near = std::nearbyint(rest);
  if (std::fabs(rest - std::trunc(rest)) == 0.5) {
    auto low = static_cast<Int128>(std::floor(rest));
    near = (micros + low) % 2 == 0 ? std::floor(rest) : std::ceil(rest);
  }
  return make_timedelta(micros + static_cast<Int128>(near));
}

}  // namespace

Value make_timedelta(Int128 micros) {
  Int128 days = floor_divide(micros, kDay);
  if (days > INT32_MAX || days < INT32_MIN) value_error("Python int too large to convert to C int");
  if (days > kMaxDays || days < -kMaxDays) {
    value_error(fmt::format("days={}; must have magnitude <= {}", static_cast<int64_t>(days), kMaxDays));
  }
  return Value(make_ref<TimedeltaObject>(micros));
}

int64_t TimedeltaObject::days() const { return static_cast<int64_t>(floor_divide(micros_, kDay)); }
int64_t TimedeltaObject::seconds() const {
  return static_cast<int64_t>((micros_ - floor_divide(micros_, kDay) * kDay) / kSecond);
}
int64_t TimedeltaObject::microseconds() const {
  return static_cast<int64_t>(micros_ - floor_divide(micros_, kSecond) * kSecond);
}
double TimedeltaObject::total_seconds() const { return static_cast<double>(static_cast<long double>(micros_) / 1e6L); }

std::optional<Value> TimedeltaObject::get_attribute(State& state, std::string_view name) {
  if (name == "days") return days();
  if (name == "seconds") return seconds();
  if (name == "microseconds") return microseconds();
  return class_attribute(state, timedelta_type(), name);
}

std::optional<Value> TimedeltaObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (name != "total_seconds") return std::nullopt;
  expect_no_arguments("datetime.timedelta.total_seconds", args);
  return total_seconds();
}

std::string TimedeltaObject::str() const {
  std::string out;
  if (int64_t d = days()) out = fmt::format("{} day{}, ", d, d == 1 || d == -1 ? "" : "s");
  int64_t s = seconds();
  out += fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  if (int64_t us = microseconds()) out += fmt::format(".{:06}", us);
  return out;
}

std::string TimedeltaObject::repr() const {
  std::string parts;
  auto add = [&](std::string_view name, int64_t value) {
    if (value) parts += fmt::format("{}{}={}", parts.empty() ? "" : ", ", name, value);
  };
  add("days", days());
  add("seconds", seconds());
  add("microseconds", microseconds());
  return fmt::format("datetime.timedelta({})", parts.empty() ? "0" : parts);
}

bool TimedeltaObject::equals(const Value& other) const {
  auto* delta = as_delta(other);
  return delta && delta->micros_ == micros_;
}

std::optional<int> TimedeltaObject::compare(const Value& other) const {
  auto* delta = as_delta(other);
  if (!delta) return std::nullopt;
  return micros_ < delta->micros_ ? -1 : micros_ > delta->micros_ ? 1 : 0;
}

std::optional<Value> TimedeltaObject::binary(BinaryOp op, const Value& other, bool reflected) {
  if (auto* delta = as_delta(other)) {
    if (op == BinaryOp::add) return make_timedelta(micros_ + delta->micros_);
    if (op == BinaryOp::sub) return make_timedelta(reflected ? delta->micros_ - micros_ : micros_ - delta->micros_);
    if (op == BinaryOp::div || op == BinaryOp::floordiv || op == BinaryOp::mod) {
      return reflected ? divide_by_delta(op, delta->micros_, micros_) : divide_by_delta(op, micros_, delta->micros_);
    }
    return std::nullopt;
  }
  if (!other.is_number()) return std::nullopt;
  if (op == BinaryOp::mul) return multiply(micros_, other);
  if (!reflected && (op == BinaryOp::div || op == BinaryOp::floordiv)) return divide_by_number(op, micros_, other);
  return std::nullopt;
}

const Value& timedelta_type() {
  static const Value type = [] {
    auto made = make_ref<TypeObject>("datetime.timedelta", construct);
    made->with("min", make_timedelta(static_cast<Int128>(-kMaxDays) * kDay));
    made->with("max", make_timedelta(static_cast<Int128>(kMaxDays) * kDay + kDay - 1));
    made->with("resolution", make_timedelta(1));
    made->with("total_seconds", Value::function("total_seconds", [](State& state, CallArgs& args) {
                 Value self = bind_fields(args, "total_seconds", {"self"}, 1)[0];
                 CallArgs none;
                 return jinja::call_method(state, self, "total_seconds", none);
               }));
    return Value(made);
  }();
  return type;
}

}  // namespace modelc::jinja
