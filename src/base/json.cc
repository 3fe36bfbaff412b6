#include "base/json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace modelc {
namespace {

struct Decoded {
  uint32_t code_point;
  size_t length;
};

/// One character of UTF-8; invalid bytes give U+FFFD, one at a time.
Decoded decode(std::string_view text, size_t at) {
  constexpr Decoded kInvalid{0xFFFD, 1};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return kInvalid;
  uint32_t code = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kInvalid;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return kInvalid;
  return {code, length};
}

void append_unicode_escape(std::string& out, uint32_t unit) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

void append_character(std::string& out, std::string_view text, Decoded c, size_t at, bool ascii) {
  if (ascii) {
    if (c.code_point < 0x10000) return append_unicode_escape(out, c.code_point);
    const uint32_t v = c.code_point - 0x10000;
    append_unicode_escape(out, 0xd800 + (v >> 10));
    append_unicode_escape(out, 0xdc00 + (v & 0x3ff));
  } else if (c.code_point == 0xFFFD) {
    out += "\xEF\xBF\xBD";
  } else {
    out += text.substr(at, c.length);
  }
}

/// Bytes that stand in a JSON string as they are, also in ASCII style.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

size_t plain_end(std::string_view text, size_t at) {
  while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

void append_quoted(std::string& out, std::string_view text, bool ascii) {
  out += '"';
  size_t plain = 0;  // start of the run that needs no change
  for (size_t at = plain_end(text, 0); at < text.size(); at = plain_end(text, at)) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == 0x7f && !ascii) {
      ++at;
      continue;
    }
    out += text.substr(plain, at - plain);
    size_t length = 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (c < 0x20 || c == 0x7f) {
          append_unicode_escape(out, c);
        } else {
          const Decoded decoded = decode(text, at);
          append_character(out, text, decoded, at, ascii);
          length = decoded.length;
        }
    }
    at += length;
    plain = at;
  }
  out += text.substr(plain);
  out += '"';
}

}  // namespace

void JsonWriter::newline() {
  out_ += '\n';
  out_.append(nesting_.size() * static_cast<size_t>(style_.indent), ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (nesting_.empty()) return;
  if (!first_) out_ += style_.spaced && style_.indent == 0 ? ", " : ",";
  if (style_.indent > 0) newline();
  first_ = false;
}

void JsonWriter::begin_object() {
  before_value();
  out_ += '{';
  nesting_ += 'o';
  first_ = true;
}

void JsonWriter::begin_array() {
  before_value();
  out_ += '[';
  nesting_ += 'a';
  first_ = true;
}

void JsonWriter::end_object() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  out_ += '}';
  first_ = false;
}

void JsonWriter::end_array() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  out_ += ']';
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  before_value();
  append_quoted(out_, name, style_.ascii);
  out_ += style_.spaced || style_.indent > 0 ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  before_value();
  append_quoted(out_, text, style_.ascii);
}

void JsonWriter::integer(int64_t number) {
  before_value();
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, end);
}

void JsonWriter::floating(double number) {
  before_value();
  if (std::isnan(number))
    out_ += "NaN";
  else if (std::isinf(number))
    out_ += number > 0 ? "Infinity" : "-Infinity";
  else
    out_ += format_double(number);
}

void JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json;
}

std::string format_double(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (number == 0) return std::signbit(number) ? "-0.0" : "0.0";
  char buffer[64];
  const char* end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  const char* e = static_cast<const char*>(std::memchr(buffer, 'e', static_cast<size_t>(end - buffer)));
  int exponent = 0;
  std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
  if (exponent < -4 || exponent >= 16) {
    return fmt::format("{}e{}{:02}", std::string_view(buffer, static_cast<size_t>(e - buffer)),
                       exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
  }
  end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed).ptr;
  std::string out(buffer, static_cast<size_t>(end - buffer));
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

}  // namespace modelc
