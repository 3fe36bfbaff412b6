// Python's ast.literal_eval for the literals that appear in YAML values.
#include <charconv>
#include <optional>

#include "jinja/render.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

/// A recursive-descent reader of Python literals; std::nullopt wherever Python would raise.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  std::optional<Value> read_all() {
    skip_space(false);
    auto value = read_tuple(false);
    skip_space(false);
    if (!value || at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  static constexpr int kMaxDepth = 100;

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    char after = at_ + word.size() < text_.size() ? text_[at_ + word.size()] : ' ';
    if (after == '_' || static_cast<unsigned char>(after) >= 0x80 || (after >= '0' && after <= '9') ||
        (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z')) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  /// Line breaks are white space within brackets only; elsewhere just around the whole.
  void skip_space(bool in_brackets) {
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      bool blank = c == ' ' || c == '\t' || c == '\f';
      bool line = c == '\n' || c == '\r';
      if (in_brackets && c == '#') {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
        continue;
      }
      if (!blank && !(line && (in_brackets || outside_))) break;
    }
  }

  std::optional<Value> read_tuple(bool in_brackets) {
    auto first = read_value(in_brackets);
    outside_ = true;
    skip_space(in_brackets);
    if (!first || peek() != ',') return first;
    std::vector<Value> items{std::move(*first)};
    while (take(',')) {
      skip_space(in_brackets);
      if (at_ == text_.size() || peek() == ')') break;
      auto item = read_value(in_brackets);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
      skip_space(in_brackets);
    }
    return Value::tuple(std::move(items));
  }

  std::optional<Value> read_value(bool in_brackets) {
    if (++depth_ > kMaxDepth) return std::nullopt;
    auto value = read_signed(in_brackets);
    --depth_;
    return value;
  }

  std::optional<Value> read_signed(bool in_brackets) {
    char sign = peek();
    if (sign == '+' || sign == '-') {
      ++at_;
      skip_space(in_brackets);
      auto value = read_signed_operand(in_brackets);
      if (!value || !(value->is_int() || value->is_float())) return std::nullopt;
      if (sign == '+') return value;
      if (value->is_float()) return Value(-value->as_float());
      return Value(-value->as_int());
    }
    return read_atom(in_brackets);
  }

  std::optional<Value> read_signed_operand(bool in_brackets) {
    if (peek() == '+' || peek() == '-') {
      if (++depth_ > kMaxDepth) return std::nullopt;
      auto value = read_signed(in_brackets);
      --depth_;
      return value;
    }
    return read_atom(in_brackets);
  }

  std::optional<Value> read_atom(bool in_brackets) {
    char c = peek();
    if (c == '(') return read_parenthesised();
    if (c == '[') return read_list();
    if (c == '{') return read_braces();
    if (c == '\'' || c == '"' || is_string_prefix()) return read_strings(in_brackets);
    if ((c >= '0' && c <= '9') || c == '.') return read_number();
    if (take_word("True")) return Value(true);
    if (take_word("False")) return Value(false);
    if (take_word("None")) return Value(nullptr);
    return std::nullopt;
  }

  std::optional<Value> read_parenthesised() {
    ++at_;
    skip_space(true);
    if (take(')')) return Value::tuple();
    auto value = read_tuple(true);
    skip_space(true);
    if (!take(')')) return std::nullopt;
    return value;
  }

  std::optional<Value> read_list() {
    ++at_;
    std::vector<Value> items;
    skip_space(true);
    while (!take(']')) {
      auto item = read_value(true);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
      skip_space(true);
      if (take(','))
        skip_space(true);
      else if (peek() != ']')
        return std::nullopt;
    }
    return Value::list(std::move(items));
  }

  /// A dict, or a set.
  std::optional<Value> read_braces() {
    ++at_;
    Value dict = Value::dict();
    std::vector<Value> members;
    skip_space(true);
    bool first = true, is_set = false;
    while (!take('}')) {
      auto key = read_value(true);
      skip_space(true);
      if (!key) return std::nullopt;
      if (first) is_set = peek() != ':';
      first = false;
      if (is_set) {
        members.push_back(std::move(*key));
      } else {
        if (!take(':')) return std::nullopt;
        skip_space(true);
        auto value = read_value(true);
        if (!value) return std::nullopt;
        try {
          dict.as_dict().set(*key, std::move(*value));
        } catch (const Error&) {  // unhashable
          return std::nullopt;
        }
        skip_space(true);
      }
      if (take(','))
        skip_space(true);
      else if (peek() != '}')
        return std::nullopt;
    }
    if (!is_set) return dict;
    try {
      return Value::set(members);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  std::optional<Value> read_number() {
    size_t begin = at_;
    auto digits = [&](auto&& valid) {
      bool any = false, underscore = false;
      while (at_ < text_.size() && (valid(peek()) || peek() == '_')) {
        if (peek() == '_') {
          if (!any || underscore) return false;
          underscore = true;
        } else {
          any = true;
          underscore = false;
        }
        ++at_;
      }
      return !underscore;
    };
    auto decimal = [](char c) { return c >= '0' && c <= '9'; };
    int base = 10;
    if (peek() == '0' && at_ + 1 < text_.size()) {
      char p = static_cast<char>(text_[at_ + 1] | 0x20);
      base = p == 'x' ? 16 : p == 'o' ? 8 : p == 'b' ? 2 : 10;
    }
    bool is_float = false;
    if (base != 10) {
      at_ += 2;
      if (peek() == '_') ++at_;
      size_t first = at_;
      if (!digits([base](char c) {
            int v = c >= '0' && c <= '9'                     ? c - '0'
                    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                             : 99;
            return v < base;
          }) ||
          first == at_) {
        return std::nullopt;
      }
      begin = first;
    } else {
      if (!digits(decimal)) return std::nullopt;
      if (take('.')) {
        is_float = true;
        if (at_ == begin + 1 && !decimal(peek())) return std::nullopt;
        if (!digits(decimal)) return std::nullopt;
      }
      if ((peek() | 0x20) == 'e' && at_ < text_.size()) {
        is_float = true;
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        if (!decimal(peek()) || !digits(decimal)) return std::nullopt;
      }
    }
    std::string plain;
    for (char c : text_.substr(begin, at_ - begin)) {
      if (c != '_') plain += c;
    }
    if (is_float) return Value(std::strtod(plain.c_str(), nullptr));
    if (base == 10 && plain.size() > 1 && plain[0] == '0' && plain.find_first_not_of('0') != std::string::npos)
      return std::nullopt;
    int64_t number = 0;
    auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number, base);
    if (error != std::errc() || end != plain.data() + plain.size()) return std::nullopt;
    return Value(number);
  }

  bool is_string_prefix() const {
    char c = static_cast<char>(peek() | 0x20);
    if (c != 'r' && c != 'u') return false;
    char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    return next == '\'' || next == '"';
  }

  /// Adjacent string literals are one.
  std::optional<Value> read_strings(bool in_brackets) {
    std::string out;
    do {
      bool raw = false;
      if (is_string_prefix()) raw = (text_[at_++] | 0x20) == 'r';
      if (!read_string(raw, out)) return std::nullopt;
      outside_ = false;
      skip_space(in_brackets);
    } while (peek() == '\'' || peek() == '"' || is_string_prefix());
    return Value(std::move(out));
  }

  bool read_string(bool raw, std::string& out) {
    char quote = text_[at_];
    std::string_view triple = quote == '\'' ? "'''" : "\"\"\"";
    bool is_triple = text_.substr(at_, 3) == triple;
    at_ += is_triple ? 3 : 1;
    while (at_ < text_.size()) {
      if (is_triple ? text_.substr(at_, 3) == triple : peek() == quote) {
        at_ += is_triple ? 3 : 1;
        return true;
      }
      char c = text_[at_++];
      if (c == '\n' && !is_triple) return false;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (at_ >= text_.size()) return false;
      if (raw) {
        out += c;
        out += text_[at_++];
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool read_escape(std::string& out) {
    char c = text_[at_++];
    switch (c) {
      case '\n':
        return true;
      case '\\':
      case '\'':
      case '"':
        out += c;
        return true;
      case 'a':
        out += '\a';
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'v':
        out += '\v';
        return true;
      case 'x':
        return read_code(2, out);
      case 'u':
        return read_code(4, out);
      case 'U':
        return read_code(8, out);
      case 'N':
        return false;
      default:
        break;
    }
    if (c < '0' || c > '7') {
      out += '\\';
      out += c;
      return true;
    }
    uint32_t code = static_cast<uint32_t>(c - '0');
    for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i)
      code = code * 8 + static_cast<uint32_t>(text_[at_++] - '0');
    unicode::append(out, code);
    return true;
  }

  bool read_code(int digits, std::string& out) {
    uint32_t code = 0;
    const char* begin = text_.data() + at_;
    if (text_.size() - at_ < static_cast<size_t>(digits)) return false;
    auto [end, error] = std::from_chars(begin, begin + digits, code, 16);
    if (error != std::errc() || end != begin + digits || code > 0x10ffff) return false;
    at_ += static_cast<size_t>(digits);
    unicode::append(out, code);
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  bool outside_ = true;
};

}  // namespace

Value literal_eval(std::string_view text) {
  // Python strips blanks in front, and refuses other indentation.
  size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return Value();
  auto value = LiteralReader(text.substr(begin)).read_all();
  return value ? std::move(*value) : Value();
}

}  // namespace modelc::jinja
