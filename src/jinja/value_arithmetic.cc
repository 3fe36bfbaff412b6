// + - * / // % ** with Python's results and words.
#include <fmt/format.h>

#include <cmath>

#include "jinja/methods.h"
#include "jinja/value.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

std::string_view symbol(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "+";
    case BinaryOp::sub:
      return "-";
    case BinaryOp::mul:
      return "*";
    case BinaryOp::div:
      return "/";
    case BinaryOp::floordiv:
      return "//";
    case BinaryOp::mod:
      return "%";
    case BinaryOp::pow:
      return "** or pow()";
  }
  return "?";
}

[[noreturn]] void unsupported(BinaryOp op, const Value& a, const Value& b) {
  type_error(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", symbol(op), type_name(a), type_name(b)));
}

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) zero_division_error("integer division or modulo by zero");
  if (a == INT64_MIN && b == -1) overflow_error();
  int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

int64_t modulo(int64_t a, int64_t b) {
  if (b == 0) zero_division_error("integer modulo by zero");
  if (b == -1) return 0;
  int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

int64_t power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) overflow_error();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) overflow_error();
  }
  return result;
}

double float_modulo(double a, double b) {
  if (b == 0) zero_division_error("float modulo");
  double rest = std::fmod(a, b);
  if (rest != 0) return (rest < 0) != (b < 0) ? rest + b : rest;
  return std::copysign(0.0, b);
}

double float_floor_divide(double a, double b) {
  if (b == 0) zero_division_error("float floor division by zero");
  double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (rest < 0) != (b < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, a / b);
  double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

double float_power(double a, double b) {
  if (a == 0 && b < 0) zero_division_error("0.0 cannot be raised to a negative power");
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b)) {
    value_error("a negative number cannot be raised to a fractional power: the result is complex");
  }
  double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) value_error("(34, 'Numerical result out of range')");
  return result;
}

/// a / b of ints, correctly rounded even beyond 2**53.
double true_divide(int64_t a, int64_t b) {
  if (b == 0) zero_division_error("division by zero");
  constexpr int64_t exact = int64_t{1} << 53;
  if (a >= -exact && a <= exact && b >= -exact && b <= exact) return static_cast<double>(a) / static_cast<double>(b);
  return static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b));
}

Value int_arithmetic(BinaryOp op, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case BinaryOp::add:
      if (__builtin_add_overflow(a, b, &result)) overflow_error();
      return result;
    case BinaryOp::sub:
      if (__builtin_sub_overflow(a, b, &result)) overflow_error();
      return result;
    case BinaryOp::mul:
      if (__builtin_mul_overflow(a, b, &result)) overflow_error();
      return result;
    case BinaryOp::div:
      return true_divide(a, b);
    case BinaryOp::floordiv:
      return floor_divide(a, b);
    case BinaryOp::mod:
      return modulo(a, b);
    case BinaryOp::pow:
      if (b < 0) return float_power(static_cast<double>(a), static_cast<double>(b));
      return power(a, b);
  }
  return result;
}

Value float_arithmetic(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::add:
      return a + b;
    case BinaryOp::sub:
      return a - b;
    case BinaryOp::mul:
      return a * b;
    case BinaryOp::div:
      if (b == 0) zero_division_error("float division by zero");
      return a / b;
    case BinaryOp::floordiv:
      return float_floor_divide(a, b);
    case BinaryOp::mod:
      return float_modulo(a, b);
    case BinaryOp::pow:
      return float_power(a, b);
  }
  return Value();
}

bool is_sequence_like(const Value& v) { return v.is_string() || v.is_sequence(); }

Value repeat_text(const Value& text, int64_t count) {
  const std::string& part = text.as_string();
  if (count <= 0 || part.empty()) return same_kind(text, std::string());
  check_text_size(static_cast<double>(part.size()) * static_cast<double>(count));
  std::string out;
  out.reserve(part.size() * static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out += part;
  return same_kind(text, std::move(out));
}

Value repeat(const Value& sequence, const Value& count) {
  bool markup = sequence.is_string() && sequence.string_kind() == StringKind::markup;
  if (markup) expect_index(count);
  if (count.is_string() && count.string_kind() == StringKind::markup) expect_index(sequence);  // Markup's own __rmul__
  if (!count.is_int() && !count.is_bool()) {
    type_error(fmt::format("can't multiply sequence by non-int of type '{}'", type_name(count)));
  }
  int64_t times = count.as_int();
  if (sequence.is_string()) return repeat_text(sequence, times);
  const std::vector<Value>& items = sequence.as_items();
  std::vector<Value> out;
  if (times > 0 && !items.empty()) {
    check_item_count(static_cast<double>(items.size()) * static_cast<double>(times));
    out.reserve(items.size() * static_cast<size_t>(times));
    for (int64_t i = 0; i < times; ++i) out.insert(out.end(), items.begin(), items.end());
  }
  return sequence.is_list() ? Value::list(std::move(out)) : Value::tuple(std::move(out));
}

Value concatenate_text(const Value& a, const Value& b) {
  if (a.string_kind() == StringKind::markup || b.string_kind() == StringKind::markup) {
    return Value(escape_value(a).as_string() + escape_value(b).as_string(), StringKind::markup);
  }
  std::string out;
  out.reserve(a.as_string().size() + b.as_string().size());
  out += a.as_string();
  out += b.as_string();
  return Value(std::move(out));
}

Value concatenate(const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return concatenate_text(a, b);
  if (a.is_sequence() && a.type() == b.type()) {
    std::vector<Value> out;
    out.reserve(a.as_items().size() + b.as_items().size());
    out.insert(out.end(), a.as_items().begin(), a.as_items().end());
    out.insert(out.end(), b.as_items().begin(), b.as_items().end());
    return a.is_list() ? Value::list(std::move(out)) : Value::tuple(std::move(out));
  }
  if (a.is_string() && a.string_kind() == StringKind::markup) unsupported(BinaryOp::add, a, b);
  std::string_view type = a.is_string() ? "str" : type_name(a);
  type_error(fmt::format("can only concatenate {} (not \"{}\") to {}", type, type_name(b), type));
}

Value object_arithmetic(BinaryOp op, const Value& a, const Value& b) {
  if (a.is_object()) {
    if (auto result = a.as_object().binary(op, b, false)) return std::move(*result);
  }
  if (b.is_object()) {
    if (auto result = b.as_object().binary(op, a, true)) return std::move(*result);
  }
  if (op == BinaryOp::add && is_sequence_like(a)) return concatenate(a, b);  // for its words
  if (op == BinaryOp::mul && is_sequence_like(a)) return repeat(a, b);
  if (op == BinaryOp::mul && is_sequence_like(b)) return repeat(b, a);
  unsupported(op, a, b);
}

}  // namespace

Value binary(BinaryOp op, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (a.is_float() || b.is_float()) return float_arithmetic(op, a.as_float(), b.as_float());
    return int_arithmetic(op, a.as_int(), b.as_int());
  }
  if (op == BinaryOp::add && a.is_string() && b.is_string()) return concatenate_text(a, b);
  if (op == BinaryOp::mod && a.is_string()) return format_percent(a, b);
  if (a.is_undefined()) throw_undefined(a);
  if (b.is_undefined()) throw_undefined(b);
  if (a.is_object() || b.is_object()) return object_arithmetic(op, a, b);
  if (op == BinaryOp::add && is_sequence_like(a)) return concatenate(a, b);
  if (op == BinaryOp::mul && is_sequence_like(a)) return repeat(a, b);
  if (op == BinaryOp::mul && is_sequence_like(b)) return repeat(b, a);
  unsupported(op, a, b);
}

Value negate(const Value& v) {
  if (v.is_float()) return -v.as_float();
  if (v.is_number()) {
    if (v.as_int() == INT64_MIN) overflow_error();
    return -v.as_int();
  }
  if (v.is_undefined()) throw_undefined(v);
  if (v.is_object()) {
    if (auto result = v.as_object().binary(BinaryOp::mul, Value(-1), false)) return std::move(*result);
  }
  type_error(fmt::format("bad operand type for unary -: '{}'", type_name(v)));
}

Value positive(const Value& v) {
  if (v.is_float()) return v;
  if (v.is_number()) return v.as_int();
  if (v.is_undefined()) throw_undefined(v);
  if (v.is_object() && v.as_object().binary(BinaryOp::mul, Value(1), false)) return v;
  type_error(fmt::format("bad operand type for unary +: '{}'", type_name(v)));
}

}  // namespace modelc::jinja
