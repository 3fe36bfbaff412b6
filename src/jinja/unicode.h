// UTF-8 text as Python sees it: code points, case mapping, character classes. Invalid bytes count as U+FFFD, one each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelc::jinja::unicode {

bool is_ascii(std::string_view text);
size_t length(std::string_view text);  ///< in code points
/// The code point at `text[at]`, and `at` moved behind it.
uint32_t next(std::string_view text, size_t& at);
void append(std::string& out, uint32_t code_point);
/// The byte where code point `index` begins; the text's size when there are no more.
size_t offset_of(std::string_view text, size_t index);
/// Code points [first, last) of a text.
std::string_view substring(std::string_view text, size_t first, size_t last);
/// Where the last code point of text[0, end) begins; `end` is not 0.
size_t previous(std::string_view text, size_t end);
std::u32string decode(std::string_view text);
std::string encode(std::u32string_view text);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swapcase(std::string_view text);
std::string casefold(std::string_view text);

bool is_alpha(uint32_t c);
bool is_decimal(uint32_t c);
bool is_digit(uint32_t c);
bool is_numeric(uint32_t c);
inline bool is_alnum(uint32_t c) { return is_alpha(c) || is_decimal(c) || is_digit(c) || is_numeric(c); }
bool is_space(uint32_t c);
bool is_printable(uint32_t c);
bool is_lower(uint32_t c);
bool is_upper(uint32_t c);
bool is_titlecase(uint32_t c);
inline bool is_cased(uint32_t c) { return is_lower(c) || is_upper(c) || is_titlecase(c); }
bool is_identifier_start(uint32_t c);
bool is_identifier_part(uint32_t c);
/// The value of a decimal digit of any script, or -1.
int decimal_value(uint32_t c);

}  // namespace modelc::jinja::unicode
