#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace modelc {
namespace {

/// Characters of a line that are shown at most; longer ones are cut around the fault.
constexpr size_t kMaxShown = 160;

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Moves `at` back to the start of the character that it lies in.
size_t character_start(std::string_view text, size_t at) {
  for (int steps = 0; steps < 3 && at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
       ++steps)
    --at;
  return at;
}

/// Control characters would disturb the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

/// The line of a span with carets below its part of the span.
void append_snippet(std::string& out, const Span& span) {
  std::string_view line = span.file->line_at(span.begin);
  const LineColumn place = span.file->line_column(span.begin);
  size_t begin = std::min<size_t>(place.column - 1, line.size());
  size_t end = std::clamp<size_t>(begin + (span.end > span.begin ? span.end - span.begin : 0), begin, line.size());
  bool cut_front = false, cut_back = false;
  if (line.size() > kMaxShown) {
    const size_t from = character_start(line, begin > kMaxShown / 2 ? begin - kMaxShown / 2 : 0);
    const size_t to = character_start(line, std::min(line.size(), from + kMaxShown));
    cut_front = from > 0;
    cut_back = to < line.size();
    line = line.substr(from, to - from);
    begin = std::min(begin - from, line.size());
    end = std::clamp(end - from, begin, line.size());
  }
  const std::string number = std::to_string(place.line);
  const std::string margin(number.size(), ' ');
  const std::string_view front = cut_front ? "..." : "";
  const size_t carets = std::max<size_t>(1, count_characters(line.substr(begin, end - begin)));
  out += fmt::format("\n{} |\n{} | {}{}{}\n{} | {}{}", margin, number, front, printable(line), cut_back ? "..." : "",
                     margin, std::string(count_characters(line.substr(0, begin)) + front.size(), ' '),
                     std::string(carets, '^'));
}

/// Faults in the form of a config that dbt reports as they are, without a label in front.
bool has_label(const Diagnostic& diagnostic) {
  for (std::string_view code : {"parse/config-form", "parse/snapshot-config", "parse/semantic-enum"})
    if (diagnostic.code == code) return false;
  return true;
}

std::string_view severity_name(Severity severity) {
  return severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note";
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), row(b.size() + 1), before2(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before2[j - 2] + 1);
    }
    before2.swap(before);
    before.swap(row);
  }
  return before[b.size()];
}

}  // namespace

std::string_view error_label(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "Usage Error";
    case ErrorKind::parsing:
      return "Parsing Error";
    case ErrorKind::compilation:
    case ErrorKind::contract:
      return "Compilation Error";
    case ErrorKind::database:
      return "Database Error";
    case ErrorKind::contract_change:
      return "Breaking change to contract Error";
    case ErrorKind::internal:
      return "Internal Error";
    case ErrorKind::unlabelled:
      return "";
    case ErrorKind::dependency:
    case ErrorKind::project:
    case ErrorKind::profile:
    case ErrorKind::runtime:
      break;
  }
  return "Runtime Error";
}

Error::Error(ErrorKind kind, std::string code, std::string message, Span span, std::string hint) {
  diagnostic_.kind = kind;
  diagnostic_.code = std::move(code);
  diagnostic_.message = std::move(message);
  diagnostic_.span = span;
  diagnostic_.hint = std::move(hint);
}

std::string render_brief(const Diagnostic& diagnostic) {
  if (!has_label(diagnostic)) return diagnostic.message;
  std::string out(error_label(diagnostic.kind));
  if (out.empty()) return diagnostic.message;
  if (!diagnostic.subject.empty()) out += " in " + diagnostic.subject;
  out += '\n';
  out += indent(diagnostic.message, "  ");
  return out;
}

std::string render_details(const Diagnostic& diagnostic) {
  std::string out;
  if (diagnostic.span) {
    out += "\n --> " + format_place(diagnostic.span);
    append_snippet(out, diagnostic.span);
  }
  for (const DiagnosticNote& note : diagnostic.notes) {
    out += "\nnote: " + note.message;
    if (!note.span) continue;
    out += "\n --> " + format_place(note.span);
    append_snippet(out, note.span);
  }
  if (!diagnostic.hint.empty()) out += "\nhint: " + diagnostic.hint;
  if (out.empty()) return out;
  out.erase(0, 1);  // the first line break
  if (!diagnostic.code.empty()) out += fmt::format("\n{}[{}]", severity_name(diagnostic.severity), diagnostic.code);
  return out;
}

std::string render_diagnostic(const Diagnostic& diagnostic) {
  std::string out = render_brief(diagnostic);
  const std::string details = render_details(diagnostic);
  if (!details.empty())
    out += "\n" + details;
  else if (!diagnostic.code.empty())
    out += fmt::format("\n{}[{}]", severity_name(diagnostic.severity), diagnostic.code);
  return out;
}

std::string closest_match(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string wanted = to_lower(name);
  size_t best = std::max<size_t>(1, name.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const size_t longer = std::max(candidate.size(), wanted.size()),
                 shorter = std::min(candidate.size(), wanted.size());
    if (longer - shorter >= best || candidate == name) continue;
    const size_t distance = edit_distance(wanted, to_lower(candidate));
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

}  // namespace modelc
