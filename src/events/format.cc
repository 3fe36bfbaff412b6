#include "events/format.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "jinja/json.h"

namespace modelc {
namespace {

constexpr std::string_view reset_style = "\x1b[0m";

std::string_view color_tag(bool colors) { return colors ? reset_style : std::string_view(); }

/// "HH:MM:SS.ffffff" of a UTC time.
std::string clock_text(Micros now) { return format_iso_naive(now).substr(11); }

/// The text in exactly `width` characters.
void append_padded(std::string& line, std::string_view text, size_t width) {
  line.append(text.substr(0, width)).append(width - std::min(width, text.size()), ' ');
}

jinja::Value data_with_node_info(const Event& event) {
  jinja::Value data = event.data.is_dict() ? event.data : jinja::Value::dict();
  if (!event.node_info.is_dict()) return data;
  jinja::Value merged = jinja::Value::dict();
  merged.as_dict().update(data.as_dict());
  merged.as_dict().set("node_info", event.node_info);
  return merged;
}

}  // namespace

std::string_view event_level_name(EventLevel level) {
  switch (level) {
    case EventLevel::debug:
      return "debug";
    case EventLevel::info:
      return "info";
    case EventLevel::warn:
      return "warn";
    case EventLevel::error:
      return "error";
    case EventLevel::none:
      break;
  }
  return "none";
}

std::string format_text_line(const Event& event, Micros now, bool colors) {
  if (event.print_only) return event.message;
  std::string line;
  line.reserve(event.message.size() + 24);
  line.append(color_tag(colors)).append(clock_text(now), 0, 8).append("  ").append(event.message);
  return line;
}

std::string format_debug_line(const Event& event, Micros now, bool colors, std::string_view invocation_id) {
  const std::string clock = clock_text(now);
  std::string line;
  line.reserve(event.message.size() + 64);
  if (event.name == "MainReportVersion") {
    const std::string bar(30, '=');
    line = fmt::format("\n\n{} {} | {} {}\n", bar, clock, invocation_id, bar);
  }
  line.append(color_tag(colors)).append(clock).append(" [");
  append_padded(line, event_level_name(event.level), 5);
  line.append("] [");
  append_padded(line, thread_name(), 10);
  return line.append("]: ").append(event.message);
}

std::string format_json_line(const Event& event, Micros now, const EventBusOptions& options) {
  jinja::Value extra = jinja::Value::dict();
  for (const auto& [name, value] : options.extra) extra.as_dict().set(name, jinja::Value(value));
  jinja::Value info = jinja::Value::dict({
      {"category", jinja::Value(event.category)},
      {"code", jinja::Value(event.code)},
      {"extra", extra},
      {"invocation_id", jinja::Value(options.invocation_id)},
      {"level", jinja::Value(event_level_name(event.level))},
      {"msg", jinja::Value(event.message)},
      {"name", jinja::Value(event.name)},
      {"pid", jinja::Value(static_cast<int64_t>(getpid()))},
      {"thread", jinja::Value(thread_name())},
      {"ts", jinja::Value(format_iso_utc(now))},
  });
  return jinja::to_json(jinja::Value::dict({{"data", data_with_node_info(event)}, {"info", info}}), /*sort_keys=*/true);
}

}  // namespace modelc
