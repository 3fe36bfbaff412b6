// The Gregorian calendar and the texts of dates, after Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
#include <date/date.h>
#include <fmt/format.h>

#include "jinja/datetime_objects.h"
#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

constexpr std::string_view kMonthNames[12] = {"January", "February", "March",     "April",   "May",      "June",
                                              "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kDayNames[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};

Civil civil_of_days(int64_t days) {
  date::year_month_day ymd{date::sys_days{date::days{days}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

int64_t days_of_civil(int year, int month, int day) {
  date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                           date::day{static_cast<unsigned>(day)}};
  return date::sys_days{ymd}.time_since_epoch().count();
}

bool is_leap(int year) { return date::year{year}.is_leap(); }

int days_in_month(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int weekday_of_days(int64_t days) {
  int64_t rest = (days + 3) % 7;  // 1970-01-01 was a Thursday
  return static_cast<int>(rest < 0 ? rest + 7 : rest);
}

namespace {

/// The Monday of a year's first ISO week.
int64_t first_monday(int year) {
  int64_t january_fourth = days_of_civil(year, 1, 4);
  return january_fourth - weekday_of_days(january_fourth);
}

}  // namespace

IsoWeek iso_week_of_days(int64_t days) {
  int year = civil_of_days(days).year;
  if (days >= first_monday(year + 1))
    ++year;
  else if (days < first_monday(year))
    --year;
  return {year, static_cast<int>((days - first_monday(year)) / 7) + 1, weekday_of_days(days) + 1};
}

int64_t days_of_iso_week(int year, int week, int weekday) {
  if (year < 1 || year > 9999) value_error(fmt::format("Year is out of range: {}", year));
  bool long_year = (first_monday(year + 1) - first_monday(year)) / 7 == 53;
  if (week < 1 || week > (long_year ? 53 : 52)) value_error(fmt::format("Invalid week: {}", week));
  if (weekday < 1 || weekday > 7) value_error(fmt::format("Invalid day: {} (range is [1, 7])", weekday));
  return first_monday(year) + (week - 1) * 7 + weekday - 1;
}

int64_t checked_days(int64_t year, int64_t month, int64_t day) {
  if (year < 1 || year > 9999) value_error(fmt::format("year {} is out of range", year));
  if (month < 1 || month > 12) value_error("month must be in 1..12");
  if (day < 1 || day > days_in_month(static_cast<int>(year), static_cast<int>(month)))
    value_error("day is out of range for month");
  return days_of_civil(static_cast<int>(year), static_cast<int>(month), static_cast<int>(day));
}

int64_t checked_clock(int64_t hour, int64_t minute, int64_t second, int64_t micro) {
  if (hour < 0 || hour > 23) value_error("hour must be in 0..23");
  if (minute < 0 || minute > 59) value_error("minute must be in 0..59");
  if (second < 0 || second > 59) value_error("second must be in 0..59");
  if (micro < 0 || micro > 999999) value_error("microsecond must be in 0..999999");
  return hour * kHour + minute * kMinute + second * kSecond + micro;
}

std::string date_text(int64_t days) {
  Civil c = civil_of_days(days);
  return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
}

std::string clock_text(int64_t micros, std::string_view timespec) {
  int64_t hour = micros / kHour;
  int64_t minute = micros / kMinute % 60;
  int64_t second = micros / kSecond % 60;
  int64_t fraction = micros % kSecond;
  if (timespec == "auto") timespec = fraction ? "microseconds" : "seconds";
  if (timespec == "hours") return fmt::format("{:02}", hour);
  if (timespec == "minutes") return fmt::format("{:02}:{:02}", hour, minute);
  if (timespec == "seconds") return fmt::format("{:02}:{:02}:{:02}", hour, minute, second);
  if (timespec == "milliseconds") return fmt::format("{:02}:{:02}:{:02}.{:03}", hour, minute, second, fraction / 1000);
  if (timespec == "microseconds") return fmt::format("{:02}:{:02}:{:02}.{:06}", hour, minute, second, fraction);
  value_error("Unknown timespec value");
}

std::string offset_text(int64_t offset, std::string_view colon) {
  int64_t size = offset < 0 ? -offset : offset;
  std::string text = fmt::format("{}{:02}{}{:02}", offset < 0 ? '-' : '+', size / kHour, colon, size / kMinute % 60);
  if (size % kMinute) text += fmt::format("{}{:02}", colon, size / kSecond % 60);
  if (size % kSecond) text += fmt::format(".{:06}", size % kSecond);
  return text;
}

int64_t int_argument(const Value& v, int64_t fallback) {
  bool absent = v.is_undefined() && v.undefined_name().empty() && v.undefined_hint().empty();
  return absent ? fallback : expect_index(v);
}

Value zone_argument(const Value& v) {
  if (v.is_none() || (v.is_undefined() && v.undefined_name().empty())) return Value::none();
  if (!v.as<TzInfoObject>()) {
    type_error(fmt::format("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", type_name(v)));
  }
  return v;
}

std::vector<Value> bind_fields(CallArgs& args, std::string_view function, std::initializer_list<std::string_view> names,
                               size_t required) {
  for (size_t i = args.positional.size(); i < required; ++i) {
    std::string_view name = names.begin()[i];
    if (args.find_named(name)) continue;
    std::string subject = function == "date" || function == "datetime" ? "function" : fmt::format("{}()", function);
    type_error(fmt::format("{} missing required argument '{}' (pos {})", subject, name, i + 1));
  }
  return args.bind(function, names, required);
}

std::optional<Value> class_attribute(State& state, const Value& type, std::string_view name) {
  return type.as_object().get_attribute(state, name);
}

}  // namespace modelc::jinja
