#include "jinja/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "jinja/unicode_tables.h"

namespace modelc::jinja::unicode {
namespace {

template <size_t N>
bool in_ranges(const Range (&ranges)[N], uint32_t c) {
  auto it =
      std::upper_bound(std::begin(ranges), std::end(ranges), c, [](uint32_t x, const Range& r) { return x < r.first; });
  return it != std::begin(ranges) && c <= std::prev(it)->last;
}

template <size_t N>
const Mapping* find_mapping(const Mapping (&mappings)[N], uint32_t c) {
  auto it = std::lower_bound(std::begin(mappings), std::end(mappings), c,
                             [](const Mapping& m, uint32_t x) { return m.from < x; });
  return it != std::end(mappings) && it->from == c ? it : nullptr;
}

utf8proc_category_t category(uint32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool is_letter(utf8proc_category_t k) { return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO; }

void append_mapping(std::string& out, const Mapping& mapping) {
  for (uint32_t c : mapping.to) {
    if (c) append(out, c);
  }
}

void append_upper(std::string& out, uint32_t c) {
  if (c < 0x80)
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  else if (const Mapping* m = find_mapping(kUpper, c))
    append_mapping(out, *m);
  else
    append(out, static_cast<uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
}

void append_title(std::string& out, uint32_t c) {
  if (c < 0x80)
    append_upper(out, c);
  else if (const Mapping* m = find_mapping(kTitle, c))
    append_mapping(out, *m);
  else
    append(out, static_cast<uint32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(c))));
}

// Case-ignorable characters stand between a sigma and the letters that decide its form.
bool is_case_ignorable(uint32_t c) {
  switch (category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return c == '\'' || c == '.' || c == ':' || c == 0xb7 || c == 0x387 || c == 0x2018 || c == 0x2019 ||
             c == 0x2024 || c == 0x2027 || c == 0xfe13 || c == 0xfe52 || c == 0xfe55 || c == 0xff07 || c == 0xff0e ||
             c == 0xff1a;
  }
}

bool is_final_sigma(std::string_view text, size_t begin, size_t end) {
  bool cased_before = false;
  for (size_t at = begin; at > 0;) {
    at = previous(text, at);
    size_t behind = at;
    uint32_t c = next(text, behind);
    if (is_case_ignorable(c)) continue;
    cased_before = is_cased(c);
    break;
  }
  if (!cased_before) return false;
  for (size_t at = end; at < text.size();) {
    uint32_t c = next(text, at);
    if (!is_case_ignorable(c)) return !is_cased(c);
  }
  return true;
}

void append_lower(std::string& out, std::string_view text, uint32_t c, size_t begin, size_t end) {
  if (c < 0x80)
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  else if (c == 0x130)
    out += "i\xcc\x87";
  else if (c == 0x3a3)
    append(out, is_final_sigma(text, begin, end) ? 0x3c2 : 0x3c3);
  else
    append(out, static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

}  // namespace

bool is_ascii(std::string_view text) {
  const char* p = text.data();
  size_t n = text.size();
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    if (word & 0x8080808080808080ULL) return false;
  }
  for (; n > 0; ++p, --n) {
    if (static_cast<unsigned char>(*p) >= 0x80) return false;
  }
  return true;
}

uint32_t next(std::string_view text, size_t& at) {
  auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    ++at;
    return first;
  }
  size_t count = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (count == 0 || first >= 0xf5 || at + count > text.size()) {
    ++at;
    return 0xfffd;
  }
  uint32_t c = first & (0xffu >> (count + 1));
  for (size_t i = 1; i < count; ++i) {
    auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xc0) != 0x80) {
      ++at;
      return 0xfffd;
    }
    c = c << 6 | (byte & 0x3f);
  }
  bool overlong = (count == 3 && c < 0x800) || (count == 4 && c < 0x10000);
  if (overlong || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
    ++at;
    return 0xfffd;
  }
  at += count;
  return c;
}

size_t length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  size_t n = 0;
  for (size_t at = 0; at < text.size(); ++n) next(text, at);
  return n;
}

void append(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

size_t offset_of(std::string_view text, size_t index) {
  size_t at = 0;
  while (index > 0 && at < text.size()) {
    next(text, at);
    --index;
  }
  return at;
}

std::string_view substring(std::string_view text, size_t first, size_t last) {
  if (is_ascii(text)) {
    first = std::min(first, text.size());
    return text.substr(first, std::min(last, text.size()) - first);
  }
  size_t begin = offset_of(text, first);
  std::string_view rest = text.substr(begin);
  return rest.substr(0, offset_of(rest, last - first));
}

size_t previous(std::string_view text, size_t end) {
  size_t at = end - 1;
  for (size_t back = 0; back < 3 && at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; ++back) --at;
  size_t behind = at;
  next(text, behind);
  return behind == end ? at : end - 1;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) out += static_cast<char32_t>(next(text, at));
  return out;
}

std::string encode(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char32_t c : text) append(out, c);
  return out;
}

std::string upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) append_upper(out, next(text, at));
  return out;
}

std::string lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    uint32_t c = next(text, at);
    append_lower(out, text, c, begin, at);
  }
  return out;
}

std::string title(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool after_cased = false;
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    uint32_t c = next(text, at);
    if (after_cased)
      append_lower(out, text, c, begin, at);
    else
      append_title(out, c);
    after_cased = is_cased(c);
  }
  return out;
}

std::string capitalize(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    uint32_t c = next(text, at);
    if (begin == 0)
      append_title(out, c);
    else
      append_lower(out, text, c, begin, at);
  }
  return out;
}

std::string swapcase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    uint32_t c = next(text, at);
    if (is_upper(c))
      append_lower(out, text, c, begin, at);
    else if (is_lower(c))
      append_upper(out, c);
    else
      append(out, c);
  }
  return out;
}

std::string casefold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t folded[8];
    int last_class = 0;
    auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(next(text, at)), folded, 8, UTF8PROC_CASEFOLD,
                                         &last_class);
    for (utf8proc_ssize_t i = 0; i < count; ++i) append(out, static_cast<uint32_t>(folded[i]));
  }
  return out;
}

bool is_alpha(uint32_t c) {
  if (c < 0x80) return (c | 32) >= 'a' && (c | 32) <= 'z';
  return is_letter(category(c));
}

bool is_decimal(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return category(c) == UTF8PROC_CATEGORY_ND;
}

bool is_digit(uint32_t c) { return is_decimal(c) || (c >= 0x80 && in_ranges(kDigits, c)); }

bool is_numeric(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  auto k = category(c);
  return k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_NO || in_ranges(kNumerics, c);
}

bool is_space(uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f);
  auto k = category(c);
  return c == 0x85 || k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL || k == UTF8PROC_CATEGORY_ZP;
}

bool is_printable(uint32_t c) {
  if (c < 0x80) return c >= 32 && c < 127;
  switch (category(c)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

bool is_lower(uint32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  return category(c) == UTF8PROC_CATEGORY_LL || in_ranges(kLowers, c);
}

bool is_upper(uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return category(c) == UTF8PROC_CATEGORY_LU || in_ranges(kUppers, c);
}

bool is_titlecase(uint32_t c) { return c >= 0x80 && category(c) == UTF8PROC_CATEGORY_LT; }

bool is_identifier_start(uint32_t c) {
  if (c < 0x80) return is_alpha(c) || c == '_';
  auto k = category(c);
  return (is_letter(k) || k == UTF8PROC_CATEGORY_NL) != in_ranges(kStartFlips, c);
}

bool is_identifier_part(uint32_t c) {
  if (c < 0x80) return is_alpha(c) || c == '_' || (c >= '0' && c <= '9');
  auto k = category(c);
  bool by_category = is_letter(k) || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_MN ||
                     k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_PC;
  return by_category != in_ranges(kContinueFlips, c);
}

int decimal_value(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9' ? static_cast<int>(c - '0') : -1;
  if (!is_decimal(c)) return -1;
  // Decimal digits of a script stand in runs of ten, zero first.
  if (c >= 0x1d7ce && c <= 0x1d7ff) return static_cast<int>((c - 0x1d7ce) % 10);
  uint32_t zero = c;
  while (c - zero < 9 && is_decimal(zero - 1)) --zero;
  return static_cast<int>(c - zero);
}

}  // namespace modelc::jinja::unicode
