// From a place in SQL that the database rejects back to the model's own line.
#include <fmt/format.h>

#include <algorithm>

#include "compile/compile.h"
#include "compile/shared.h"

namespace modelc {
namespace {

struct LinePlace {
  size_t line = 1, column = 1;
  std::string_view text;
};

LinePlace line_at(std::string_view sql, size_t offset) {
  LinePlace place;
  size_t begin = 0;
  for (size_t i = 0; i < offset && i < sql.size(); ++i) {
    if (sql[i] != '\n') continue;
    ++place.line;
    begin = i + 1;
  }
  place.column = offset - begin + 1;
  place.text = sql.substr(begin, std::min(sql.find('\n', begin), sql.size()) - begin);
  return place;
}

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// The name that a message is about: `no such column: x.y`, `near "FORM": syntax error`, `no such table: t`.
std::string_view blamed_name(std::string_view message) {
  for (std::string_view prefix :
       {"no such column: ", "no such table: ", "no such function: ", "ambiguous column name: ", "misuse of aggregate: ",
        "misuse of aggregate function ", "wrong number of arguments to function "}) {
    const size_t at = message.find(prefix);
    if (at == std::string_view::npos) continue;
    std::string_view name = message.substr(at + prefix.size());
    size_t n = 0;
    while (n < name.size() && (is_name_char(name[n]) || name[n] == '.')) ++n;
    return name.substr(0, n);
  }
  const size_t near = message.find("near \"");
  if (near == std::string_view::npos) return {};
  const std::string_view rest = message.substr(near + 6);
  const size_t end = rest.find('"');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

/// Where the name stands in the text, as a whole word, when it stands there once.
std::optional<size_t> only_place(std::string_view sql, std::string_view name) {
  std::optional<size_t> found;
  for (size_t at = sql.find(name); at != std::string_view::npos && !name.empty(); at = sql.find(name, at + 1)) {
    const bool starts = at == 0 || !is_name_char(sql[at - 1]) || !is_name_char(name.front());
    const size_t end = at + name.size();
    const bool ends = end >= sql.size() || !is_name_char(sql[end]) || !is_name_char(name.back());
    if (!starts || !ends) continue;
    if (found) return std::nullopt;
    found = at;
  }
  return found;
}

std::optional<size_t> offset_in_compiled(const DatabaseError& error, const std::string& compiled) {
  const size_t begin = compiled.empty() ? std::string::npos : error.sql().find(compiled);
  if (begin != std::string::npos && error.sql_offset() >= static_cast<int64_t>(begin)) {
    const size_t offset = static_cast<size_t>(error.sql_offset()) - begin;
    if (offset <= compiled.size()) return offset;
    return std::nullopt;  // the materialization's own SQL is at fault
  }
  if (error.sql_offset() >= 0 && begin != std::string::npos) return std::nullopt;
  const std::string_view name = blamed_name(error.what());
  auto place = only_place(compiled, name);
  if (!place && name.find('.') != std::string_view::npos)
    place = only_place(compiled, name.substr(name.rfind('.') + 1));
  return place;
}

}  // namespace

void locate_database_error(DatabaseError& error, const Node& node, const Compiled& compiled) {
  Diagnostic& diagnostic = error.diagnostic();
  if (diagnostic.subject.empty()) diagnostic.subject = node_subject(node);
  const auto offset = offset_in_compiled(error, compiled.sql);
  if (!offset) return;
  const Span span = compiled.map ? compiled.map->origin(static_cast<uint32_t>(*offset)) : Span{};
  if (span) {
    // The macros that carried the SQL to the database say nothing about what is wrong with it.
    diagnostic.span = span;
    diagnostic.notes.clear();
  }
  const LinePlace place = line_at(compiled.sql, *offset);
  diagnostic.notes.push_back(
      {fmt::format("in the compiled SQL, line {}, column {}: {}", place.line, place.column, place.text), Span{}});
}

void keep_project_places(SharedCompilation& shared, Diagnostic& diagnostic) {
  std::vector<DiagnosticNote> kept;
  for (auto& note : diagnostic.notes) {
    if (!note.span || !shared.is_embedded(note.span.file)) kept.push_back(std::move(note));
  }
  const bool inside = diagnostic.span && shared.is_embedded(diagnostic.span.file);
  const auto first =
      std::find_if(kept.begin(), kept.end(), [](const DiagnosticNote& note) { return static_cast<bool>(note.span); });
  if (inside && first != kept.end()) {
    diagnostic.span = first->span;
    kept.erase(first);
  } else if (inside) {
    diagnostic.span = {};
  }
  diagnostic.notes = std::move(kept);
}

}  // namespace modelc
