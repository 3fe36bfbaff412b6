#include "jinja/html.h"

#include <algorithm>
#include <iterator>

#include "jinja/html_entities.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace modelc::jinja {
namespace {

constexpr size_t kLongestName = 32;

const HtmlEntity* find_entity(std::string_view name) {
  auto it = std::lower_bound(std::begin(kHtmlEntities), std::end(kHtmlEntities), name,
                             [](const HtmlEntity& e, std::string_view n) { return e.name < n; });
  return it != std::end(kHtmlEntities) && it->name == name ? it : nullptr;
}

/// What browsers make of the numbers that Windows-1252 gives to other characters.
uint32_t windows_character(uint32_t number) {
  constexpr uint32_t table[] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
                                0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
  return table[number - 0x80];
}

bool is_noncharacter(uint32_t c) {
  bool control = (c >= 1 && c <= 8) || (c >= 0xb && c <= 0x1f && c != 0xc && c != 0xd) || c == 0x7f;
  return control || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

void append_numeric(std::string& out, uint32_t number) {
  if (number == 0 || number > 0x10ffff || (number >= 0xd800 && number < 0xe000))
    unicode::append(out, 0xfffd);
  else if (number == 0xd)
    out += '\r';
  else if (number >= 0x80 && number < 0xa0)
    unicode::append(out, windows_character(number));
  else if (!is_noncharacter(number))
    unicode::append(out, number);
}

/// Reads "#38;" or "#x26;" at `at`; false when there are no digits.
bool read_numeric(std::string_view text, size_t& at, std::string& out) {
  size_t i = at + 1;
  bool hex = i < text.size() && (text[i] == 'x' || text[i] == 'X');
  if (hex) ++i;
  uint32_t number = 0;
  size_t begin = i;
  for (; i < text.size(); ++i) {
    char c = text[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : hex && (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (digit < 0) break;
    number = std::min<uint32_t>(number * (hex ? 16 : 10) + static_cast<uint32_t>(digit), 0x7000000);
  }
  if (i == begin) return false;
  if (i < text.size() && text[i] == ';') ++i;
  append_numeric(out, number);
  at = i;
  return true;
}

bool read_named(std::string_view text, size_t& at, std::string& out) {
  size_t end = at;
  constexpr std::string_view stops = "\t\n\f <&#;";
  for (size_t points = 0; end < text.size() && points < kLongestName && stops.find(text[end]) == std::string_view::npos;
       ++points) {
    unicode::next(text, end);
  }
  if (end == at) return false;
  if (end < text.size() && text[end] == ';') ++end;
  for (size_t length = end - at; length > 1; --length) {
    if (const HtmlEntity* entity = find_entity(text.substr(at, length))) {
      out += entity->text;
      at += length;
      return true;
    }
  }
  return false;
}

}  // namespace

std::string unescape_html(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t mark = std::min(text.find('&', at), text.size());
    out += text.substr(at, mark - at);
    at = mark;
    if (at >= text.size()) break;
    size_t behind = at + 1;
    bool numeric = behind < text.size() && text[behind] == '#';
    if (numeric ? read_numeric(text, behind, out) : read_named(text, behind, out)) {
      at = behind;
    } else {
      out += '&';
      ++at;
    }
  }
  return out;
}

std::string strip_tags(std::string_view text) {
  std::string kept;
  size_t at = 0;
  for (size_t start = text.find('<'); start != std::string_view::npos; start = text.find('<', at)) {
    bool comment = text.substr(start).starts_with("<!--");
    size_t end = text.find(comment ? "-->" : ">", comment ? start + 4 : start);
    if (end == std::string_view::npos) break;
    kept += text.substr(at, start - at);
    at = end + (comment ? 3 : 1);
  }
  kept += text.substr(at);
  std::string folded;
  for (const Value& word : split_text(Value(kept), std::nullopt, -1)) {
    if (!folded.empty()) folded += ' ';
    folded += word.as_string();
  }
  return unescape_html(folded);
}

}  // namespace modelc::jinja
