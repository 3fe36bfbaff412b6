// Small text helpers that several folders need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelc {

std::vector<std::string_view> split(std::string_view text, char separator);
/// Splits on runs of blanks; no empty parts.
std::vector<std::string_view> split_whitespace(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);  ///< ASCII white space on both sides
std::string to_lower(std::string_view text);   ///< ASCII
std::string to_upper(std::string_view text);   ///< ASCII
bool equals_ignore_case(std::string_view a, std::string_view b);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
/// Puts `prefix` before every line of `text`.
std::string indent(std::string_view text, std::string_view prefix);
/// Python's fnmatch.fnmatchcase: '*', '?', '[seq]', '[!seq]'; '*' crosses '/'.
bool fnmatch(std::string_view text, std::string_view pattern);
bool has_glob(std::string_view pattern);  ///< contains one of '*', '?', '['
bool is_valid_utf8(std::string_view text);

}  // namespace modelc
