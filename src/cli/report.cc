#include "cli/report.h"

#include <fmt/format.h>

#include <new>

namespace modelc {

std::string describe(const Diagnostic& diagnostic) {
  std::string text = render_brief(diagnostic);
  const std::string details = render_details(diagnostic);
  if (!details.empty()) text += "\n" + details;
  return text;
}

std::string error_text(const std::exception& error) {
  std::string text;
  if (const auto* several = dynamic_cast<const ParseErrors*>(&error)) {
    for (const auto& diagnostic : several->all()) text += (text.empty() ? "" : "\n\n") + describe(diagnostic);
  } else if (const auto* one = dynamic_cast<const Error*>(&error)) {
    text = describe(one->diagnostic());
  } else if (dynamic_cast<const std::bad_alloc*>(&error)) {
    text = describe(Error(ErrorKind::runtime, "cli/out-of-memory", "Out of memory", {},
                          "what was there before still stands; fewer --threads need less")
                        .diagnostic());
  } else {
    text = fmt::format("Internal Error\n  {}", error.what());
  }
  return text;
}

namespace {

/// A command line that cannot be understood, in the form in which dbt's (click) says so.
void report_usage(const Diagnostic& diagnostic) {
  if (!diagnostic.subject.empty()) {
    const std::string command = diagnostic.subject.substr(0, diagnostic.subject.find(" [OPTIONS]"));
    fmt::print(stderr, "Usage: {}\nTry '{} --help' for help.\n\n", diagnostic.subject, command);
  }
  fmt::print(stderr, "Error: {}\n", diagnostic.message);
  if (!diagnostic.hint.empty()) fmt::print(stderr, "hint: {}\n", diagnostic.hint);
  if (!diagnostic.code.empty()) fmt::print(stderr, "error[{}]\n", diagnostic.code);
}

}  // namespace

void report_error(Session& session, const std::exception& error) {
  const auto* one = dynamic_cast<const Error*>(&error);
  if (!session.events && one && one->diagnostic().kind == ErrorKind::usage) return report_usage(one->diagnostic());
  const std::string text = error_text(error);
  if (!session.events) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  say(session, "MainEncounteredError", "Z002", EventLevel::error, "Encountered an error:\n" + text,
      jinja::Value::dict({{"exc", jinja::Value(text)}}));
}

}  // namespace modelc
