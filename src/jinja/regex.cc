#include "jinja/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "base/diagnostic.h"
#include "jinja/regex_syntax.h"
#include "jinja/unicode.h"

namespace modelc::jinja {
namespace {

constexpr uint32_t kMatchLimit = 1'000'000;
constexpr uint32_t kHeapLimitKib = 64 * 1024;
constexpr size_t kCacheSize = 256;

const pcre2_code* as_code(const void* code) { return static_cast<const pcre2_code*>(code); }

/// One per thread: match data is grown as patterns need it.
struct Scratch {
  pcre2_match_context* context = nullptr;
  pcre2_match_data* data = nullptr;
  uint32_t pairs = 0;
  ~Scratch() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
  }
  void prepare(uint32_t needed) {
    if (!context) {
      context = pcre2_match_context_create(nullptr);
      pcre2_set_match_limit(context, kMatchLimit);
      pcre2_set_heap_limit(context, kHeapLimitKib);
    }
    if (pairs >= needed) return;
    pcre2_match_data_free(data);
    data = pcre2_match_data_create(needed, nullptr);
    pairs = needed;
  }
};
thread_local Scratch scratch;

std::string library_message(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

std::string python_message(int code) {
  switch (code) {
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
      return "missing ), unterminated subpattern";
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
      return "unbalanced parenthesis";
    case PCRE2_ERROR_QUANTIFIER_INVALID:
      return "nothing to repeat";
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET:
      return "unterminated character set";
    case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
      return "look-behind requires fixed-width pattern";
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE:
      return "invalid group reference";
    case PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER:
      return "min repeat greater than max repeat";
    case PCRE2_ERROR_CLASS_RANGE_ORDER:
      return "bad character range";
    case PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME:
      return "redefinition of group name";
    default:
      return library_message(code);
  }
}

uint32_t options_of(uint32_t flags) {
  uint32_t options = PCRE2_MATCH_INVALID_UTF | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
  if (!(flags & kRegexAscii)) options |= PCRE2_UCP;
  if (flags & kRegexIgnoreCase) options |= PCRE2_CASELESS;
  if (flags & kRegexMultiline) options |= PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX;
  if (flags & kRegexDotAll) options |= PCRE2_DOTALL;
  if (flags & kRegexVerbose) options |= PCRE2_EXTENDED;
  return options;
}

std::vector<std::pair<std::string, size_t>> read_names(const pcre2_code* code) {
  uint32_t count = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  std::vector<std::pair<std::string, size_t>> names;
  for (uint32_t i = 0; i < count; ++i) {
    PCRE2_SPTR entry = table + i * entry_size;
    names.emplace_back(reinterpret_cast<const char*>(entry + 2), static_cast<size_t>(entry[0]) << 8 | entry[1]);
  }
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return names;
}

}  // namespace

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

std::shared_ptr<const Regex> Regex::compile(std::string_view pattern, uint32_t flags) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const Regex>> cache;
  std::string key = fmt::format("{}:{}", flags, pattern);
  {
    std::lock_guard lock(mutex);
    if (auto it = cache.find(key); it != cache.end()) return it->second;
  }
  std::shared_ptr<Regex> regex(new Regex());
  regex->pattern_ = std::string(pattern);
  std::string translated = translate_regex(pattern, flags, regex->close_order_);
  if ((flags & kRegexAscii) && (flags & kRegexUnicode)) {
    throw Error(ErrorKind::compilation, "jinja/bad-regex", "ASCII and UNICODE flags are incompatible");
  }
  regex->flags_ = flags & kRegexAscii ? flags : flags | kRegexUnicode;
  int error = 0;
  PCRE2_SIZE offset = 0;
  regex->code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(), options_of(flags),
                               &error, &offset, nullptr);
  if (!regex->code_) {
    regex_error(python_message(error), pattern, std::min<size_t>(offset, pattern.size()));
  }
  uint32_t groups = 0;
  pcre2_pattern_info(as_code(regex->code_), PCRE2_INFO_CAPTURECOUNT, &groups);
  regex->group_count_ = groups;
  regex->close_order_.resize(groups + 1);
  regex->names_ = read_names(as_code(regex->code_));
  std::lock_guard lock(mutex);
  if (cache.size() >= kCacheSize) cache.clear();
  cache.emplace(std::move(key), regex);
  return regex;
}

bool Regex::match(std::string_view subject, size_t start, RegexAnchor anchor, bool not_empty_at_start,
                  RegexMatch& result) const {
  if (start > subject.size()) return false;
  if (!subject.data()) subject = std::string_view("", 0);
  scratch.prepare(static_cast<uint32_t>(group_count_ + 1));
  uint32_t options = anchor == RegexAnchor::none ? 0 : PCRE2_ANCHORED;
  if (anchor == RegexAnchor::both) options |= PCRE2_ENDANCHORED;
  if (not_empty_at_start) options |= PCRE2_NOTEMPTY_ATSTART;
  int count = pcre2_match(as_code(code_), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), start, options,
                          scratch.data, scratch.context);
  if (count == PCRE2_ERROR_NOMATCH) return false;
  if (count < 0) {
    throw Error(ErrorKind::compilation, "jinja/limit-regex",
                fmt::format("the regular expression '{}' takes too many steps ({})", pattern_, library_message(count)),
                {}, "nested repeats such as (a+)+ take exponential time");
  }
  const PCRE2_SIZE* pairs = pcre2_get_ovector_pointer(scratch.data);
  result.groups.assign(group_count_ + 1, {RegexMatch::kNoGroup, RegexMatch::kNoGroup});
  result.last_group = 0;
  auto closes_later = [&](size_t a, size_t b) { return close_order_[a] > close_order_[b]; };
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    if (pairs[2 * i] == PCRE2_UNSET) continue;
    result.groups[i] = {pairs[2 * i], pairs[2 * i + 1]};
    if (i == 0) continue;
    size_t last_end = result.last_group ? result.groups[result.last_group].second : 0;
    size_t end = pairs[2 * i + 1];
    if (!result.last_group || end > last_end || (end == last_end && closes_later(i, result.last_group)))
      result.last_group = i;
  }
  return true;
}

std::vector<RegexMatch> Regex::find_all(std::string_view subject, size_t start, size_t limit) const {
  std::vector<RegexMatch> found;
  bool not_empty = false;
  RegexMatch one;
  while (start <= subject.size() && match(subject, start, RegexAnchor::none, not_empty, one)) {
    start = one.end();
    not_empty = one.begin() == one.end();
    found.push_back(one);
    if (limit > 0 && found.size() >= limit) break;
  }
  return found;
}

std::string escape_regex(std::string_view text) {
  constexpr std::string_view special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace modelc::jinja
