#include "base/yaml_guard.h"

#include <fmt/format.h>

#include "base/text.h"

namespace modelc::yaml_detail {
namespace {

/// Bytes of the character at `at` by its first byte.
size_t character_length(std::string_view text, size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

}  // namespace

std::optional<Problem> check_characters(std::string_view text) {
  bool ascii = true;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) ascii = false;
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
      return Problem{fmt::format("unacceptable character #x{:04x}: control characters are not allowed", c), at, at + 1};
    }
  }
  if (ascii) return std::nullopt;
  if (!is_valid_utf8(text)) {
    size_t low = 0;
    while (is_valid_utf8(text.substr(low, character_length(text, low)))) low += character_length(text, low);
    return Problem{"invalid UTF-8", low, low + 1};
  }
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const auto a = static_cast<unsigned char>(text[at]), b = static_cast<unsigned char>(text[at + 1]);
    if (a == 0xc2 && b < 0xa0 && b != 0x85) {
      return Problem{fmt::format("unacceptable character #x{:04x}: control characters are not allowed", b), at, at + 2};
    }
  }
  return std::nullopt;
}

std::optional<Problem> check_structure(std::string_view, const YamlNode&) { return std::nullopt; }

}  // namespace modelc::yaml_detail
