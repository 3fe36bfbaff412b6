#include "adapters/sqlite/type_casts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace modelc::sqlite {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The end of what is no code and begins at `at`: a text, a quoted name, a comment. `at` itself when it is code.
size_t skip_quoted(std::string_view sql, size_t at) {
  auto behind = [&](std::string_view closing, size_t from) {
    const size_t end = sql.find(closing, from);
    return end == std::string_view::npos ? sql.size() : end + closing.size();
  };
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) return behind("\n", at + 2);
  if (rest.starts_with("/*")) return behind("*/", at + 2);
  switch (sql[at]) {
    case '\'':
    case '"':
    case '`':
      return behind(sql.substr(at, 1), at + 1);  // a doubled quote is two texts side by side: the same for us
    case '[':
      return behind("]", at + 1);
    default:
      return at;
  }
}

/// What is put around the value, and the type that SQLite is told; no type: the one that was written.
struct Meaning {
  std::string before, after, type;
};

/// "numeric(28, 6)": 6; 0 for everything else.
int decimal_places(std::string_view type, std::string_view word) {
  if (word != "numeric" && word != "decimal" && word != "number" && word != "dec") return 0;
  const size_t comma = type.find(',');
  int places = 0;
  if (comma == std::string_view::npos) return 0;
  for (const char c : trim(type.substr(comma + 1, type.find(')') - comma - 1))) {
    if (c < '0' || c > '9' || places > 30) return 0;
    places = places * 10 + (c - '0');
  }
  return places;
}

/// std::nullopt: SQLite's own cast is right.
std::optional<Meaning> meaning_of(std::string_view type) {
  for (type = trim(type); type.starts_with("--") || type.starts_with("/*"); type = trim(type))
    type.remove_prefix(skip_quoted(type, 0));
  const std::string lower = to_lower(type);
  const std::string_view word = std::string_view(lower).substr(0, lower.find_first_of(" \t\r\n("));
  if (word == "date") return Meaning{"date(", ") ", "text"};
  if (word == "time") return Meaning{"time(", ") ", "text"};
  if (word.starts_with("timestamp") || word.starts_with("datetime")) return Meaning{"to_timestamp(", ") ", "text"};
  if (word == "boolean" || word == "bool") return Meaning{"to_boolean(", ") ", "int"};
  if (const int places = decimal_places(lower, word)) return Meaning{"round(", fmt::format(", {}) ", places), ""};
  return std::nullopt;
}

}  // namespace

TypeCasts::TypeCasts(std::string_view sql) : original_(sql) {
  constexpr std::string_view word = "cast";
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  if (std::search(sql.begin(), sql.end(), word.begin(), word.end(), same) == sql.end()) return;
  find_casts();
  if (!edits_.empty()) apply();
}

void TypeCasts::find_casts() {
  struct Open {
    bool cast = false;
    size_t value = 0;                    // behind the parenthesis
    size_t as = std::string_view::npos;  // the word
  };
  std::vector<Open> open;
  bool after_cast = false;  // the word `cast` came just before
  for (size_t at = 0; at < original_.size();) {
    if (const size_t end = skip_quoted(original_, at); end != at) {
      at = end;
      continue;
    }
    const char c = original_[at];
    if (is_word_character(c)) {
      const size_t begin = at;
      while (at < original_.size() && is_word_character(original_[at])) ++at;
      const std::string_view word = original_.substr(begin, at - begin);
      after_cast = equals_ignore_case(word, "cast");
      if (!open.empty() && equals_ignore_case(word, "as")) open.back().as = begin;
      continue;
    }
    ++at;
    if (c == '(') {
      open.push_back({after_cast, at, std::string_view::npos});
    } else if (c == ')' && !open.empty()) {
      const Open cast = open.back();
      open.pop_back();
      if (!cast.cast || cast.as == std::string_view::npos) continue;
      const size_t close = at - 1;
      const auto meaning = meaning_of(original_.substr(cast.as + 2, close - cast.as - 2));
      if (!meaning) continue;
      edits_.push_back({cast.value, cast.value, meaning->before});
      if (meaning->type.empty())
        edits_.push_back({cast.as, cast.as, meaning->after});
      else
        edits_.push_back({cast.as, close, meaning->after + "as " + meaning->type});
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') after_cast = false;
  }
  std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
}

void TypeCasts::apply() {
  size_t at = 0;
  for (const Edit& edit : edits_) {
    text_.append(original_, at, edit.begin - at);
    text_ += edit.text;
    at = edit.end;
  }
  text_.append(original_, at);
}

size_t TypeCasts::original_offset(size_t offset) const {
  size_t at = 0, made = 0;  // how far the original and the text have been walked
  for (const Edit& edit : edits_) {
    const size_t kept = edit.begin - at;
    if (offset < made + kept) break;
    if (offset < made + kept + edit.text.size()) return edit.begin;
    made += kept + edit.text.size();
    at = edit.end;
  }
  return at + (offset - made);
}

}  // namespace modelc::sqlite
