#include "base/text.h"

#include <cstdint>
#include <cstring>

namespace modelc {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Bytes of the UTF-8 character that starts at `at`; invalid bytes count as one.
size_t character_length(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const size_t length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return std::min(length, text.size() - at);
}

/// The position after the "]" of the set that opens at `at`, or npos when it is never closed.
size_t set_end(std::string_view pattern, size_t at) {
  size_t p = at + 1;
  if (p < pattern.size() && pattern[p] == '!') ++p;
  if (p < pattern.size() && pattern[p] == ']') ++p;
  const size_t close = pattern.find(']', p);
  return close == std::string_view::npos ? close : close + 1;
}

/// `set` is what stands between the brackets.
bool in_set(std::string_view character, std::string_view set) {
  const bool negated = !set.empty() && set[0] == '!';
  if (negated) set.remove_prefix(1);
  for (size_t at = 0; at < set.size();) {
    const size_t low_length = character_length(set, at);
    const std::string_view low = set.substr(at, low_length);
    at += low_length;
    std::string_view high = low;
    if (at + 1 < set.size() && set[at] == '-') {
      const size_t high_length = character_length(set, at + 1);
      high = set.substr(at + 1, high_length);
      at += 1 + high_length;
    }
    if (low <= character && character <= high) return !negated;  // UTF-8 sorts bytewise as its code points do
  }
  return negated;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> split_whitespace(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    parts.push_back(text.substr(begin, at - begin));
  }
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i) out += separator;
    out += parts[i];
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = upper(c);
  return out;
}

bool equals_ignore_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string out;
  for (;;) {
    const size_t at = text.find(from);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += to;
    text.remove_prefix(at + from.size());
  }
}

std::string indent(std::string_view text, std::string_view prefix) {
  std::string out;
  for (;;) {
    const size_t newline = text.find('\n');
    out += prefix;
    out += text.substr(0, newline);
    if (newline == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(newline + 1);
  }
}

bool fnmatch(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0;
  size_t star_pattern = std::string_view::npos, star_text = 0;  // where to resume after the last '*'
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star_pattern = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && t < text.size()) {
      const size_t length = character_length(text, t);
      const size_t close = pattern[p] == '[' ? set_end(pattern, p) : std::string_view::npos;
      if (close != std::string_view::npos) {
        if (in_set(text.substr(t, length), pattern.substr(p + 1, close - p - 2))) {
          t += length;
          p = close;
          continue;
        }
      } else if (pattern[p] == '?') {
        t += length;
        ++p;
        continue;
      } else if (pattern[p] == text[t]) {
        ++t;
        ++p;
        continue;
      }
    }
    if (star_pattern == std::string_view::npos || star_text >= text.size()) return false;
    star_text += character_length(text, star_text);
    t = star_text;
    p = star_pattern;
  }
  return true;
}

bool has_glob(std::string_view pattern) { return pattern.find_first_of("*?[") != std::string_view::npos; }

bool is_valid_utf8(std::string_view text) {
  auto continuation = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  for (size_t at = 0; at < text.size();) {
    uint64_t eight;
    if (at + sizeof eight <= text.size()) {  // most texts are ASCII for long stretches
      memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      continue;
    }
    const size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (byte < 0xc2 || byte > 0xf4) return false;
    for (size_t i = 1; i < length; ++i) {
      if (!continuation(at + i)) return false;
    }
    const auto second = static_cast<unsigned char>(text[at + 1]);
    const bool overlong = (byte == 0xe0 && second < 0xa0) || (byte == 0xf0 && second < 0x90);
    const bool surrogate = byte == 0xed && second >= 0xa0;
    const bool too_large = byte == 0xf4 && second >= 0x90;
    if (overlong || surrogate || too_large) return false;
    at += length;
  }
  return true;
}

}  // namespace modelc
