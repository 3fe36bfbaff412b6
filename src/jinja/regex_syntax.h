// Python's regular expression syntax rewritten as PCRE2's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::jinja {

/// The same expression for PCRE2. Inline flags at the start, as (?ai), are added to `flags`. What only PCRE2 knows
/// (verbs, recursion, \Q) is refused as Python refuses it: Error{compilation, "jinja/bad-regex"}.
/// `close_order` gets each group's rank by where its parenthesis closes; group 0 has none.
std::string translate_regex(std::string_view pattern, uint32_t& flags, std::vector<size_t>& close_order);

[[noreturn]] void regex_error(const std::string& message, std::string_view pattern, size_t byte_offset);

}  // namespace modelc::jinja
