// Regular expressions with Python's syntax and meaning, on PCRE2.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelc::jinja {

/// Python's flag values.
enum RegexFlag : uint32_t {
  kRegexIgnoreCase = 2,
  kRegexLocale = 4,
  kRegexMultiline = 8,
  kRegexDotAll = 16,
  kRegexUnicode = 32,
  kRegexVerbose = 64,
  kRegexDebug = 128,
  kRegexAscii = 256,
};

/// Byte ranges of a match: group 0 is the whole; kNoGroup marks groups that took no part.
struct RegexMatch {
  static constexpr size_t kNoGroup = static_cast<size_t>(-1);
  std::vector<std::pair<size_t, size_t>> groups;
  size_t last_group = 0;  ///< number of the last matched group that was closed, 0 = none
  size_t begin() const { return groups[0].first; }
  size_t end() const { return groups[0].second; }
};

enum class RegexAnchor { none, start, both };

/// An immutable compiled pattern; any thread may match with it.
class Regex {
 public:
  /// Throws Error{compilation, "jinja/bad-regex"} with Python's wording where there is one. Compiled patterns are
  /// shared through a small cache.
  static std::shared_ptr<const Regex> compile(std::string_view pattern, uint32_t flags = 0);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  /// Looks for a match at or behind byte `start`. `not_empty_at_start` refuses an empty one right there. Throws
  /// Error{"jinja/limit-regex"} when it takes more than a million steps.
  bool match(std::string_view subject, size_t start, RegexAnchor anchor, bool not_empty_at_start,
             RegexMatch& result) const;
  /// All matches as re.finditer finds them, from byte `start`; at most `limit` of them unless it is 0.
  std::vector<RegexMatch> find_all(std::string_view subject, size_t start = 0, size_t limit = 0) const;

  const std::string& pattern() const { return pattern_; }
  uint32_t flags() const { return flags_; }  ///< as Python reports them
  size_t group_count() const { return group_count_; }
  /// Names with their numbers, in order of number.
  const std::vector<std::pair<std::string, size_t>>& names() const { return names_; }

 private:
  Regex() = default;
  std::string pattern_;
  uint32_t flags_ = 0;
  void* code_ = nullptr;  // pcre2_code*
  size_t group_count_ = 0;
  std::vector<size_t> close_order_;  // of each group, by where its parenthesis closes
  std::vector<std::pair<std::string, size_t>> names_;
};

/// re.escape.
std::string escape_regex(std::string_view text);

}  // namespace modelc::jinja
