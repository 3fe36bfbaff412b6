// Time and identity of an invocation. They enter only here, so that artifacts of the same input are reproducible.
#pragma once

#include <cstdint>
#include <string>

namespace modelc {

/// Microseconds since 1970-01-01 00:00:00 UTC.
using Micros = int64_t;

Micros now_micros();
/// Monotonic nanoseconds, for durations only.
int64_t monotonic_nanos();
/// "2026-01-31T12:34:56.123456Z", dbt's form in artifacts.
std::string format_iso_utc(Micros time);
/// "2026-01-31T12:34:56.123456" without zone (run_started_at prints "+00:00" itself).
std::string format_iso_naive(Micros time);
/// "12:34:56" in local time, for log lines.
std::string format_clock_local(Micros time);
/// A random version-4 UUID in text form.
std::string random_uuid();

}  // namespace modelc
