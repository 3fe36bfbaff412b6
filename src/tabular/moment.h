// Dates and times as texts in ISO 8601, and as SQLite counts them: in Julian day numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelc {

inline constexpr int64_t micros_per_day = 86'400'000'000;

/// A point in time (UTC), and the shape of the text that it came from.
struct Moment {
  int64_t days = 0;         ///< since 1970-01-01
  int64_t micros = 0;       ///< since midnight, below micros_per_day
  bool has_time = false;    ///< false: only a date was written
  int fraction_digits = 0;  ///< digits after the seconds' point, at most 6
};

/// "2026-01-31", "2026-01-31 12:34[:56[.789]]", "T" in place of the blank, "Z", "UTC" or "+02:00" behind; white space
/// around it. std::nullopt when the text is no such thing or names a day that does not exist.
std::optional<Moment> parse_moment(std::string_view text);
/// SQLite's date functions take bare numbers for Julian days.
std::optional<Moment> moment_of_julian_day(double day);
/// In the moment's own shape. Years outside 0..9999 are not written: std::nullopt.
std::optional<std::string> format_moment(const Moment& moment);
std::optional<std::string> format_date(int64_t days);

enum class DatePart : uint8_t {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year,
  decade,
  century,
  millennium
};
/// "day", "days", "d", ...; any case.
std::optional<DatePart> parse_date_part(std::string_view name);

/// Months and longer keep the day where the month has it, else end on its last day. std::nullopt when it leaves the
/// calendar.
std::optional<Moment> add_to_moment(Moment moment, DatePart part, int64_t count);
Moment truncate_moment(Moment moment, DatePart part);
/// How many boundaries of `part` lie between the two; weeks begin on Monday.
int64_t moment_difference(DatePart part, const Moment& from, const Moment& to);
/// The last day of the part that holds the moment.
int64_t last_day_of(const Moment& moment, DatePart part);

}  // namespace modelc
