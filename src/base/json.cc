#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
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

/// The first character of UTF-8; invalid bytes give U+FFFD, one at a time.
Decoded decode(std::string_view text) {
  constexpr Decoded kInvalid{0xFFFD, 1};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || length > text.size()) return kInvalid;
  uint32_t code = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kInvalid;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return kInvalid;
  return {code, length};
}

std::string unicode_escape(uint32_t code_point) {
  if (code_point < 0x10000) return fmt::format("\\u{:04x}", code_point);
  const uint32_t above = code_point - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (above >> 10), 0xdc00 + (above & 0x3ff));
}

/// How the first character of `text`, which is not plain, stands in JSON.
std::string escape(std::string_view text, const Decoded& c, bool ascii) {
  switch (c.code_point) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case 0xFFFD:
      return ascii ? unicode_escape(c.code_point) : "\xEF\xBF\xBD";
    default:
      return ascii || c.code_point < 0x20 ? unicode_escape(c.code_point) : std::string(text.substr(0, c.length));
  }
}

/// Bytes that stand in a JSON string as they are, also in ASCII style.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// Whether one of eight bytes is none that kPlain has: each test sets the high bit of the bytes that it is about (the
/// borrow of a subtraction may blame a neighbour too, which costs a second look and no more).
bool any_special(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const auto zero_bytes = [](uint64_t word) { return (word - kOnes) & ~word; };
  const uint64_t controls = (bytes - kOnes * 0x20) | (bytes + kOnes);
  return ((bytes | controls | zero_bytes(bytes ^ kOnes * '"') | zero_bytes(bytes ^ kOnes * '\\')) & kOnes * 0x80) != 0;
}

/// Copies what needs no change from the start of `text`; `to` has room for all of it. Returns how many bytes those are.
size_t copy_plain(std::string_view text, char* to) {
  const auto copied = [&](size_t at) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if (any_special(bytes)) return false;
    std::memcpy(to + at, &bytes, sizeof bytes);
    return true;
  };
  size_t at = 0;
  if (text.size() >= sizeof(uint64_t)) {
    const size_t last = text.size() - sizeof(uint64_t);
    while (at < last && copied(at)) at += sizeof(uint64_t);
    if (at >= last && copied(last)) return text.size();
  }
  for (; at < text.size() && kPlain[static_cast<unsigned char>(text[at])]; ++at) to[at] = text[at];
  return at;
}

}  // namespace

void JsonWriter::grow(size_t bytes) { out_.resize(std::max({out_.size() * 2, size_ + bytes, size_t{256}})); }

void JsonWriter::append(std::string_view text) {
  std::memcpy(room(text.size()), text.data(), text.size());
  size_ += text.size();
}

void JsonWriter::append_quoted(std::string_view text) {
  char* to = room(text.size() + 2);
  *to = '"';
  const size_t plain = copy_plain(text, to + 1);
  size_ += plain + 1;
  if (plain < text.size()) append_escaped(text.substr(plain));
  *room(1) = '"';
  ++size_;
}

void JsonWriter::append_escaped(std::string_view text) {
  while (!text.empty()) {
    const Decoded character = decode(text);
    append(escape(text, character, style_.ascii));
    text.remove_prefix(character.length);
    const size_t plain = copy_plain(text, room(text.size()));
    size_ += plain;
    text.remove_prefix(plain);
  }
}

std::string JsonWriter::take() {
  out_.resize(size_);
  return std::move(out_);
}

void JsonWriter::newline() {
  append("\n");
  const size_t width = nesting_.size() * static_cast<size_t>(style_.indent);
  std::memset(room(width), ' ', width);
  size_ += width;
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (nesting_.empty()) return;
  char* to = room(2);
  if (!first_) {
    *to++ = ',';
    if (style_.spaced && style_.indent == 0) *to++ = ' ';
    size_ = static_cast<size_t>(to - out_.data());
  }
  if (style_.indent > 0) newline();
  first_ = false;
}

void JsonWriter::begin_object() {
  before_value();
  append("{");
  nesting_ += 'o';
  first_ = true;
}

void JsonWriter::begin_array() {
  before_value();
  append("[");
  nesting_ += 'a';
  first_ = true;
}

void JsonWriter::end_object() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  append("}");
  first_ = false;
}

void JsonWriter::end_array() {
  nesting_.pop_back();
  if (style_.indent > 0 && !first_) newline();
  append("]");
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  before_value();
  append_quoted(name);
  append(style_.spaced || style_.indent > 0 ? ": " : ":");
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  before_value();
  append_quoted(text);
}

void JsonWriter::integer(int64_t number) {
  before_value();
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  append({buffer, static_cast<size_t>(end - buffer)});
}

void JsonWriter::floating(double number) {
  before_value();
  if (std::isnan(number))
    append("NaN");
  else if (std::isinf(number))
    append(number > 0 ? "Infinity" : "-Infinity");
  else
    append(format_double(number));
}

void JsonWriter::boolean(bool value) {
  before_value();
  append(value ? "true" : "false");
}

void JsonWriter::null() {
  before_value();
  append("null");
}

void JsonWriter::raw(std::string_view json) {
  before_value();
  append(json);
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
