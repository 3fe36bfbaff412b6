// Regular expressions with Python's syntax, on the template engine's own matcher: one dialect in templates and in SQL.
// A null argument gives null.
#include <memory>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "jinja/regex.h"
#include "jinja/unicode.h"

namespace modelc::sqlite {
namespace {

using jinja::Regex;
using jinja::RegexAnchor;
using jinja::RegexMatch;

uint32_t flags_of(std::string_view letters) {
  uint32_t flags = 0;
  for (const char letter : letters) {
    switch (letter) {
      case 'i':
        flags |= jinja::kRegexIgnoreCase;
        break;
      case 'm':
        flags |= jinja::kRegexMultiline;
        break;
      case 's':
        flags |= jinja::kRegexDotAll;
        break;
      case 'x':
        flags |= jinja::kRegexVerbose;
        break;
      case 'c':
      case 'g':
        break;  // case-sensitive, all matches: the rule anyway
      default:
        throw FunctionError("regular expression: the flags are i, m, s and x");
    }
  }
  return flags;
}

/// The pattern of argument `pattern`; kept by SQLite for the rows to come when it is a constant.
const Regex& pattern_of(Call& call, int pattern, int flags) {
  using Kept = std::shared_ptr<const Regex>;
  const bool has_flags = flags >= 0 && flags < call.count();
  if (const auto* kept = static_cast<Kept*>(sqlite3_get_auxdata(call.context(), pattern))) return **kept;
  auto kept = std::make_unique<Kept>(Regex::compile(call.text(pattern), has_flags ? flags_of(call.text(flags)) : 0));
  const Regex& regex = **kept;
  sqlite3_set_auxdata(call.context(), pattern, kept.release(), [](void* p) { delete static_cast<Kept*>(p); });
  // Short of memory, SQLite has freed it already.
  if (!sqlite3_get_auxdata(call.context(), pattern)) throw std::bad_alloc();
  return regex;
}

/// Y regexp X, which SQLite calls as regexp(X, Y).
void regexp(Call& call) {
  if (call.any_null()) return call.null();
  RegexMatch match;
  call.result(pattern_of(call, 0, -1).match(call.text(1), 0, RegexAnchor::none, false, match));
}

void regexp_like(Call& call) {
  if (call.any_null()) return call.null();
  RegexMatch match;
  call.result(pattern_of(call, 1, 2).match(call.text(0), 0, RegexAnchor::none, false, match));
}

/// The first match, or one of its groups; null when nothing matches.
void regexp_substr(Call& call) {
  if (call.any_null()) return call.null();
  RegexMatch match;
  const std::string_view text = call.text(0);
  if (!pattern_of(call, 1, -1).match(text, 0, RegexAnchor::none, false, match)) return call.null();
  const int64_t group = call.count() > 2 ? call.integer(2) : 0;
  if (group < 0 || group >= static_cast<int64_t>(match.groups.size()))
    throw FunctionError("regular expression: the pattern has no group of that number");
  const auto [begin, end] = match.groups[static_cast<size_t>(group)];
  if (begin == RegexMatch::kNoGroup) return call.null();
  call.result(text.substr(begin, end - begin));
}

void regexp_count(Call& call) {
  if (call.any_null()) return call.null();
  call.result(static_cast<int64_t>(pattern_of(call, 1, 2).find_all(call.text(0)).size()));
}

/// regexp_instr(text, pattern[, from[, occurrence[, 1 for the place behind it[, flags]]]]): where the match begins,
/// counting characters from 1; 0 when there is none.
void regexp_instr(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0);
  const auto number = [&](int i, int64_t otherwise) { return i < call.count() ? call.integer(i) : otherwise; };
  const int64_t from = number(2, 1), occurrence = number(3, 1);
  if (from < 1 || occurrence < 1) throw FunctionError("regexp_instr(): places and occurrences are counted from 1");
  int64_t seen = 0;
  for (const auto& match : pattern_of(call, 1, 5).find_all(text)) {
    const auto place = static_cast<int64_t>(jinja::unicode::length(text.substr(0, match.begin()))) + 1;
    if (place < from || ++seen < occurrence) continue;
    const auto length =
        static_cast<int64_t>(jinja::unicode::length(text.substr(match.begin(), match.end() - match.begin())));
    return call.result(number(4, 0) == 0 ? place : place + length);
  }
  call.result(int64_t{0});
}

/// The replacement with \1 or $1, ${1} and \\ put in.
void append_replacement(std::string& out, std::string_view replacement, std::string_view text,
                        const RegexMatch& match) {
  const auto is_digit = [&](size_t i) {
    return i < replacement.size() && replacement[i] >= '0' && replacement[i] <= '9';
  };
  for (size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    const bool braced = c == '$' && i + 3 < replacement.size() && replacement[i + 1] == '{' && is_digit(i + 2) &&
                        replacement[i + 3] == '}';
    if (!braced && !((c == '\\' || c == '$') && is_digit(i + 1))) {
      if (c == '\\' && i + 1 < replacement.size() && replacement[i + 1] == '\\') ++i;
      out += c;
      continue;
    }
    const auto group = static_cast<size_t>(replacement[braced ? i + 2 : i + 1] - '0');
    if (group >= match.groups.size()) throw FunctionError("regexp_replace(): the pattern has no group of that number");
    if (match.groups[group].first != RegexMatch::kNoGroup) {
      out += text.substr(match.groups[group].first, match.groups[group].second - match.groups[group].first);
    }
    i += braced ? 3 : 1;
  }
}

/// Every match replaced.
void regexp_replace(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0), replacement = call.text(2);
  std::string out;
  size_t done = 0;
  for (const auto& match : pattern_of(call, 1, 3).find_all(text)) {
    out += text.substr(done, match.begin() - done);
    append_replacement(out, replacement, text, match);
    done = match.end();
  }
  out += text.substr(done);
  call.result(out);
}

constexpr ScalarEntry entries[] = {
    {"regexp", 2, scalar_entry<regexp>},
    {"regexp_like", 2, scalar_entry<regexp_like>},
    {"regexp_like", 3, scalar_entry<regexp_like>},
    {"regexp_substr", 2, scalar_entry<regexp_substr>},
    {"regexp_substr", 3, scalar_entry<regexp_substr>},
    {"regexp_extract", 2, scalar_entry<regexp_substr>},
    {"regexp_extract", 3, scalar_entry<regexp_substr>},
    {"regexp_capture", 2, scalar_entry<regexp_substr>},
    {"regexp_capture", 3, scalar_entry<regexp_substr>},
    {"regexp_count", 2, scalar_entry<regexp_count>},
    {"regexp_count", 3, scalar_entry<regexp_count>},
    {"regexp_instr", 2, scalar_entry<regexp_instr>},
    {"regexp_instr", 3, scalar_entry<regexp_instr>},
    {"regexp_instr", 4, scalar_entry<regexp_instr>},
    {"regexp_instr", 5, scalar_entry<regexp_instr>},
    {"regexp_instr", 6, scalar_entry<regexp_instr>},
    {"regexp_replace", 3, scalar_entry<regexp_replace>},
    {"regexp_replace", 4, scalar_entry<regexp_replace>},
};

}  // namespace

void register_regexp_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
