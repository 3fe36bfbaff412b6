// The three shapes of a log line. Internal to the events folder.
#pragma once

#include <string>
#include <string_view>

#include "events/events.h"

namespace modelc {

/// "12:34:56  message", or the bare message of a print event. Times are UTC, as in dbt.
std::string format_text_line(const Event& event, Micros now, bool colors);
/// "12:34:56.123456 [info ] [MainThread]: message"; the first event of an invocation gets dbt's rule above it.
std::string format_debug_line(const Event& event, Micros now, bool colors, std::string_view invocation_id);
/// {"data": {...}, "info": {...}} with sorted keys, as Python's json.dumps writes it.
std::string format_json_line(const Event& event, Micros now, const EventBusOptions& options);

std::string_view event_level_name(EventLevel level);

}  // namespace modelc
