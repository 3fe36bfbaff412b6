// Filters over numbers, and Python's int() and float().
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <random>

#include "jinja/filters.h"
#include "jinja/format_spec.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

namespace {

/// Digits of all scripts in ASCII, blanks around it dropped, underscores between digits removed; false when those stand
/// wrongly.
bool normalize_number(std::string_view text, std::string& out) {
  text = strip_text(text, std::nullopt, true, true);
  bool after_alnum = false;
  bool underscore = false;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    if (c == '_') {
      if (!after_alnum) return false;
      underscore = true;
      after_alnum = false;
      continue;
    }
    int digit = unicode::decimal_value(c);
    if (digit < 0 && c >= 0x80) return false;
    char ascii = digit >= 0 ? static_cast<char>('0' + digit) : static_cast<char>(c);
    after_alnum = unicode::is_alnum(static_cast<uint32_t>(ascii));
    if (underscore && !after_alnum) return false;
    underscore = false;
    out += ascii;
  }
  return !out.empty() && !underscore;
}

/// Drops "0x", "0o", "0b" where the base allows it; base 0 finds its base there.
bool strip_base(std::string_view& digits, int64_t& base) {
  bool prefixed = digits.size() > 2 && digits[0] == '0';
  char letter = prefixed ? static_cast<char>(digits[1] | 32) : '\0';
  int64_t found = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  if (found != 0 && (base == 0 || base == found)) {
    digits.remove_prefix(2);
    base = found;
  } else if (base == 0) {
    base = 10;
    if (digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of('0') != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

bool parse_python_int(std::string_view text, int64_t base, int64_t& number) {
  if (base != 0 && (base < 2 || base > 36)) return false;
  std::string normal;
  if (!normalize_number(text, normal)) return false;
  std::string_view digits = normal;
  bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
  if (!strip_base(digits, base) || digits.empty()) return false;
  uint64_t magnitude = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, static_cast<int>(base));
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) return false;
  constexpr uint64_t limit = uint64_t{1} << 63;
  if (error == std::errc::result_out_of_range || magnitude > limit || (magnitude == limit && !negative))
    overflow_error();
  number = negative ? static_cast<int64_t>(uint64_t{0} - magnitude) : static_cast<int64_t>(magnitude);
  return true;
}

bool parse_python_float(std::string_view text, double& number) {
  std::string normal;
  if (!normalize_number(text, normal)) return false;
  std::string_view digits = normal;
  bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
  std::string lower = unicode::lower(digits);
  if (lower == "inf" || lower == "infinity") {
    number = negative ? -INFINITY : INFINITY;
    return true;
  }
  if (lower == "nan") {
    number = NAN;
    return true;
  }
  if (digits.empty() || digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  double value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument || digits[0] == '-') return false;
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(digits).c_str(), nullptr);
  number = negative ? -value : value;
  return true;
}

namespace {

enum class Conversion { ok, failed };

/// int(float): fails for NaN and infinities.
Conversion truncate(double d, int64_t& number) {
  if (!std::isfinite(d)) return Conversion::failed;
  if (d >= 9223372036854775808.0 || d < -9223372036854775808.0) overflow_error();
  number = static_cast<int64_t>(d);
  return Conversion::ok;
}

Conversion to_float(const Value& v, double& number) {
  if (v.is_undefined()) throw_undefined(v);
  if (v.is_string()) return parse_python_float(v.as_string(), number) ? Conversion::ok : Conversion::failed;
  if (!v.is_number()) return Conversion::failed;
  number = v.as_float();
  return Conversion::ok;
}

Value filter_int(State&, CallArgs& args) {
  auto bound = args.bind("do_int", {"value", "default", "base"}, 1);
  const Value& v = bound[0];
  int64_t number = 0;
  if (v.is_int() || v.is_bool()) return v.as_int();
  if (v.is_float() && std::isinf(v.as_float())) value_error("cannot convert float infinity to integer");
  if (v.is_string() && parse_python_int(v.as_string(), expect_index(or_default(bound[2], 10)), number)) return number;
  double d = 0;
  if (to_float(v, d) == Conversion::ok && truncate(d, number) == Conversion::ok) return number;
  return or_default(bound[1], 0);
}

Value filter_float(State&, CallArgs& args) {
  auto bound = args.bind("do_float", {"value", "default"}, 1);
  double number = 0;
  if (to_float(bound[0], number) == Conversion::ok) return number;
  return or_default(bound[1], 0.0);
}

Value filter_abs(State&, CallArgs& args) {
  if (args.positional.size() != 1 || !args.named.empty()) {
    type_error(fmt::format("abs() takes exactly one argument ({} given)", args.positional.size() + args.named.size()));
  }
  const Value& v = args.positional[0];
  if (v.is_float()) return std::fabs(v.as_float());
  if (v.is_number()) return v.as_int() < 0 ? negate(v) : Value(v.as_int());
  if (v.is_object()) {
    if (auto zero = v.as_object().binary(BinaryOp::mul, Value(0), false))
      return compare(CompareOp::lt, v, *zero) ? negate(v) : v;
  }
  type_error(fmt::format("bad operand type for abs(): '{}'", type_name(v)));
}

/// round(float, digits): correctly rounded, ties to even, through the shortest decimal text as CPython does.
double round_float(double number, int64_t digits) {
  if (!std::isfinite(number) || digits > 323) return number;
  if (digits < -308) return std::copysign(0.0, number);
  if (digits >= 0) return std::strtod(fmt::format("{:.{}f}", number, static_cast<int>(digits)).c_str(), nullptr);
  double scale = std::pow(10.0, static_cast<double>(-digits));
  double quotient = number / scale;
  double rounded = std::nearbyint(quotient);
  if (std::fabs(quotient - std::trunc(quotient)) == 0.5) rounded = 2.0 * std::nearbyint(quotient / 2.0);
  return rounded * scale;
}

int64_t round_int(int64_t number, int64_t digits) {
  if (digits >= 0) return number;
  if (digits < -18) return 0;
  int64_t scale = 1;
  for (int64_t i = 0; i < -digits; ++i) scale *= 10;
  int64_t rest = number % scale;
  int64_t down = number - rest;
  int64_t twice = std::abs(rest) * 2;
  bool away = twice > scale || (twice == scale && (down / scale) % 2 != 0);
  return away ? down + (number < 0 ? -scale : scale) : down;
}

Value filter_round(State&, CallArgs& args) {
  auto bound = args.bind("do_round", {"value", "precision", "method"}, 1);
  std::string method = to_str(or_default(bound[2], "common"));
  if (method != "common" && method != "ceil" && method != "floor")
    filter_argument_error("method must be common, ceil or floor");
  const Value& v = bound[0];
  Value precision = or_default(bound[1], 0);
  if (method == "common") {
    if (!v.is_number()) type_error(fmt::format("type {} doesn't define __round__ method", type_name(v)));
    if (precision.is_none())
      return v.is_float() ? Value(static_cast<int64_t>(round_float(v.as_float(), 0))) : Value(v.as_int());
    int64_t digits = expect_index(precision);
    return v.is_float() ? Value(round_float(v.as_float(), digits)) : Value(round_int(v.as_int(), digits));
  }
  Value scale = binary(BinaryOp::pow, Value(10), precision);
  Value scaled = binary(BinaryOp::mul, v, scale);
  if (!scaled.is_number()) type_error(fmt::format("must be real number, not {}", type_name(scaled)));
  Value whole = scaled;
  if (scaled.is_float()) {
    double d = scaled.as_float();
    if (!std::isfinite(d))
      value_error(fmt::format("cannot convert float {} to integer", std::isnan(d) ? "NaN" : "infinity"));
    int64_t number = 0;
    truncate(method == "ceil" ? std::ceil(d) : std::floor(d), number);
    whole = number;
  }
  return binary(BinaryOp::div, whole, scale);
}

Value filter_filesizeformat(State&, CallArgs& args) {
  auto bound = args.bind("do_filesizeformat", {"value", "binary"}, 1);
  double bytes = 0;
  if (to_float(bound[0], bytes) == Conversion::failed) {
    if (bound[0].is_string()) value_error(fmt::format("could not convert string to float: {}", to_repr(bound[0])));
    type_error(fmt::format("float() argument must be a string or a real number, not '{}'", type_name(bound[0])));
  }
  bool binary_units = truth(bound[1]);
  double base = binary_units ? 1024 : 1000;
  if (bytes == 1) return "1 Byte";
  if (bytes < base) return fmt::format("{} Bytes", static_cast<int64_t>(bytes));
  constexpr std::string_view decimal[] = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  constexpr std::string_view powers[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};
  double unit = base;
  std::string_view prefix;
  for (size_t i = 0; i < 8; ++i) {
    unit *= base;
    prefix = binary_units ? powers[i] : decimal[i];
    if (bytes < unit) break;
  }
  return fmt::format("{} {}", format_magnitude(base * bytes / unit, 'f', 1, false), prefix);
}

Value filter_random(State& state, CallArgs& args) {
  Value v = args.bind("do_random", {"seq"}, 1)[0];
  auto size = length(v);
  if (!size) type_error(fmt::format("object of type '{}' has no len()", type_name(v)));
  if (*size == 0) return Value::undefined("", "No random item, sequence was empty.");
  static thread_local std::mt19937_64 generator{std::random_device{}()};
  std::uniform_int_distribution<size_t> pick(0, *size - 1);
  return get_item(state, v, Value(static_cast<int64_t>(pick(generator))));
}

constexpr FilterEntry kFilters[] = {
    {"abs", filter_abs},       {"filesizeformat", filter_filesizeformat},
    {"float", filter_float},   {"int", filter_int},
    {"random", filter_random}, {"round", filter_round},
};

}  // namespace

std::span<const FilterEntry> number_filters() { return kFilters; }

}  // namespace modelc::jinja
