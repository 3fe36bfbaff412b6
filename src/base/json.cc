#include "base/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace modelc {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_unicode_escape(std::string& out, uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits[(unit >> shift) & 15];
}

/// Decodes one code point at text[i]; advances i. Malformed bytes give U+FFFD, one byte at a time.
uint32_t decode_utf8(std::string_view text, size_t& i) {
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char lead = byte(i);
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  static constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (length == 0 || lead > 0xF4 || i + length > text.size()) {
    ++i;
    return 0xFFFD;
  }
  uint32_t point = lead & (0xFF >> (length + 1));
  for (size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) {
      ++i;
      return 0xFFFD;
    }
    point = point << 6 | (byte(i + k) & 0x3F);
  }
  if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
    ++i;
    return 0xFFFD;
  }
  i += length;
  return point;
}

void append_utf8(std::string& out, uint32_t point) {
  if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      out += static_cast<char>(0xE0 | point >> 12);
    } else {
      out += static_cast<char>(0xF0 | point >> 18);
      out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    }
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (point & 0x3F));
}

constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> table{};
  for (int c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  table[0x7F] = true;
  return table;
}();

void append_escaped(std::string& out, std::string_view text, bool ascii) {
  size_t i = 0;
  while (i < text.size()) {
    const size_t begin = i;
    while (i < text.size() && plain_bytes[static_cast<unsigned char>(text[i])]) ++i;
    out.append(text, begin, i - begin);
    if (i == text.size()) break;
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const uint32_t point = decode_utf8(text, i);
      if (!ascii) {
        append_utf8(out, point);
      } else if (point >= 0x10000) {
        append_unicode_escape(out, 0xD800 + ((point - 0x10000) >> 10));
        append_unicode_escape(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
      } else {
        append_unicode_escape(out, point);
      }
      continue;
    }
    ++i;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default: append_unicode_escape(out, c);
    }
  }
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

void JsonWriter::end_object() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  out_ += '}';
  first_ = false;
}

void JsonWriter::begin_array() {
  before_value();
  out_ += '[';
  nesting_ += 'a';
  first_ = true;
}

void JsonWriter::end_array() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  out_ += ']';
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  string(name);
  out_ += style_.spaced || style_.indent > 0 ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  before_value();
  out_ += '"';
  append_escaped(out_, text, style_.ascii);
  out_ += '"';
}

void JsonWriter::integer(int64_t number) {
  before_value();
  char buffer[24];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

void JsonWriter::floating(double number) {
  before_value();
  if (std::isnan(number)) out_ += "NaN";
  else if (std::isinf(number)) out_ += number < 0 ? "-Infinity" : "Infinity";
  else out_ += format_double(number);
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
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  char buffer[64];
  const double magnitude = std::fabs(number);
  // Python switches to an exponent below 1e-4 and from 1e16 on.
  const bool fixed = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, fixed ? std::chars_format::fixed : std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  if (fixed && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace modelc
