// Windows of time: --sample, and the batches of microbatch models. All instants are UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "jinja/value.h"

namespace modelc {

enum class BatchSize : uint8_t { hour, day, month, year };
/// "hour", "day", "month", "year"; std::nullopt for anything else.
std::optional<BatchSize> parse_batch_size(std::string_view text);

/// The beginning of the hour, day, ... that holds the instant.
Micros truncate_to_batch(Micros time, BatchSize size);
/// The instant itself when it begins a batch, else the beginning of the next one.
Micros ceil_to_batch(Micros time, BatchSize size);
/// Truncates, then moves by `batches` whole batches.
Micros offset_batches(Micros time, BatchSize size, int64_t batches);
/// Moves without truncating; a day that the month does not have becomes its last one (dateutil's relativedelta).
Micros offset_time(Micros time, BatchSize size, int64_t steps);
/// "2024", "2024-09", "2024-09-17", "2024-09-17T16"
std::string format_batch_start(Micros time, BatchSize size);
/// The same without '-'.
std::string batch_id(Micros time, BatchSize size);

/// "2024-09-17 16:06:00+00:00": Python's str() of an aware datetime.
std::string format_event_time(Micros time);
/// A date, a datetime or ISO text as an instant. Throws Error{runtime, "compile/bad-event-time"} naming `what`.
Micros event_time_of(const jinja::Value& value, std::string_view what);

/// --sample: "3 days" back from `now`, or "{start: ..., end: ...}". Throws Error{usage, "compile/bad-sample"} in dbt's
/// words.
std::pair<Micros, Micros> parse_sample(const std::string& text, Micros now);

}  // namespace modelc
