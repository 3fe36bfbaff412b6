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

void report_error(Session& session, const std::exception& error) {
  const std::string text = error_text(error);
  if (!session.events) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  say(session, "MainEncounteredError", "Z002", EventLevel::error, "Encountered an error:\n" + text,
      jinja::Value::dict({{"exc", jinja::Value(text)}}));
}

}  // namespace modelc
