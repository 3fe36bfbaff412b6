// What went wrong, where, and what to do about it.
//
// A fault that a user can cause is thrown as an Error where it is found and caught in few places: per file while
// parsing (collected, so that one run reports all of them), per node while running (it becomes the node's result),
// and in main. Expected outcomes (a failing test, an absent relation) are values, never exceptions.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace modelc {

enum class Severity { error, warning, note };

/// dbt's families of errors. They decide the label that is printed ("Compilation Error") and the exit code.
enum class ErrorKind {
  usage,
  project,
  profile,
  parsing,
  compilation,
  runtime,
  database,
  dependency,
  contract,
  contract_change,  ///< of an earlier state's contract
  internal,
  unlabelled  ///< what dbt leaves to Python's own exceptions: printed without a label
};

/// dbt's label: "Compilation Error", "Parsing Error", "Runtime Error", "Database Error", "Dependency Error", ...
/// (usage -> "Usage Error", project -> "Project Error" is "Runtime Error" in dbt's logs, contract -> "Compilation
/// Error", dependency -> "Runtime Error"). Empty for ErrorKind::unlabelled.
std::string_view error_label(ErrorKind kind);

/// A second place that explains the first: "called from here", "first defined here".
struct DiagnosticNote {
  std::string message;
  Span span;
};

/// One finding. Owned by whoever holds it; `span.file` refers into a SourceMap.
struct Diagnostic {
  Severity severity = Severity::error;
  ErrorKind kind = ErrorKind::internal;
  std::string code;     ///< "<folder>/<slug>", as "jinja/undefined-name"; stable, documented in docs/errors.md
  std::string message;  ///< one sentence or dbt's own wording, no trailing line break; may span several lines
  Span span;            ///< the fault itself, or empty when no text is to blame
  std::vector<DiagnosticNote> notes;  ///< outermost last, as in a call stack
  std::string hint;                   ///< what to do; empty when nothing useful can be said
  std::string subject;  ///< "model customers (models/customers.sql)": dbt prints "<label> in <subject>"; may be empty
};

/// The one exception type of modelc (DatabaseError in adapters/adapter.h refines it).
class Error : public std::exception {
 public:
  explicit Error(Diagnostic diagnostic) : diagnostic_(std::move(diagnostic)) {}
  Error(ErrorKind kind, std::string code, std::string message, Span span = {}, std::string hint = {});

  const Diagnostic& diagnostic() const { return diagnostic_; }
  Diagnostic& diagnostic() { return diagnostic_; }
  const char* what() const noexcept override { return diagnostic_.message.c_str(); }

 private:
  Diagnostic diagnostic_;
};

/// Renders a diagnostic in full: label and subject, message, place, source line with a caret, notes, hint, code.
/// No trailing line break; no colours.
std::string render_diagnostic(const Diagnostic& diagnostic);

/// Only dbt's part: "<Label>[ in <subject>]\n  <message, indented by two>". Used for run results and log lines.
std::string render_brief(const Diagnostic& diagnostic);

/// What render_brief leaves out: place, source line with a caret, notes, hint, code. "" when there is nothing to add.
std::string render_details(const Diagnostic& diagnostic);

/// The name in `candidates` closest to `name` by edit distance, or "" when none is close enough to suggest.
std::string closest_match(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace modelc
