#include "jinja/regex_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/diagnostic.h"
#include "jinja/regex.h"
#include "jinja/unicode.h"

namespace modelc::jinja {

void regex_error(const std::string& message, std::string_view pattern, size_t byte_offset) {
  size_t position = unicode::length(pattern.substr(0, byte_offset));
  std::string text = fmt::format("{} at position {}", message, position);
  if (pattern.find('\n') != std::string_view::npos) {
    std::string_view before = pattern.substr(0, byte_offset);
    size_t line = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    text += fmt::format(" (line {}, column {})", line, unicode::length(before.substr(line_start)) + 1);
  }
  throw Error(ErrorKind::compilation, "jinja/bad-regex", text);
}

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

uint32_t flag_of(char c) {
  switch (c) {
    case 'i':
      return kRegexIgnoreCase;
    case 'L':
      return kRegexLocale;
    case 'm':
      return kRegexMultiline;
    case 's':
      return kRegexDotAll;
    case 'x':
      return kRegexVerbose;
    case 'a':
      return kRegexAscii;
    case 'u':
      return kRegexUnicode;
    default:
      return 0;
  }
}

class Translator {
 public:
  Translator(std::string_view text, uint32_t& flags, std::vector<size_t>& close_order)
      : text_(text), flags_(flags), close_order_(close_order) {}

  std::string run() {
    read_global_flags();
    while (at_ < text_.size()) step();
    if (!open_.empty()) regex_error("missing ), unterminated subpattern", text_, open_.back().at);
    return std::move(out_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  /// What stands before a quantifier.
  enum class Last { nothing, assertion, item, repeated };

  void step() {
    char c = peek();
    if (c == '\\') {
      char kind = peek(1);
      escape(false);
      last_ = kind == 'A' || kind == 'Z' || kind == 'b' || kind == 'B' ? Last::assertion : Last::item;
    } else if (c == '[') {
      character_class();
      last_ = Last::item;
    } else if (c == '(') {
      open_group();
    } else if (c == ')') {
      close_group();
    } else if (c == '*' || c == '+' || c == '?' || (c == '{' && repeat_end() > 0)) {
      repeat(c == '{' ? repeat_end() : at_ + 1);
    } else if (c == '|') {
      out_ += c;
      ++at_;
      last_ = Last::nothing;
    } else if (c == '{' || c == '}') {
      out_ += '\\';
      out_ += c;
      ++at_;
      last_ = Last::item;
    } else if (c == '#' && (flags_ & kRegexVerbose)) {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;  // a comment's brackets are no brackets
    } else {
      bool skipped = (flags_ & kRegexVerbose) && std::string_view(" \t\n\r\v\f").find(c) != std::string_view::npos;
      if (!skipped) last_ = c == '^' || c == '$' ? Last::assertion : Last::item;
      out_ += c;
      ++at_;
    }
  }

  void close_group() {
    if (open_.empty()) regex_error("unbalanced parenthesis", text_, at_);
    last_ = Last::item;
    if (size_t number = open_.back().number) {
      close_order_.resize(std::max(close_order_.size(), number + 1));
      close_order_[number] = ++closed_;
    }
    open_.pop_back();
    out_ += ')';
    ++at_;
  }

  /// (?aiLmsux) at the start holds for all of the pattern; PCRE2 gets the flags as options.
  void read_global_flags() {
    while (peek() == '(' && peek(1) == '?' && flag_of(peek(2))) {
      size_t end = at_ + 2;
      uint32_t found = 0;
      while (end < text_.size() && flag_of(text_[end])) found |= flag_of(text_[end++]);
      if (end >= text_.size() || text_[end] != ')') return;
      if (found & kRegexLocale) regex_error("bad inline flags: cannot use 'L' flag with a str pattern", text_, end);
      flags_ |= found;
      at_ = end + 1;
    }
  }

  void open_group() {
    if (peek(1) == '*') regex_error("nothing to repeat", text_, at_ + 1);
    if (peek(1) != '?') {
      open_.push_back({at_, ++groups_});
      last_ = Last::nothing;
      out_ += '(';
      ++at_;
      return;
    }
    bool reference = peek(2) == 'P' && peek(3) == '=';
    if (peek(2) != '#' && !reference) open_.push_back({at_, peek(2) == 'P' ? groups_ + 1 : 0});
    if (peek(2) != '#') last_ = reference ? Last::item : Last::nothing;
    char kind = peek(2);
    if (kind == 'P') {
      named_group();
    } else if (kind == '#') {
      size_t end = text_.find(')', at_);
      if (end == std::string_view::npos) regex_error("missing ), unterminated comment", text_, at_);
      at_ = end + 1;
    } else if (kind == ':' || kind == '=' || kind == '!' || kind == '>' || kind == '(') {
      out_ += text_.substr(at_, 3);
      at_ += 3;
      if (kind == '(') condition();
    } else if (kind == '<' && (peek(3) == '=' || peek(3) == '!')) {
      out_ += text_.substr(at_, 4);
      at_ += 4;
    } else if (flag_of(kind) || kind == '-') {
      local_flags();
    } else if (kind == '\0') {
      regex_error("unexpected end of pattern", text_, text_.size());
    } else {
      size_t behind = at_ + 2;
      unicode::next(text_, behind);
      if (kind == '<' && peek(3)) ++behind;
      regex_error(fmt::format("unknown extension ?{}", text_.substr(at_ + 2, behind - at_ - 2)), text_, at_ + 1);
    }
  }

  void named_group() {
    char kind = peek(3);
    if (kind != '<' && kind != '=') {
      if (kind == '\0') regex_error("unexpected end of pattern", text_, text_.size());
      regex_error(fmt::format("unknown extension ?P{}", kind), text_, at_ + 1);
    }
    char closing = kind == '<' ? '>' : ')';
    size_t begin = at_ + 4;
    size_t end = text_.find(closing, begin);
    if (end == std::string_view::npos) {
      regex_error(fmt::format("missing {}, unterminated name", closing), text_, begin);
    }
    std::string_view name = text_.substr(begin, end - begin);
    if (name.empty()) regex_error("missing group name", text_, begin);
    check_name(name, begin);
    auto known = names_.find(std::string(name));
    if (kind == '=' && known == names_.end()) regex_error(fmt::format("unknown group name '{}'", name), text_, begin);
    if (kind == '=' && is_open(known->second)) regex_error("cannot refer to an open group", text_, begin);
    if (kind == '<') {
      if (known != names_.end()) {
        regex_error(
            fmt::format("redefinition of group name '{}' as group {}; was group {}", name, groups_ + 1, known->second),
            text_, begin);
      }
      names_.emplace(name, ++groups_);
    }
    out_ += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
  }

  void check_name(std::string_view name, size_t begin) {
    size_t at = 0;
    bool valid = unicode::is_identifier_start(unicode::next(name, at));
    while (valid && at < name.size()) valid = unicode::is_identifier_part(unicode::next(name, at));
    if (!valid) regex_error(fmt::format("bad character in group name '{}'", name), text_, begin);
  }

  void condition() {
    size_t end = text_.find(')', at_);
    if (end == std::string_view::npos) regex_error("missing ), unterminated name", text_, at_);
    std::string_view name = text_.substr(at_, end - at_);
    if (name.empty()) regex_error("missing group name", text_, at_);
    bool number = name.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number) check_name(name, at_);
    out_ += number ? std::string(name) : fmt::format("<{}>", name);
    out_ += ')';
    at_ = end + 1;
  }

  /// (?i-s:...). a and u have no counterpart; they are dropped where they change nothing.
  void local_flags() {
    size_t begin = at_;
    at_ += 2;
    std::string kept;
    while (flag_of(peek()) || peek() == '-') {
      char c = text_[at_++];
      if (c == 'L') regex_error("bad inline flags: cannot use 'L' flag with a str pattern", text_, at_);
      if (c == 'a' && !(flags_ & kRegexAscii))
        regex_error("the inline flag 'a' is supported only at the start", text_, begin);
      if (c != 'u' && c != 'a') kept += c;
    }
    if (peek() == ')') regex_error("global flags not at the start of the expression", text_, begin);
    if (peek() != ':') regex_error(peek() ? "unknown flag" : "missing -, : or )", text_, at_);
    ++at_;
    out_ += fmt::format("(?{}:", kept);
  }

  bool is_open(size_t group) const {
    return std::any_of(open_.begin(), open_.end(), [&](const OpenGroup& g) { return g.number == group; });
  }

  /// Where a quantifier in braces ends, {m}, {m,}, {,n} or {m,n}; 0 when the brace is a plain character.
  size_t repeat_end() const {
    size_t comma = std::min(text_.find_first_not_of("0123456789", at_ + 1), text_.size());
    size_t end = comma;
    if (comma < text_.size() && text_[comma] == ',')
      end = std::min(text_.find_first_not_of("0123456789", comma + 1), text_.size());
    bool empty = comma == at_ + 1 && end == comma;
    return end < text_.size() && text_[end] == '}' && !empty ? end + 1 : 0;
  }

  void repeat(size_t end) {
    if (last_ == Last::nothing || last_ == Last::assertion) regex_error("nothing to repeat", text_, at_);
    if (last_ == Last::repeated) regex_error("multiple repeat", text_, at_);
    std::string_view quantifier = text_.substr(at_, end - at_);
    if (quantifier.size() > 1) {
      check_repeat(quantifier);
      if (quantifier[1] == ',')
        out_ += fmt::format("{{0{}", quantifier.substr(1));  // {,n} means {0,n}
      else
        out_ += quantifier;
    } else {
      out_ += quantifier;
    }
    at_ = end;
    if (peek() == '?' || peek() == '+') out_ += text_[at_++];
    last_ = Last::repeated;
  }

  void check_repeat(std::string_view quantifier) const {
    size_t comma = quantifier.find(',');
    std::string least(quantifier.substr(1, std::min(comma, quantifier.size() - 1) - 1));
    std::string most = comma == std::string_view::npos
                           ? least
                           : std::string(quantifier.substr(comma + 1, quantifier.size() - comma - 2));
    if (least.size() > 5 || most.size() > 5) regex_error("the repetition number is too large", text_, at_ + 1);
    if (!least.empty() && !most.empty() && std::stoi(least) > std::stoi(most)) {
      regex_error("min repeat greater than max repeat", text_, at_ + 1);
    }
  }

  /// "z-a" between plain characters.
  void check_range() const {
    size_t at = at_;
    uint32_t low = unicode::next(text_, at);
    if (at + 1 >= text_.size() || text_[at] != '-' || text_[at + 1] == ']' || text_[at + 1] == '\\') return;
    ++at;
    uint32_t high = unicode::next(text_, at);
    if (low > high) regex_error(fmt::format("bad character range {}", text_.substr(at_, at - at_)), text_, at_);
  }

  void character_class() {
    size_t begin = at_;
    out_ += '[';
    ++at_;
    if (peek() == '^') {
      out_ += '^';
      ++at_;
    }
    for (bool first = true; at_ < text_.size(); first = false) {
      char c = text_[at_];
      if (c == ']' && !first) {
        out_ += ']';
        ++at_;
        return;
      }
      if (c == '\\') {
        escape(true);
        continue;
      }
      check_range();
      if (c == '[' || c == ']') out_ += '\\';  // no POSIX classes
      size_t plain = at_;
      unicode::next(text_, at_);
      out_ += text_.substr(plain, at_ - plain);
    }
    regex_error("unterminated character set", text_, begin);
  }

  void code_point(size_t digits) {
    size_t begin = at_ + 2;
    size_t end = begin;
    while (end < text_.size() && end < begin + digits && is_hex(text_[end])) ++end;
    if (end < begin + digits)
      regex_error(fmt::format("incomplete escape {}", text_.substr(at_, end - at_)), text_, at_);
    out_ += fmt::format("\\x{{{}}}", text_.substr(begin, digits));
    at_ = end;
  }

  void escape(bool in_class) {
    char c = peek(1);
    if (c == '\0' && at_ + 1 >= text_.size()) regex_error("bad escape (end of pattern)", text_, at_);
    if (c == 'u') return code_point(4);
    if (c == 'U') return code_point(8);
    if (c == 'x') return code_point(2);
    if (is_digit(c)) return number_escape(in_class);
    if (is_letter(c)) {
      std::string_view known = in_class ? "abdDfnrsStvwW" : "AbBdDfnrsStvwWZ";
      if (known.find(c) == std::string_view::npos) regex_error(fmt::format("bad escape \\{}", c), text_, at_);
      if (c == 'Z')
        out_ += "\\z";
      else if (c == 'v')
        out_ += "\\x0b";  // PCRE2's \v is any vertical space
      else
        out_ += text_.substr(at_, 2);
      at_ += 2;
      return;
    }
    size_t behind = at_ + 1;
    uint32_t point = unicode::next(text_, behind);
    if (point >= 0x80)
      out_ += text_.substr(at_ + 1, behind - at_ - 1);
    else
      out_ += text_.substr(at_, 2);
    at_ = behind;
  }

  /// \0 and three octal digits are characters, others are references to groups.
  void number_escape(bool in_class) {
    size_t end = at_ + 1;
    while (end < text_.size() && end < at_ + 4 && is_digit(text_[end])) ++end;
    std::string_view digits = text_.substr(at_ + 1, end - at_ - 1);
    auto octal = [](std::string_view d) { return d.find_first_not_of("01234567") == std::string_view::npos; };
    bool character = in_class || digits[0] == '0' || (digits.size() == 3 && octal(digits));
    if (!character) {
      digits = digits.substr(0, 2);
      if (std::stoul(std::string(digits)) > groups_)
        regex_error(fmt::format("invalid group reference {}", digits), text_, at_ + 1);
      if (is_open(std::stoul(std::string(digits)))) regex_error("cannot refer to an open group", text_, at_);
      out_ += fmt::format("\\g{{{}}}", digits);
      at_ += 1 + digits.size();
      return;
    }
    size_t count = 0;
    uint32_t value = 0;
    while (count < digits.size() && digits[count] < '8')
      value = value * 8 + static_cast<uint32_t>(digits[count++] - '0');
    if (count == 0) regex_error(fmt::format("bad escape \\{}", digits[0]), text_, at_);
    if (value > 0377) regex_error(fmt::format("octal escape value \\{} outside of range 0-0o377", digits), text_, at_);
    out_ += fmt::format("\\x{{{:x}}}", value);
    at_ += 1 + count;
  }

  std::string_view text_;
  uint32_t& flags_;
  size_t at_ = 0;
  std::string out_;
  struct OpenGroup {
    size_t at;
    size_t number;  // 0 when it captures nothing
  };
  std::vector<OpenGroup> open_;
  Last last_ = Last::nothing;
  std::vector<size_t>& close_order_;
  size_t closed_ = 0;
  size_t groups_ = 0;
  std::map<std::string, size_t> names_;
};

}  // namespace

std::string translate_regex(std::string_view pattern, uint32_t& flags, std::vector<size_t>& close_order) {
  return Translator(pattern, flags, close_order).run();
}

}  // namespace modelc::jinja
