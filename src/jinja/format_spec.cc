#include "jinja/format_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/json.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr int64_t kMaxPrecision = 100'000;

bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

class SpecParser {
 public:
  SpecParser(std::string_view text, std::string_view type_name, char default_align)
      : text_(text), type_name_(type_name), default_align_(default_align) {}

  FormatSpec parse() {
    bool filled = parse_alignment();
    if (peek() == '+' || peek() == '-' || peek() == ' ') {
      spec_.sign = text_[at_++];
      sign_given = true;
    }
    if (accept('z')) spec_.positive_zero = true;
    if (accept('#')) spec_.alternate = true;
    if (!filled && peek() == '0') {
      spec_.fill = "0";
      if (!spec_.align && default_align_ == '>') spec_.align = '=';
      ++at_;
    }
    spec_.width = parse_number();
    parse_grouping();
    if (accept('.')) {
      spec_.precision = parse_number();
      if (spec_.precision < 0) value_error("Format specifier missing precision");
    }
    parse_type();
    return spec_;
  }

  bool sign_given = false;

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  bool parse_alignment() {
    if (text_.empty()) return false;
    size_t behind = 0;
    unicode::next(text_, behind);
    if (behind < text_.size() && is_align(text_[behind])) {
      spec_.fill = std::string(text_.substr(0, behind));
      spec_.align = text_[behind];
      at_ = behind + 1;
      return true;
    }
    if (is_align(text_[0])) spec_.align = text_[at_++];
    return false;
  }

  int64_t parse_number() {
    if (peek() < '0' || peek() > '9') return -1;
    int64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, text_[at_] - '0', &number)) {
        value_error("Too many decimal digits in format string");
      }
      ++at_;
    }
    return number;
  }

  void parse_grouping() {
    if (accept(',')) spec_.grouping = ',';
    if (peek() == '_') {
      if (spec_.grouping) value_error("Cannot specify both ',' and '_'.");
      spec_.grouping = '_';
      ++at_;
    }
    if (peek() == ',') {
      if (spec_.grouping == ',') value_error("Cannot specify ',' with ','.");
      if (spec_.grouping == '_') value_error("Cannot specify both ',' and '_'.");
    }
  }

  void parse_type() {
    std::string_view rest = text_.substr(at_);
    if (rest.empty()) return;
    if (unicode::length(rest) > 1) {
      value_error(fmt::format("Invalid format specifier '{}' for object of type '{}'", text_, type_name_));
    }
    spec_.type = unicode::next(text_, at_);
    if (!spec_.grouping) return;
    std::string_view both = "defgEG%F";
    std::string_view underscore_only = "boxX";
    char type = spec_.type < 0x80 ? static_cast<char>(spec_.type) : '?';
    if (both.find(type) != std::string_view::npos) return;
    if (spec_.grouping == '_' && underscore_only.find(type) != std::string_view::npos) return;
    value_error(fmt::format("Cannot specify '{}' with '{}'.", spec_.grouping, rest));
  }

  std::string_view text_;
  std::string_view type_name_;
  char default_align_;
  size_t at_ = 0;
  FormatSpec spec_;
};

[[noreturn]] void unknown_code(const FormatSpec& spec, std::string_view type) {
  std::string code;
  unicode::append(code, spec.type);
  value_error(fmt::format("Unknown format code '{}' for object of type '{}'", code, type));
}

/// Puts separators between groups of digits, and zeros before them until `min_width` is reached.
std::string group_digits(std::string_view digits, char separator, size_t group, int64_t min_width) {
  std::string reversed;
  auto remaining = static_cast<int64_t>(digits.size());
  while (true) {
    int64_t length = std::min<int64_t>(static_cast<int64_t>(group), std::max<int64_t>({remaining, min_width, 1}));
    for (int64_t i = 0; i < length; ++i) {
      reversed += remaining > 0 ? digits[static_cast<size_t>(remaining - 1)] : '0';
      --remaining;
    }
    remaining = std::max<int64_t>(remaining, 0);
    min_width -= length;
    if (remaining <= 0 && min_width <= 0) break;
    reversed += separator;
    --min_width;
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

/// Joins sign, prefix, digits and tail (fraction, exponent, '%') as the specification asks.
std::string assemble_number(const FormatSpec& spec, std::string head, std::string_view digits, std::string_view tail) {
  size_t prefix = head.size();
  char align = spec.align ? spec.align : '>';
  if (spec.grouping && !digits.empty()) {
    bool hex = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    int64_t room = spec.fill == "0" && align == '=' ? spec.width - static_cast<int64_t>(head.size() + tail.size()) : 0;
    check_text_size(static_cast<double>(room));
    head += group_digits(digits, spec.grouping, hex ? 4 : 3, room);
  } else {
    head += digits;
  }
  head += tail;
  return pad_text(std::move(head), spec.width, spec.fill, align, prefix);
}

std::string sign_text(bool negative, char sign) { return negative ? "-" : sign == '-' ? "" : std::string(1, sign); }

std::string format_text(const std::string& text, std::string_view spec_text, std::string_view type) {
  SpecParser parser(spec_text, type, '<');
  FormatSpec spec = parser.parse();
  if (spec.grouping && !spec.type) value_error(fmt::format("Cannot specify '{}' with 's'.", spec.grouping));
  if (spec.type && spec.type != 's') unknown_code(spec, type);
  if (parser.sign_given) {
    value_error(spec.sign == ' ' ? "Space not allowed in string format specifier"
                                 : "Sign not allowed in string format specifier");
  }
  if (spec.positive_zero) value_error("Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) value_error("Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') value_error("'=' alignment not allowed in string format specifier");
  std::string shown =
      spec.precision < 0 ? text : std::string(unicode::substring(text, 0, static_cast<size_t>(spec.precision)));
  return pad_text(std::move(shown), spec.width, spec.fill, spec.align ? spec.align : '<');
}

std::string format_character(const FormatSpec& spec, const SpecParser& parser, int64_t code) {
  if (parser.sign_given) value_error("Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) value_error("Alternate form (#) not allowed with integer format specifier 'c'");
  if (code < 0 || code > 0x10ffff) value_error("%c arg not in range(0x110000)");
  std::string text;
  unicode::append(text, static_cast<uint32_t>(code));
  return pad_text(std::move(text), spec.width, spec.fill, spec.align ? spec.align : '<');
}

/// "12.5e+07" -> "12", ".5e+07".
std::pair<std::string_view, std::string_view> split_digits(std::string_view number) {
  size_t n = 0;
  while (n < number.size() && number[n] >= '0' && number[n] <= '9') ++n;
  return {number.substr(0, n), number.substr(n)};
}

/// Without a type but with a precision: like 'g', with at least one digit behind the point.
std::string format_general(double number, int64_t precision, bool alternate) {
  precision = std::max<int64_t>(precision, 1);
  std::string scientific = format_magnitude(number, 'e', precision - 1, alternate);
  int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  bool fixed = exponent >= -4 && exponent + 1 <= precision - 1;
  std::string text = fixed ? format_magnitude(number, 'f', precision - 1 - exponent, alternate) : scientific;
  if (alternate) return text;
  size_t end = fixed ? text.size() : text.find('e');
  std::string tail = text.substr(end);
  text.resize(end);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  if (fixed && text.find('.') == std::string::npos) text += ".0";
  return text + tail;
}

std::string format_float(double number, const FormatSpec& spec, std::string_view type_name) {
  std::string_view known = "eEfFgGn%";
  if (spec.type && (spec.type >= 0x80 || known.find(static_cast<char>(spec.type)) == std::string_view::npos))
    unknown_code(spec, type_name);
  if (spec.precision > kMaxPrecision) value_error("precision too big");
  double magnitude = std::fabs(number);
  std::string text;
  if (spec.type == 0) {
    if (spec.precision < 0 || !std::isfinite(number))
      text = format_double(magnitude);
    else
      text = format_general(magnitude, spec.precision, spec.alternate);
  } else if (spec.type == '%') {
    text = format_magnitude(magnitude * 100, 'f', spec.precision < 0 ? 6 : spec.precision, spec.alternate);
  } else {
    char type = spec.type == 'n' ? 'g' : static_cast<char>(spec.type);
    text = format_magnitude(magnitude, type, spec.precision < 0 ? 6 : spec.precision, spec.alternate);
  }
  bool negative = std::signbit(number) && !std::isnan(number);
  if (negative && spec.positive_zero && text.find_first_of("123456789in") == std::string::npos) negative = false;
  auto [digits, tail] = split_digits(text);
  std::string behind(tail);
  if (spec.type == '%') behind += '%';
  return assemble_number(spec, sign_text(negative, spec.sign), digits, behind);
}

std::string format_integer(const Value& value, std::string_view spec_text) {
  std::string_view type_name = jinja::type_name(value);
  SpecParser parser(spec_text, type_name, '>');
  FormatSpec spec = parser.parse();
  int64_t number = value.as_int();
  if (spec.type && spec.type < 0x80 &&
      std::string_view("eEfFgG%").find(static_cast<char>(spec.type)) != std::string_view::npos) {
    return format_float(static_cast<double>(number), spec, type_name);
  }
  if (spec.type &&
      (spec.type >= 0x80 || std::string_view("bcdnoxX").find(static_cast<char>(spec.type)) == std::string_view::npos)) {
    unknown_code(spec, type_name);
  }
  if (spec.precision >= 0) value_error("Precision not allowed in integer format specifier");
  if (spec.positive_zero) value_error("Negative zero coercion (z) not allowed in integer format specifier");
  if (spec.type == 'c') return format_character(spec, parser, number);
  unsigned base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : spec.type == 'x' || spec.type == 'X' ? 16 : 10;
  uint64_t magnitude = number < 0 ? uint64_t{0} - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  std::string head = sign_text(number < 0, spec.sign);
  if (spec.alternate && base != 10) head += {'0', static_cast<char>(spec.type)};
  return assemble_number(spec, std::move(head), format_digits(magnitude, base, spec.type == 'X'), {});
}

}  // namespace

std::string pad_text(std::string text, int64_t width, std::string_view fill, char align, size_t prefix) {
  int64_t missing = width - static_cast<int64_t>(unicode::length(text));
  if (missing <= 0) return text;
  check_text_size(static_cast<double>(missing) * static_cast<double>(fill.size()));
  int64_t left = align == '>' || align == '=' ? missing : align == '^' ? missing / 2 : 0;
  std::string out;
  if (align == '=') out = text.substr(0, prefix);
  for (int64_t i = 0; i < left; ++i) out += fill;
  out += align == '=' ? std::string_view(text).substr(prefix) : std::string_view(text);
  for (int64_t i = left; i < missing; ++i) out += fill;
  return out;
}

std::string format_digits(uint64_t magnitude, unsigned base, bool upper) {
  const char* letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  do {
    out += letters[magnitude % base];
    magnitude /= base;
  } while (magnitude > 0);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string format_magnitude(double number, char type, int64_t precision, bool alternate) {
  if (precision > kMaxPrecision) value_error("precision too big");
  bool upper = type == 'E' || type == 'F' || type == 'G';
  if (std::isnan(number)) return upper ? "NAN" : "nan";
  if (std::isinf(number)) return upper ? "INF" : "inf";
  char format[] = {'%', '#', '.', '*', type, '\0'};
  if (!alternate) std::copy(format + 2, format + 6, format + 1);
  std::string out(static_cast<size_t>(precision) + 400, '\0');
  int n = std::snprintf(out.data(), out.size(), format, static_cast<int>(precision), std::fabs(number));
  out.resize(static_cast<size_t>(std::max(n, 0)));
  return out;
}

std::string format_value(const Value& value, std::string_view spec) {
  switch (value.type()) {
    case Type::string:
      if (spec.empty()) return value.as_string();
      return format_text(value.as_string(), spec, type_name(value));
    case Type::boolean:
      if (spec.empty()) return to_str(value);
      return format_integer(value, spec);
    case Type::integer:
      return format_integer(value, spec);
    case Type::floating:
      return format_float(value.as_float(), SpecParser(spec, "float", '>').parse(), "float");
    case Type::object:
      if (!spec.empty()) {
        if (auto text = value.as_object().format(spec)) return std::move(*text);
      }
      break;
    default:
      break;
  }
  if (!spec.empty()) type_error(fmt::format("unsupported format string passed to {}.__format__", type_name(value)));
  return to_str(value);
}

}  // namespace modelc::jinja
