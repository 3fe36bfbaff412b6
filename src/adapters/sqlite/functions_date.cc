// Dates. What can't be read as one gives null, as in SQLite's own date functions; an unknown part is an error.
#include <fmt/format.h>

#include <cmath>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "tabular/moment.h"

namespace modelc::sqlite {
namespace {

std::optional<Moment> moment_of(const Call& call, int i) {
  return call.is_number(i) ? moment_of_julian_day(call.real(i)) : parse_moment(call.text(i));
}

DatePart part_of(const Call& call, int i, const char* function) {
  if (const auto part = parse_date_part(call.text(i))) return *part;
  throw FunctionError(fmt::format(
      "{}(): '{}' is no part of a date; known are microsecond, millisecond, second, minute, hour, day, week, month, "
      "quarter, year, decade, century, millennium",
      function, call.text(i)));
}

void give(Call& call, const std::optional<std::string>& text) {
  if (text)
    call.result(*text);
  else
    call.null();
}

/// date_trunc(part, moment)
void date_trunc(Call& call) {
  if (call.any_null()) return call.null();
  const DatePart part = part_of(call, 0, "date_trunc");
  const auto moment = moment_of(call, 1);
  if (!moment) return call.null();
  give(call, format_moment(truncate_moment(*moment, part)));
}

/// dateadd(part, count, moment)
void dateadd(Call& call) {
  if (call.any_null()) return call.null();
  const DatePart part = part_of(call, 0, "dateadd");
  const auto moment = moment_of(call, 2);
  if (!moment) return call.null();
  const auto sum = add_to_moment(*moment, part, call.integer(1));
  give(call, sum ? format_moment(*sum) : std::nullopt);
}

/// datediff(part, from, to)
void datediff(Call& call) {
  if (call.any_null()) return call.null();
  const DatePart part = part_of(call, 0, "datediff");
  const auto from = moment_of(call, 1), to = moment_of(call, 2);
  if (!from || !to) return call.null();
  call.result(moment_difference(part, *from, *to));
}

/// last_day(moment[, part])
void last_day(Call& call) {
  if (call.any_null()) return call.null();
  const DatePart part = call.count() > 1 ? part_of(call, 1, "last_day") : DatePart::month;
  const auto moment = moment_of(call, 0);
  if (!moment) return call.null();
  give(call, format_date(last_day_of(*moment, part)));
}

/// The moment with a time, in UTC: '2026-01-31' -> '2026-01-31 00:00:00'. Zeros behind the fraction go: equal moments
/// are equal texts.
void to_timestamp(Call& call) {
  if (call.any_null()) return call.null();
  auto moment = moment_of(call, 0);
  if (!moment) return call.null();
  moment->has_time = true;
  int64_t unit = 1'000'000;
  for (int i = 0; i < moment->fraction_digits; ++i) unit /= 10;
  for (; moment->fraction_digits > 0 && moment->micros % (unit * 10) == 0; unit *= 10) --moment->fraction_digits;
  give(call, format_moment(*moment));
}

/// date_part(part, moment), with Postgres's parts.
void date_part(Call& call) {
  if (call.any_null()) return call.null();
  const auto moment = moment_of(call, 1);
  if (!moment) return call.null();
  const jinja::Civil civil = jinja::civil_of_days(moment->days);
  const int weekday = jinja::weekday_of_days(moment->days);  // Monday is 0
  const std::string name = to_lower(trim(call.text(0)));
  if (name == "dow" || name == "dayofweek" || name == "weekday") return call.result(int64_t{(weekday + 1) % 7});
  if (name == "isodow" || name == "dayofweekiso") return call.result(int64_t{weekday + 1});
  if (name == "doy" || name == "dayofyear")
    return call.result(moment->days - jinja::days_of_civil(civil.year, 1, 1) + 1);
  if (name == "isoyear") return call.result(int64_t{jinja::iso_week_of_days(moment->days).year});
  if (name == "epoch") {
    const int64_t seconds = moment->days * 86'400 + moment->micros / 1'000'000;
    if (moment->micros % 1'000'000 == 0) return call.result(seconds);
    return call.result(static_cast<double>(seconds) + static_cast<double>(moment->micros % 1'000'000) / 1e6);
  }
  switch (part_of(call, 0, "date_part")) {
    case DatePart::microsecond:
      return call.result(moment->micros % 60'000'000);
    case DatePart::millisecond:
      return call.result(static_cast<double>(moment->micros % 60'000'000) / 1e3);
    case DatePart::second:
      if (moment->micros % 1'000'000 == 0) return call.result(moment->micros / 1'000'000 % 60);
      return call.result(static_cast<double>(moment->micros % 60'000'000) / 1e6);
    case DatePart::minute:
      return call.result(moment->micros / 60'000'000 % 60);
    case DatePart::hour:
      return call.result(moment->micros / 3'600'000'000);
    case DatePart::day:
      return call.result(int64_t{civil.day});
    case DatePart::week:
      return call.result(int64_t{jinja::iso_week_of_days(moment->days).week});
    case DatePart::month:
      return call.result(int64_t{civil.month});
    case DatePart::quarter:
      return call.result(int64_t{(civil.month + 2) / 3});
    case DatePart::year:
      return call.result(int64_t{civil.year});
    case DatePart::decade:
      return call.result(int64_t{civil.year / 10});
    case DatePart::century:
      return call.result(int64_t{(civil.year + 99) / 100});
    case DatePart::millennium:
      return call.result(int64_t{(civil.year + 999) / 1000});
  }
}

constexpr ScalarEntry entries[] = {
    {"date_trunc", 2, scalar_entry<date_trunc>}, {"dateadd", 3, scalar_entry<dateadd>},
    {"date_add", 3, scalar_entry<dateadd>},      {"datediff", 3, scalar_entry<datediff>},
    {"date_diff", 3, scalar_entry<datediff>},    {"last_day", 1, scalar_entry<last_day>},
    {"last_day", 2, scalar_entry<last_day>},     {"to_timestamp", 1, scalar_entry<to_timestamp>},
    {"date_part", 2, scalar_entry<date_part>},
};

}  // namespace

void register_date_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
