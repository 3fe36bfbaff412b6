#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace modelc {
namespace {

/// "  --> models/a.sql:3:8" with the line and a caret below the span.
std::string render_snippet(const Span& span, std::string_view label) {
  const LineColumn place = span.file->line_column(span.begin);
  const std::string_view line = span.file->line_at(span.begin);
  const std::string number = std::to_string(place.line);
  const std::string margin(number.size(), ' ');
  std::string pad;  // tabs stay tabs, so that the caret stands below its character
  for (size_t i = 0; i + 1 < place.column && i < line.size(); ++i) pad += line[i] == '\t' ? '\t' : ' ';
  const size_t left = line.size() > place.column - 1 ? line.size() - (place.column - 1) : 0;
  const size_t width = std::max<size_t>(1, std::min<size_t>(left, span.end > span.begin ? span.end - span.begin : 1));
  return fmt::format("{}--> {}\n{} |\n{} | {}\n{} | {}{}{}", margin, format_place(span), margin, number, line, margin, pad,
                     std::string(width, '^'), label.empty() ? "" : fmt::format(" {}", label));
}

}  // namespace

std::string_view error_label(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "Usage Error";
    case ErrorKind::project: return "Runtime Error";
    case ErrorKind::profile: return "Runtime Error";
    case ErrorKind::parsing: return "Parsing Error";
    case ErrorKind::compilation: return "Compilation Error";
    case ErrorKind::runtime: return "Runtime Error";
    case ErrorKind::database: return "Database Error";
    case ErrorKind::dependency: return "Dependency Error";
    case ErrorKind::contract: return "Compilation Error";
    case ErrorKind::internal: return "Internal Error";
  }
  return "Error";
}

Error::Error(ErrorKind kind, std::string code, std::string message, Span span, std::string hint) {
  diagnostic_.kind = kind;
  diagnostic_.code = std::move(code);
  diagnostic_.message = std::move(message);
  diagnostic_.span = span;
  diagnostic_.hint = std::move(hint);
}

std::string render_brief(const Diagnostic& diagnostic) {
  std::string head(error_label(diagnostic.kind));
  if (!diagnostic.subject.empty()) head += " in " + diagnostic.subject;
  return head + "\n" + indent(diagnostic.message, "  ");
}

std::string render_details(const Diagnostic& diagnostic) {
  std::vector<std::string> parts;
  if (diagnostic.span) parts.push_back(render_snippet(diagnostic.span, ""));
  for (const auto& note : diagnostic.notes) {
    parts.push_back(note.span ? fmt::format("note: {} ({})", note.message, format_place(note.span))
                              : fmt::format("note: {}", note.message));
  }
  if (!diagnostic.hint.empty()) parts.push_back("hint: " + diagnostic.hint);
  if (!diagnostic.code.empty()) parts.push_back(fmt::format("code: {}", diagnostic.code));
  return indent(join(parts, "\n"), "  ");
}

std::string render_diagnostic(const Diagnostic& diagnostic) {
  const std::string details = render_details(diagnostic);
  return details.empty() ? render_brief(diagnostic) : render_brief(diagnostic) + "\n" + details;
}

std::string closest_match(std::string_view name, const std::vector<std::string>& candidates) {
  const auto distance = [&](std::string_view other) {
    std::vector<size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= name.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= other.size(); ++j) {
        const size_t substitution = diagonal + (name[i - 1] != other[j - 1]);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
      }
    }
    return row[other.size()];
  };
  std::string best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const size_t difference = candidate.size() > name.size() ? candidate.size() - name.size() : name.size() - candidate.size();
    if (difference >= best_distance) continue;
    if (const size_t d = distance(candidate); d < best_distance) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace modelc
