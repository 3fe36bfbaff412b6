// Python's regular expression syntax rewritten as PCRE2's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelc::jinja {

/// The same expression for PCRE2. Inline flags at the start, as (?ai), are added to `flags`. What only PCRE2 knows
/// (verbs, recursion, \Q) is refused as Python refuses it: Error{compilation, "jinja/bad-regex"}.
std::string translate_regex(std::string_view pattern, uint32_t& flags);

[[noreturn]] void regex_error(const std::string& message, std::string_view pattern, size_t byte_offset);

}  // namespace modelc::jinja
