// The Python modules that templates may use: datetime, pytz, re, itertools, as Objects.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "jinja/value.h"

namespace modelc::jinja {

/// A read-only mapping with `datetime` (date, datetime, time, timedelta, tzinfo, timezone), `pytz`, `re`, `itertools`,
/// as dbt's `modules`. One value for all renders and threads; cheap to call.
Value python_modules();
/// A timezone-aware datetime in UTC (what dbt's run_started_at is); `naive` leaves the zone out.
Value make_datetime(Micros utc, bool naive = false);
Value make_date(int year, int month, int day);
/// The instant of a datetime value (naive ones are taken as UTC). Throws Error{compilation} for anything else.
Micros datetime_micros(const Value& datetime);
bool is_datetime(const Value& v);
bool is_date(const Value& v);  ///< a date that is no datetime
/// datetime.fromisoformat, and datetime.strptime with Python's directives.
/// A YAML 1.1 timestamp as PyYAML reads it: a date, or a datetime (aware when it names a zone). Throws
/// Error{compilation}.
Value parse_yaml_timestamp(std::string_view text);
Value parse_iso_datetime(std::string_view text);
Value parse_datetime(std::string_view text, std::string_view format);

}  // namespace modelc::jinja
