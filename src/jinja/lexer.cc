#include "jinja/lexer.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "jinja/unicode.h"
#include "jinja/value.h"

namespace modelc::jinja {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f); }
bool is_ascii_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string_view describe(Tok type) {
  static constexpr std::string_view names[] = {"+",
                                               "=",
                                               ":",
                                               ",",
                                               "/",
                                               ".",
                                               "==",
                                               "//",
                                               ">",
                                               ">=",
                                               "{",
                                               "[",
                                               "(",
                                               "<",
                                               "<=",
                                               "%",
                                               "*",
                                               "!=",
                                               "|",
                                               "**",
                                               "}",
                                               "]",
                                               ")",
                                               ";",
                                               "-",
                                               "~",
                                               "float",
                                               "integer",
                                               "name",
                                               "string",
                                               "begin of statement block",
                                               "end of statement block",
                                               "begin of print statement",
                                               "end of print statement",
                                               "template data / text",
                                               "end of template"};
  return names[static_cast<size_t>(type)];
}

std::string_view describe(const Token& token) { return token.type == Tok::name ? token.text : describe(token.type); }

Lexer::Lexer(const SourceFile& file, const Syntax& syntax, Arena& arena, bool expression)
    : file_(file), syntax_(syntax), arena_(arena), text_(file.text()), end_(static_cast<uint32_t>(text_.size())) {
  if (expression) mode_ = Mode::variable;
  if (syntax.keep_trailing_newline || end_ == 0) return;
  if (text_[end_ - 1] == '\n') {
    end_ -= end_ > 1 && text_[end_ - 2] == '\r' ? 2 : 1;
  } else if (text_[end_ - 1] == '\r') {
    --end_;
  }
}

void Lexer::fail(std::string message, uint32_t begin, uint32_t end, const char* code) const {
  throw Error(ErrorKind::compilation, code, std::move(message), Span{&file_, begin, end});
}

Token Lexer::next() {
  if (has_pending_) {
    has_pending_ = false;
    return pending_;
  }
  return mode_ == Mode::root ? next_root() : next_in_tag();
}

// ---- text between tags --------------------------------------------------------------------------------------------

uint32_t Lexer::skip_space(uint32_t from) const {
  while (from < end_) {
    if (is_ascii_space(text_[from])) {
      ++from;
    } else if (static_cast<unsigned char>(text_[from]) >= 0x80) {
      size_t next = from;
      if (!unicode::is_space(unicode::next(text_.substr(0, end_), next))) break;
      from = static_cast<uint32_t>(next);
    } else {
      break;
    }
  }
  return from;
}

uint32_t Lexer::skip_newline(uint32_t from) const {
  if (at(from) == '\r') return at(from + 1) == '\n' ? from + 2 : from + 1;
  return at(from) == '\n' ? from + 1 : from;
}

/// Where the data [begin, end) before a tag ends once the tag's sign, or lstrip_blocks, has had its way.
uint32_t Lexer::stripped_end(uint32_t begin, uint32_t end, char sign, bool variable) const {
  if (sign == '-') {
    while (end > begin) {
      if (is_ascii_space(text_[end - 1])) {
        --end;
        continue;
      }
      if (static_cast<unsigned char>(text_[end - 1]) < 0x80) break;
      size_t start = unicode::previous(text_, end);
      size_t next = start;
      if (start < begin || !unicode::is_space(unicode::next(text_, next))) break;
      end = static_cast<uint32_t>(start);
    }
    return end;
  }
  if (sign == '+' || !syntax_.lstrip_blocks || variable) return end;
  uint32_t line = end;
  while (line > begin && text_[line - 1] != '\n' && text_[line - 1] != '\r') --line;
  if (line == begin && !line_starting_) return end;
  return line < end && skip_space(line) >= end ? line : end;
}

Token Lexer::data(uint32_t begin, uint32_t end) const {
  Token token;
  token.type = Tok::data;
  token.begin = begin;
  token.end = end;
  return token;
}

/// The token of a tag's opening braces, or of the data before them if there is any.
Token Lexer::opening(Mode mode, uint32_t brace, uint32_t data_end) {
  Token token;
  token.type = mode == Mode::block ? Tok::block_begin : Tok::variable_begin;
  token.begin = brace;
  token.end = brace + 2;
  token.edge = data_end;
  uint32_t data_begin = pos_;
  mode_ = mode;
  pos_ = brace + 2;
  if (at(pos_) == '-' || at(pos_) == '+') ++pos_;
  line_starting_ = false;
  if (data_end == data_begin) return token;
  pending_ = token;
  has_pending_ = true;
  return data(data_begin, data_end);
}

Token Lexer::next_root() {
  while (pos_ < end_) {
    uint32_t brace = pos_;
    for (;; ++brace) {
      const void* found = std::memchr(text_.data() + brace, '{', end_ - brace);
      brace = found ? static_cast<uint32_t>(static_cast<const char*>(found) - text_.data()) : end_;
      char c = at(brace + 1);
      if (brace >= end_ || c == '{' || c == '%' || c == '#') break;
    }
    if (brace >= end_) {
      uint32_t begin = pos_;
      pos_ = end_;
      return data(begin, end_);
    }
    char kind = text_[brace + 1];
    char sign = at(brace + 2) == '-' || at(brace + 2) == '+' ? text_[brace + 2] : '\0';
    uint32_t data_end = stripped_end(pos_, brace, sign, kind == '{');
    uint32_t after_raw = 0;
    if (kind == '{') return opening(Mode::variable, brace, data_end);
    bool raw = kind == '%' && raw_begin(brace, after_raw);
    if (kind == '%' && !raw) return opening(Mode::block, brace, data_end);

    uint32_t data_begin = pos_;
    line_starting_ = false;
    EndTag tag{};
    if (kind == '#') {
      skip_comment(brace + (sign ? 3 : 2));
      if (data_end > data_begin) return data(data_begin, data_end);
      continue;
    }
    if (after_raw >= end_) {
      pos_ = end_;
    } else if (!find_end_tag(after_raw, "endraw", tag)) {
      fail("Missing end of raw directive", brace, after_raw, "jinja/syntax-unclosed");
    } else {
      line_starting_ = text_[after_raw - 1] == '\n' || text_[after_raw - 1] == '\r';
      uint32_t raw_end = stripped_end(after_raw, tag.begin, tag.sign, false);
      pos_ = tag.after;
      line_starting_ = text_[tag.after - 1] == '\n' || text_[tag.after - 1] == '\r';
      if (raw_end > after_raw) {
        if (data_end == data_begin) return data(after_raw, raw_end);
        pending_ = data(after_raw, raw_end);
        has_pending_ = true;
      }
    }
    if (data_end > data_begin) return data(data_begin, data_end);
  }
  Token token;
  token.begin = token.end = end_;
  return token;
}

void Lexer::skip_comment(uint32_t content) {
  if (content >= end_) {
    pos_ = end_;
    return;
  }
  size_t close = text_.substr(0, end_).find("#}", content);
  if (close == std::string_view::npos) {
    fail("Missing end of comment tag", content - 2, content, "jinja/syntax-unclosed");
  }
  auto after = static_cast<uint32_t>(close + 2);
  char sign = close > content ? text_[close - 1] : '\0';
  if (sign == '-') {
    after = skip_space(after);
  } else if (sign != '+' && syntax_.trim_blocks) {
    after = skip_newline(after);
  }
  pos_ = after;
  line_starting_ = text_[after - 1] == '\n' || text_[after - 1] == '\r';
}

/// Is the tag at `brace` a `{% raw %}`? Then `after` is where its text begins.
bool Lexer::raw_begin(uint32_t brace, uint32_t& after) const {
  uint32_t p = brace + 2;
  if (at(p) == '-' || at(p) == '+') ++p;
  p = skip_space(p);
  if (text_.substr(p, 3) != "raw" || p + 3 > end_) return false;
  p = skip_space(p + 3);
  if (at(p) == '-' && at(p + 1) == '%' && at(p + 2) == '}') {
    after = skip_space(p + 3);
    return true;
  }
  after = p + 2;
  return at(p) == '%' && at(p + 1) == '}';
}

bool Lexer::find_end_tag(uint32_t from, std::string_view name, EndTag& tag) const {
  std::string_view text = text_.substr(0, end_);
  for (size_t brace = text.find("{%", from); brace != std::string_view::npos; brace = text.find("{%", brace + 1)) {
    auto p = static_cast<uint32_t>(brace + 2);
    char sign = at(p) == '-' || at(p) == '+' ? text[p] : '\0';
    if (sign) ++p;
    p = skip_space(p);
    if (text.substr(p, name.size()) != name) continue;
    p = skip_space(p + static_cast<uint32_t>(name.size()));
    char end_sign = at(p) == '-' || at(p) == '+' ? text[p] : '\0';
    if (end_sign) ++p;
    if (at(p) != '%' || at(p + 1) != '}') continue;
    tag.begin = static_cast<uint32_t>(brace);
    tag.sign = sign;
    tag.end = tag.after = p + 2;
    if (end_sign == '-') {
      tag.after = skip_space(tag.end);
    } else if (end_sign == '\0' && syntax_.trim_blocks) {
      tag.after = skip_newline(tag.end);
    }
    return true;
  }
  return false;
}

bool Lexer::skip_raw(std::string_view end_tag, Range& body, uint32_t& end) {
  EndTag tag{};
  if (!find_end_tag(pos_, end_tag, tag)) return false;
  body.begin = pos_;
  body.end = stripped_end(pos_, tag.begin, tag.sign, false);
  end = tag.end;
  pos_ = tag.after;
  line_starting_ = text_[tag.after - 1] == '\n' || text_[tag.after - 1] == '\r';
  return true;
}

// ---- inside a tag -------------------------------------------------------------------------------------------------

/// The closing braces of the tag, unless a bracket is still open.
bool Lexer::closing(Token& token) {
  if (!balance_.empty()) return false;
  char brace = mode_ == Mode::block ? '%' : '}';
  uint32_t p = pos_;
  char sign = '\0';
  if (at(p) == '-' || (at(p) == '+' && mode_ == Mode::block)) sign = text_[p++];
  if (at(p) != brace || at(p + 1) != '}') return false;
  token.type = mode_ == Mode::block ? Tok::block_end : Tok::variable_end;
  token.end = p + 2;
  uint32_t after = p + 2;
  if (sign == '-') {
    after = skip_space(after);
  } else if (sign == '\0' && mode_ == Mode::block && syntax_.trim_blocks) {
    after = skip_newline(after);
  }
  token.edge = after;
  line_starting_ = text_[after - 1] == '\n' || text_[after - 1] == '\r';
  pos_ = after;
  mode_ = Mode::root;
  return true;
}

Token Lexer::next_in_tag() {
  Token token;
  for (;;) {
    token.begin = token.end = pos_;
    if (pos_ >= end_) return token;
    if (closing(token)) return token;
    uint32_t after_space = skip_space(pos_);
    if (after_space == pos_) break;
    pos_ = after_space;
  }
  if (number(token) || identifier(token) || string(token) || operator_token(token)) {
    token.end = pos_;
    return token;
  }
  unexpected_char();
}

void Lexer::unexpected_char() const {
  size_t after = pos_;
  unicode::next(text_, after);
  std::string_view c = text_.substr(pos_, after - pos_);
  // Jinja2 counts code points, and every line break as one.
  size_t offset = 0;
  for (size_t i = 0; i < pos_;) {
    if (text_[i] == '\r' && text_[i + 1] == '\n') ++i;
    unicode::next(text_, i);
    ++offset;
  }
  fail(fmt::format("unexpected char {} at {}", to_repr(Value(c)), offset), pos_, static_cast<uint32_t>(after));
}

namespace {

/// Digits that single underscores may separate; gives where they end.
template <class IsDigit>
const char* skip_digits(const char* begin, const char* end, IsDigit is_digit_of_base, bool underscore_first) {
  const char* last = begin;
  for (;;) {
    const char* p = last;
    if (p < end && *p == '_' && (p != begin || underscore_first)) ++p;
    if (p >= end || !is_digit_of_base(*p)) return last;
    last = p + 1;
  }
}

}  // namespace

bool Lexer::number(Token& token) {
  const char* begin = text_.data() + pos_;
  const char* end = text_.data() + end_;
  if (!is_digit(*begin)) return false;

  auto decimal = [](char c) { return is_digit(c); };
  const char* whole = skip_digits(begin, end, decimal, false);
  const char* p = whole;
  bool is_float = false;
  if (pos_ == 0 || text_[pos_ - 1] != '.') {
    if (p + 1 < end && *p == '.' && is_digit(p[1])) {
      p = skip_digits(p + 1, end, decimal, false);
      is_float = true;
    }
    if (p < end && lower(*p) == 'e') {
      const char* digits = p + 1;
      if (digits < end && (*digits == '+' || *digits == '-')) ++digits;
      if (digits < end && is_digit(*digits)) {
        p = skip_digits(digits, end, decimal, false);
        is_float = true;
      }
    }
  }
  int base = 10;
  const char* digits = begin;
  if (!is_float) {
    p = whole;
    char prefix = begin + 1 < end && *begin == '0' ? lower(begin[1]) : '\0';
    auto in_base = [&base](char c) {
      c = lower(c);
      return base == 16 ? is_digit(c) || (c >= 'a' && c <= 'f') : c >= '0' && c < '0' + base;
    };
    base = prefix == 'b' ? 2 : prefix == 'o' ? 8 : prefix == 'x' ? 16 : 10;
    if (base != 10) {
      const char* stop = skip_digits(begin + 2, end, in_base, true);
      if (stop > begin + 2) {
        p = stop;
        digits = begin + 2;
      } else {
        base = 10;
        p = begin + 1;
      }
    } else if (*begin == '0') {
      p = skip_digits(
          begin, end, [](char c) { return c == '0'; }, false);
    }
  }

  token.type = is_float ? Tok::floating : Tok::integer;
  pos_ = static_cast<uint32_t>(p - text_.data());
  std::string plain;
  if (std::memchr(digits, '_', static_cast<size_t>(p - digits))) {
    for (const char* c = digits; c < p; ++c) {
      if (*c != '_') plain += *c;
    }
    digits = plain.data();
    p = plain.data() + plain.size();
  }
  if (is_float) {
    std::from_chars_result result = std::from_chars(digits, p, token.floating);
    if (result.ec == std::errc::result_out_of_range)
      token.floating = std::strtod(std::string(digits, p).c_str(), nullptr);
  } else if (std::from_chars(digits, p, token.integer, base).ec != std::errc()) {
    token.text = text_.substr(token.begin, pos_ - token.begin);
  }
  return true;
}

bool Lexer::identifier(Token& token) {
  uint32_t p = pos_;
  bool ascii = true;
  while (p < end_) {
    if (is_ascii_word(text_[p])) {
      ++p;
      continue;
    }
    if (static_cast<unsigned char>(text_[p]) < 0x80) break;
    size_t next = p;
    uint32_t c = unicode::next(text_.substr(0, end_), next);
    if (!unicode::is_alnum(c) && !unicode::is_identifier_part(c)) break;
    ascii = false;
    p = static_cast<uint32_t>(next);
  }
  if (p == pos_) return false;
  token.type = Tok::name;
  token.text = text_.substr(pos_, p - pos_);
  if (!ascii) {
    size_t i = 0;
    bool valid = unicode::is_identifier_start(unicode::next(token.text, i));
    while (valid && i < token.text.size()) valid = unicode::is_identifier_part(unicode::next(token.text, i));
    if (!valid) fail("Invalid character in identifier", pos_, p);
  }
  pos_ = p;
  return true;
}

bool Lexer::string(Token& token) {
  char quote = text_[pos_];
  if (quote != '\'' && quote != '"') return false;
  bool plain = true;
  uint32_t p = pos_ + 1;
  for (; p < end_ && text_[p] != quote; ++p) {
    if (text_[p] == '\\') {
      plain = false;
      ++p;
    } else if (text_[p] == '\r') {
      plain = false;
    }
  }
  if (p >= end_) return false;
  token.type = Tok::string;
  token.text = text_.substr(pos_ + 1, p - pos_ - 1);
  token.end = p + 1;
  if (!plain) decode_string(token);
  pos_ = p + 1;
  return true;
}

namespace {

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Reads exactly `count` hexadecimal digits; false when there are fewer.
bool read_hex(std::string_view text, size_t& at, int count, uint32_t& value) {
  value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    int digit = at < text.size() ? hex_value(text[at]) : -1;
    if (digit < 0) return false;
    value = value * 16 + static_cast<uint32_t>(digit);
  }
  return true;
}

}  // namespace

/// Python's "unicode-escape" codec; unknown escapes stay as they are.
void Lexer::decode_string(Token& token) {
  std::string_view raw = token.text;
  std::string out;
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size();) {
    char c = raw[i++];
    if (c == '\r') {
      if (i < raw.size() && raw[i] == '\n') ++i;
      out += '\n';
      continue;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    c = raw[i++];
    uint32_t code = 0;
    switch (c) {
      case '\r':
        if (i < raw.size() && raw[i] == '\n') ++i;
        break;
      case '\n':
        break;
      case '\\':
      case '\'':
      case '"':
        out += c;
        break;
      case 'a':
        out += '\a';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'v':
        out += '\v';
        break;
      case 'x':
        if (!read_hex(raw, i, 2, code)) fail("truncated \\xXX escape", token.begin, token.end);
        unicode::append(out, code);
        break;
      case 'u':
        if (!read_hex(raw, i, 4, code)) fail("truncated \\uXXXX escape", token.begin, token.end);
        unicode::append(out, code);
        break;
      case 'U':
        if (!read_hex(raw, i, 8, code)) fail("truncated \\UXXXXXXXX escape", token.begin, token.end);
        if (code > 0x10ffff) fail("illegal Unicode character", token.begin, token.end);
        unicode::append(out, code);
        break;
      case 'N':
        fail(i < raw.size() && raw[i] == '{' ? "unknown Unicode character name" : "malformed \\N character escape",
             token.begin, token.end);
      default:
        if (c >= '0' && c <= '7') {
          code = static_cast<uint32_t>(c - '0');
          for (int n = 0; n < 2 && i < raw.size() && raw[i] >= '0' && raw[i] <= '7'; ++n) {
            code = code * 8 + static_cast<uint32_t>(raw[i++] - '0');
          }
          unicode::append(out, code);
        } else {
          out += '\\';
          out += c;
        }
    }
  }
  token.text = arena_.copy(out);
}

bool Lexer::operator_token(Token& token) {
  char c = text_[pos_];
  char following = at(pos_ + 1);
  uint32_t width = 1;
  auto pair = [&](char second, Tok both, Tok one) {
    if (following != second) return one;
    width = 2;
    return both;
  };
  switch (c) {
    case '+':
      token.type = Tok::add;
      break;
    case '-':
      token.type = Tok::sub;
      break;
    case '/':
      token.type = pair('/', Tok::floordiv, Tok::div);
      break;
    case '*':
      token.type = pair('*', Tok::pow, Tok::mul);
      break;
    case '%':
      token.type = Tok::mod;
      break;
    case '~':
      token.type = Tok::tilde;
      break;
    case '[':
      token.type = Tok::lbracket;
      break;
    case ']':
      token.type = Tok::rbracket;
      break;
    case '(':
      token.type = Tok::lparen;
      break;
    case ')':
      token.type = Tok::rparen;
      break;
    case '{':
      token.type = Tok::lbrace;
      break;
    case '}':
      token.type = Tok::rbrace;
      break;
    case '=':
      token.type = pair('=', Tok::eq, Tok::assign);
      break;
    case '>':
      token.type = pair('=', Tok::gteq, Tok::gt);
      break;
    case '<':
      token.type = pair('=', Tok::lteq, Tok::lt);
      break;
    case '.':
      token.type = Tok::dot;
      break;
    case ':':
      token.type = Tok::colon;
      break;
    case '|':
      token.type = Tok::pipe;
      break;
    case ',':
      token.type = Tok::comma;
      break;
    case ';':
      token.type = Tok::semicolon;
      break;
    case '!':
      if (following != '=') return false;
      token.type = Tok::ne;
      width = 2;
      break;
    default:
      return false;
  }
  balance(token);
  pos_ += width;
  return true;
}

void Lexer::balance(const Token& token) {
  char c = text_[pos_];
  if (token.type == Tok::lbrace || token.type == Tok::lbracket || token.type == Tok::lparen) {
    balance_ += c == '{' ? '}' : c == '[' ? ']' : ')';
  } else if (token.type == Tok::rbrace || token.type == Tok::rbracket || token.type == Tok::rparen) {
    if (balance_.empty()) fail(fmt::format("unexpected '{}'", c), pos_, pos_ + 1);
    char expected = balance_.back();
    balance_.pop_back();
    if (expected != c) fail(fmt::format("unexpected '{}', expected '{}'", c, expected), pos_, pos_ + 1);
  }
}

}  // namespace modelc::jinja
