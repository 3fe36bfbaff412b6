// Python's `text % arguments`.
#include <fmt/format.h>

#include <cmath>

#include "jinja/format_spec.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

/// %[(key)][flags][width][.precision][length]type
struct Conversion {
  bool left = false;
  bool plus = false;
  bool blank = false;
  bool alternate = false;
  bool zero = false;
  int64_t width = -1;
  int64_t precision = -1;
  uint32_t type = 0;
};

bool is_mapping_like(const Value& v) {
  if (v.is_object()) return v.as_object().is_mapping() || v.as_object().is_sequence();
  return v.is_dict() || v.is_list() || v.is_undefined();
}

class PercentFormatter {
 public:
  PercentFormatter(const Value& text, const Value& arguments)
      : text_(text.as_string()), markup_(text.string_kind() == StringKind::markup), arguments_(arguments) {}

  std::string format() {
    std::string out;
    while (at_ < text_.size()) {
      size_t percent = std::min(text_.find('%', at_), text_.size());
      out += text_.substr(at_, percent - at_);
      at_ = percent + 1;
      if (percent < text_.size()) format_one(out);
      check_text_size(static_cast<double>(out.size()));
    }
    bool used_up = arguments_.is_tuple() ? next_ >= arguments_.as_tuple().size() : next_ > 0;
    if (!used_up && !is_mapping_like(arguments_)) type_error("not all arguments converted during string formatting");
    return out;
  }

 private:
  void format_one(std::string& out) {
    by_key_ = false;
    if (peek() == '%') {
      out += '%';
      ++at_;
      return;
    }
    if (peek() == '(') read_key();
    Conversion c;
    while (read_flag(c)) ++at_;
    c.width = read_size(c.left, "width too big");
    if (peek() == '.') {
      ++at_;
      bool ignored = false;
      c.precision = std::max<int64_t>(read_size(ignored, "precision too big"), 0);
    }
    if (peek() == 'h' || peek() == 'l' || peek() == 'L') ++at_;
    if (at_ >= text_.size()) value_error("incomplete format");
    size_t type_at = at_;
    c.type = unicode::next(text_, at_);
    out += convert(c, next_argument(), type_at);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void read_key() {
    if (!is_mapping_like(arguments_)) type_error("format requires a mapping");
    size_t begin = ++at_;
    int open = 1;
    while (at_ < text_.size() && open > 0) {
      if (text_[at_] == '(') ++open;
      if (text_[at_] == ')') --open;
      ++at_;
    }
    if (open > 0) value_error("incomplete format key");
    std::string_view key = text_.substr(begin, at_ - 1 - begin);
    if (arguments_.is_undefined()) throw_undefined(arguments_);
    const Value* found = arguments_.is_dict() ? arguments_.as_dict().find(key) : nullptr;
    if (!found && arguments_.is_list()) type_error("list indices must be integers or slices, not str");
    if (!found) key_error(Value(key));
    keyed_ = *found;
    by_key_ = true;
    next_ = 1;  // a conversion without a key finds nothing after this
  }

  bool read_flag(Conversion& c) {
    switch (peek()) {
      case '-':
        return c.left = true;
      case '+':
        return c.plus = true;
      case ' ':
        return c.blank = true;
      case '#':
        return c.alternate = true;
      case '0':
        return c.zero = true;
      default:
        return false;
    }
  }

  int64_t read_size(bool& left, const char* too_big) {
    if (peek() == '*') {
      ++at_;
      Value size = next_argument();
      if (!size.is_int() && !size.is_bool()) type_error("* wants int");
      if (size.as_int() < 0) left = true;
      return std::abs(size.as_int());
    }
    int64_t number = -1;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      number = std::max<int64_t>(number, 0) * 10 + (text_[at_] - '0');
      if (number > INT32_MAX) value_error(too_big);
    }
    return number;
  }

  Value next_argument() {
    if (by_key_) return keyed_;
    if (arguments_.is_tuple()) {
      if (next_ >= arguments_.as_tuple().size()) type_error("not enough arguments for format string");
      return arguments_.as_tuple()[next_++];
    }
    if (next_ > 0) type_error("not enough arguments for format string");
    ++next_;
    return arguments_;
  }

  std::string convert(const Conversion& c, const Value& v, size_t type_at) {
    switch (c.type) {
      case 's':
        return text(c, v.is_string() ? v.as_string() : to_str(v), is_safe(v));
      case 'r':
        return text(c, to_repr(v), false);
      case 'a':
        return text(c, ascii_repr(v), false);
      case 'c':
        return character(c, v);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        return integer(c, v);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return floating(c, v);
      default:
        break;
    }
    char letter = c.type >= 31 && c.type <= 126 ? static_cast<char>(c.type) : '?';
    value_error(fmt::format("unsupported format character '{}' (0x{:x}) at index {}", letter, c.type,
                            unicode::length(text_.substr(0, type_at))));
  }

  static bool is_safe(const Value& v) { return v.is_string() && v.string_kind() == StringKind::markup; }

  std::string text(const Conversion& c, std::string shown, bool safe) const {
    if (markup_ && !safe) shown = escape_html(shown);
    if (c.precision >= 0) shown = std::string(unicode::substring(shown, 0, static_cast<size_t>(c.precision)));
    return pad_text(std::move(shown), c.width, " ", c.left ? '<' : '>');
  }

  std::string character(const Conversion& c, const Value& v) const {
    std::string shown;
    if (v.is_string() && unicode::length(v.as_string()) == 1) {
      shown = v.as_string();
    } else if (v.is_int() || v.is_bool()) {
      if (v.as_int() < 0 || v.as_int() > 0x10ffff) value_error("%c arg not in range(0x110000)");
      unicode::append(shown, static_cast<uint32_t>(v.as_int()));
    } else {
      type_error("%c requires int or char");
    }
    return pad_text(std::move(shown), c.width, " ", c.left ? '<' : '>');
  }

  static int64_t whole_number(const Conversion& c, const Value& v) {
    if (v.is_int() || v.is_bool()) return v.as_int();
    auto letter = static_cast<char>(c.type);
    bool decimal = letter == 'd' || letter == 'i' || letter == 'u';
    if (v.is_float() && decimal) {
      double d = v.as_float();
      if (std::isnan(d)) value_error("cannot convert float NaN to integer");
      if (std::isinf(d)) value_error("cannot convert float infinity to integer");
      if (d >= 9223372036854775808.0 || d < -9223372036854775808.0) overflow_error();
      return static_cast<int64_t>(d);
    }
    if (v.is_undefined() && decimal) throw_undefined(v);
    type_error(fmt::format("%{} format: {} is required, not {}", letter, decimal ? "a real number" : "an integer",
                           type_name(v)));
  }

  static std::string signed_number(const Conversion& c, bool negative, std::string prefix, const std::string& digits) {
    std::string head = negative ? "-" : c.plus ? "+" : c.blank ? " " : "";
    head += prefix;
    size_t fixed = head.size();
    bool zeros = c.zero && !c.left;
    return pad_text(head + digits, c.width, zeros ? "0" : " ", c.left ? '<' : zeros ? '=' : '>', fixed);
  }

  std::string integer(const Conversion& c, const Value& v) const {
    int64_t number = whole_number(c, v);
    uint64_t magnitude = number < 0 ? uint64_t{0} - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    bool hex = c.type == 'x' || c.type == 'X';
    std::string digits = format_digits(magnitude, hex ? 16 : c.type == 'o' ? 8 : 10, c.type == 'X');
    check_text_size(static_cast<double>(c.precision));
    if (c.precision > static_cast<int64_t>(digits.size()))
      digits.insert(0, static_cast<size_t>(c.precision) - digits.size(), '0');
    std::string prefix;
    if (c.alternate && (hex || c.type == 'o')) prefix = {'0', static_cast<char>(c.type)};
    return signed_number(c, number < 0, std::move(prefix), digits);
  }

  std::string floating(const Conversion& c, const Value& v) const {
    if (v.is_undefined()) throw_undefined(v);
    if (!v.is_number()) type_error(fmt::format("must be real number, not {}", type_name(v)));
    double number = v.as_float();
    std::string digits =
        format_magnitude(number, static_cast<char>(c.type), c.precision < 0 ? 6 : c.precision, c.alternate);
    return signed_number(c, std::signbit(number) && !std::isnan(number), {}, digits);
  }

  std::string_view text_;
  bool markup_;
  const Value& arguments_;
  size_t at_ = 0;
  size_t next_ = 0;
  Value keyed_;
  bool by_key_ = false;
};

}  // namespace

Value format_percent(const Value& text, const Value& arguments) {
  return same_kind(text, PercentFormatter(text, arguments).format());
}

}  // namespace modelc::jinja
