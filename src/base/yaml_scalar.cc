#include "base/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"

namespace modelc::yaml_detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A cursor over a scalar, in the manner of the regular expressions that it stands for.
struct Cursor {
  std::string_view text;
  size_t at = 0;

  bool done() const { return at == text.size(); }
  char peek() const { return at < text.size() ? text[at] : '\0'; }
  bool accept(char c) {
    if (done() || text[at] != c) return false;
    ++at;
    return true;
  }
  bool accept_sign() { return accept('+') || accept('-'); }
  template <class Predicate>
  size_t run(Predicate matches, size_t most = std::numeric_limits<size_t>::max()) {
    const size_t begin = at;
    while (at < text.size() && at - begin < most && matches(text[at])) ++at;
    return at - begin;
  }
  size_t digits(size_t most = std::numeric_limits<size_t>::max()) { return run(is_digit, most); }
};

bool digit_or_underscore(char c) { return is_digit(c) || c == '_'; }

/// (?::[0-5]?[0-9])+
bool sexagesimal_parts(Cursor& c) {
  bool any = false;
  while (c.accept(':')) {
    const char first = c.peek();
    const size_t n = c.digits(2);
    if (n == 0 || (n == 2 && first > '5')) return false;
    any = true;
  }
  return any;
}

bool is_integer(std::string_view text) {
  Cursor c{text};
  c.accept_sign();
  const size_t start = c.at;
  if (c.accept('0')) {
    if (c.done()) return true;
    if (c.accept('b')) return c.run([](char d) { return d == '0' || d == '1' || d == '_'; }) && c.done();
    if (c.accept('x'))
      return c.run([](char d) {
        return is_digit(d) || (d >= 'a' && d <= 'f') || (d >= 'A' && d <= 'F') || d == '_';
      }) && c.done();
    return c.run([](char d) { return (d >= '0' && d <= '7') || d == '_'; }) && c.done();
  }
  if (!is_digit(c.peek())) return false;
  c.at = start + 1;
  c.run(digit_or_underscore);
  return c.done() || (sexagesimal_parts(c) && c.done());
}

bool exponent(Cursor& c) {
  if (!c.accept('e') && !c.accept('E')) return true;
  return c.accept_sign() && c.digits() > 0;
}

bool is_float(std::string_view text) {
  Cursor c{text};
  if (c.accept('.')) {
    if (is_digit(c.peek())) {
      c.run(digit_or_underscore);
      return exponent(c) && c.done();
    }
    const std::string_view rest = text.substr(1);
    return rest == "inf" || rest == "Inf" || rest == "INF" || rest == "nan" || rest == "NaN" || rest == "NAN";
  }
  c.accept_sign();
  if (c.peek() == '.') {
    const std::string_view rest = text.substr(c.at + 1);
    return rest == "inf" || rest == "Inf" || rest == "INF";
  }
  if (!is_digit(c.peek())) return false;
  c.run(digit_or_underscore);
  if (c.peek() == ':') {
    if (!sexagesimal_parts(c) || !c.accept('.')) return false;
    c.run(digit_or_underscore);
    return c.done();
  }
  if (!c.accept('.')) return false;
  c.run(digit_or_underscore);
  return exponent(c) && c.done();
}

struct Timestamp {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zone_minutes = 0;
  bool has_time = false;
};

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool digits_between(Cursor& c, size_t least, size_t most, int& value) {
  const size_t begin = c.at;
  const size_t n = c.digits(most);
  value = number(c.text.substr(begin, n));
  return n >= least;
}

bool parse_zone(Cursor& c, Timestamp& t) {
  c.run([](char b) { return b == ' ' || b == '\t'; });
  if (c.accept('Z')) return c.done();
  const bool negative = c.peek() == '-';
  if (!c.accept_sign()) return false;
  int hours = 0, minutes = 0;
  if (!digits_between(c, 1, 2, hours)) return false;
  if (c.accept(':') && !digits_between(c, 2, 2, minutes)) return false;
  t.zone_minutes = (hours * 60 + minutes) * (negative ? -1 : 1);
  return c.done();
}

/// The form alone; `strict_date` asks for the two-digit month and day that a date without a time needs.
bool parse_timestamp(std::string_view text, Timestamp& t) {
  Cursor c{text};
  if (!digits_between(c, 4, 4, t.year) || !c.accept('-')) return false;
  const size_t month_at = c.at;
  if (!digits_between(c, 1, 2, t.month) || !c.accept('-')) return false;
  if (!digits_between(c, 1, 2, t.day)) return false;
  if (c.done()) return c.at - month_at == 5;
  if (!c.accept('T') && !c.accept('t') && c.run([](char b) { return b == ' ' || b == '\t'; }) == 0) return false;
  t.has_time = true;
  if (!digits_between(c, 1, 2, t.hour) || !c.accept(':')) return false;
  if (!digits_between(c, 2, 2, t.minute) || !c.accept(':')) return false;
  if (!digits_between(c, 2, 2, t.second)) return false;
  if (c.accept('.')) c.digits();
  return c.done() || parse_zone(c, t);
}

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool exists(const Timestamp& t) {
  return t.year >= 1 && t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= days_in_month(t.year, t.month) &&
         t.hour < 24 && t.minute < 60 && t.second < 60 && std::abs(t.zone_minutes) < 24 * 60;
}

bool is_bool(std::string_view text) {
  static constexpr std::string_view kWords[] = {"yes",   "Yes",   "YES",   "no", "No", "NO", "true", "True", "TRUE",
                                                "false", "False", "FALSE", "on", "On", "ON", "off",  "Off",  "OFF"};
  for (const std::string_view word : kWords) {
    if (text == word) return true;
  }
  return false;
}

bool construct_bool(YamlNode& node) {
  const std::string word = to_lower(node.text);
  if (word != "yes" && word != "true" && word != "on" && word != "no" && word != "false" && word != "off") return false;
  node.kind = YamlKind::boolean;
  node.integer = word == "yes" || word == "true" || word == "on";
  return true;
}

/// base-60 value of "1:30:45"; false when it does not fit.
template <class T>
bool sexagesimal(std::string_view text, T& value) {
  value = 0;
  for (const std::string_view part : split(text, ':')) {
    T digit{};
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), digit);
    if (error != std::errc() || end != part.data() + part.size()) return false;
    if constexpr (std::is_integral_v<T>) {
      if (__builtin_mul_overflow(value, T{60}, &value) || __builtin_add_overflow(value, digit, &value)) return false;
    } else {
      value = value * 60 + digit;
    }
  }
  return true;
}

bool construct_integer(YamlNode& node) {
  std::string digits = replace_all(node.text, "_", "");
  if (digits.empty()) return false;
  const bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.erase(0, 1);
  int base = 10;
  if (digits.starts_with("0b"))
    base = 2;
  else if (digits.starts_with("0x"))
    base = 16;
  else if (digits.size() > 1 && digits[0] == '0')
    base = 8;
  if (base == 2 || base == 16) digits.erase(0, 2);
  if (digits.empty()) return false;
  bool fits = true;
  if (base == 10 && digits.find(':') != std::string::npos) {
    fits = sexagesimal<int64_t>(digits, node.integer);
  } else {
    const char* end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, node.integer, base);
    if (result.ec == std::errc::invalid_argument || result.ptr != end) return false;
    fits = result.ec == std::errc();
  }
  // Python's integers have no end; what exceeds 64 bits keeps all its digits as text.
  node.kind = fits ? YamlKind::integer : YamlKind::string;
  if (negative) node.integer = -node.integer;
  return true;
}

bool construct_float(YamlNode& node) {
  std::string digits = to_lower(replace_all(node.text, "_", ""));
  if (digits.empty()) return false;
  const bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.erase(0, 1);
  node.kind = YamlKind::floating;
  if (digits == ".inf")
    node.floating = std::numeric_limits<double>::infinity();
  else if (digits == ".nan")
    node.floating = std::numeric_limits<double>::quiet_NaN();
  else if (digits.find(':') != std::string::npos) {
    if (!sexagesimal<double>(digits, node.floating)) return false;
  } else {
    char* end = nullptr;
    node.floating = std::strtod(digits.c_str(), &end);
    if (digits.empty() || *end != '\0' || !(is_digit(digits[0]) || digits[0] == '.')) return false;
  }
  if (negative) node.floating = -node.floating;
  return true;
}

bool construct_timestamp(YamlNode& node) {
  Timestamp t;
  if (!parse_timestamp(node.text, t) || !exists(t)) return false;
  node.kind = t.has_time ? YamlKind::datetime : YamlKind::date;
  return true;
}

}  // namespace

Tag resolve_plain(std::string_view text) {
  if (text.empty()) return Tag::null;
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
      return is_bool(text) ? Tag::boolean : Tag::string;
    case 'n':
    case 'N':
      if (text == "null" || text == "Null" || text == "NULL") return Tag::null;
      return is_bool(text) ? Tag::boolean : Tag::string;
    case '~':
      return text.size() == 1 ? Tag::null : Tag::string;
    case '<':
      return text == "<<" ? Tag::merge : Tag::string;
    case '=':
      return text.size() == 1 ? Tag::value : Tag::string;
    case '-':
    case '+':
    case '.':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': {
      if (is_float(text)) return Tag::floating;
      if (is_integer(text)) return Tag::integer;
      Timestamp t;
      return parse_timestamp(text, t) ? Tag::timestamp : Tag::string;
    }
    default:
      return Tag::string;
  }
}

bool construct(YamlNode& node, Tag tag) {
  switch (tag) {
    case Tag::null:
      node.kind = YamlKind::null;
      return true;
    case Tag::boolean:
      return construct_bool(node);
    case Tag::integer:
      return construct_integer(node);
    case Tag::floating:
      return construct_float(node);
    case Tag::timestamp:
      return construct_timestamp(node);
    case Tag::string:
      node.kind = YamlKind::string;
      return true;
    case Tag::merge:
    case Tag::value:
    case Tag::sequence:
    case Tag::mapping:
      break;
  }
  return false;
}

}  // namespace modelc::yaml_detail
