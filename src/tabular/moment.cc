#include "tabular/moment.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "jinja/datetime_objects.h"

namespace modelc {

using jinja::Civil;
using jinja::civil_of_days;
using jinja::days_in_month;
using jinja::days_of_civil;

namespace {

constexpr int64_t first_day = -719528;  // 0000-01-01
constexpr int64_t last_day = 2932896;   // 9999-12-31

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
int64_t floor_mod(int64_t a, int64_t b) { return a - floor_div(a, b) * b; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Reader {
  std::string_view text;
  size_t at = 0;
  bool done() const { return at >= text.size(); }
  bool take(char c) { return !done() && text[at] == c ? (++at, true) : false; }
  bool digit() const { return !done() && is_digit(text[at]); }
  int number(size_t digits) {  // -1: there are fewer
    if (at + digits > text.size()) return -1;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (!is_digit(text[at + i])) return -1;
      value = value * 10 + (text[at + i] - '0');
    }
    at += digits;
    return value;
  }
};

bool read_clock(Reader& reader, Moment& moment) {
  const int hour = reader.number(2);
  if (hour < 0 || hour > 24 || !reader.take(':')) return false;
  const int minute = reader.number(2);
  if (minute < 0 || minute > 59) return false;
  int second = 0;
  int64_t fraction = 0;
  if (reader.take(':')) {
    second = reader.number(2);
    if (second < 0 || second > 59) return false;
    if (reader.take('.')) {
      if (!reader.digit()) return false;
      for (int64_t unit = 100'000; reader.digit(); ++reader.at) {
        fraction += unit * (reader.text[reader.at] - '0');
        unit /= 10;
        if (moment.fraction_digits < 6) ++moment.fraction_digits;
      }
    }
  }
  moment.micros = ((hour * 60LL + minute) * 60 + second) * 1'000'000 + fraction;
  return moment.micros <= micros_per_day;
}

/// "Z", "UTC", "+hh:mm", "-hh:mm" or nothing: minutes east.
std::optional<int> read_zone(Reader& reader) {
  while (reader.take(' ')) {
  }
  if (reader.done() || equals_ignore_case(reader.text.substr(reader.at), "utc")) return 0;
  if (reader.take('Z') || reader.take('z')) return reader.done() ? std::optional(0) : std::nullopt;
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return std::nullopt;
  const int hours = reader.number(2);
  reader.take(':');
  const int minutes = reader.done() ? 0 : reader.number(2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || !reader.done()) return std::nullopt;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

Moment at_instant(Moment moment, int64_t days, int64_t micros) {
  moment.days = days + floor_div(micros, micros_per_day);
  moment.micros = floor_mod(micros, micros_per_day);
  return moment;
}

/// Length of the parts that have one.
int64_t micros_of(DatePart part) {
  switch (part) {
    case DatePart::microsecond:
      return 1;
    case DatePart::millisecond:
      return 1'000;
    case DatePart::second:
      return 1'000'000;
    case DatePart::minute:
      return 60'000'000;
    case DatePart::hour:
      return 3'600'000'000;
    default:
      return 0;
  }
}
int months_of(DatePart part) {
  switch (part) {
    case DatePart::month:
      return 1;
    case DatePart::quarter:
      return 3;
    case DatePart::year:
      return 12;
    case DatePart::decade:
      return 120;
    case DatePart::century:
      return 1200;
    case DatePart::millennium:
      return 12'000;
    default:
      return 0;
  }
}

int64_t month_number(int64_t days) {
  const Civil civil = civil_of_days(days);
  return civil.year * 12LL + civil.month - 1;
}
int64_t first_of_month(int64_t month) {
  return days_of_civil(static_cast<int>(floor_div(month, 12)), static_cast<int>(floor_mod(month, 12)) + 1, 1);
}
/// The month with which the part of `month` begins. Centuries begin with their year 1.
int64_t first_month_of(DatePart part, int64_t month) {
  const int64_t shift = part == DatePart::century || part == DatePart::millennium ? 12 : 0;
  return floor_div(month - shift, months_of(part)) * months_of(part) + shift;
}

int64_t week_number(int64_t days) { return floor_div(days + 3, 7); }  // 1970-01-01 was a Thursday

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  Reader reader{trim(text)};
  const int year = reader.number(4);
  if (year < 0 || !reader.take('-')) return std::nullopt;
  const int month = reader.number(2);
  if (month < 1 || month > 12 || !reader.take('-')) return std::nullopt;
  const int day = reader.number(2);
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  Moment moment;
  const int64_t days = days_of_civil(year, month, day);
  moment.days = days;
  if (reader.done()) return moment;
  if (!reader.take('T') && !reader.take('t')) {
    if (!reader.take(' ')) return std::nullopt;
    while (reader.take(' ')) {
    }
  }
  moment.has_time = true;
  if (!read_clock(reader, moment)) return std::nullopt;
  const auto zone = read_zone(reader);
  if (!zone) return std::nullopt;
  return at_instant(moment, days, moment.micros - *zone * 60'000'000LL);
}

std::optional<Moment> moment_of_julian_day(double day) {
  if (!(day >= 0) || day > 5'373'484.5) return std::nullopt;
  Moment moment;
  moment.has_time = true;
  const double since_epoch = (day - 2'440'587.5) * 86'400'000.0;  // SQLite counts in milliseconds
  return at_instant(moment, 0, static_cast<int64_t>(std::llround(since_epoch)) * 1000);
}

std::optional<std::string> format_date(int64_t days) {
  if (days < first_day || days > last_day) return std::nullopt;
  const Civil civil = civil_of_days(days);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::optional<std::string> format_moment(const Moment& moment) {
  auto text = format_date(moment.days);
  if (!text || !moment.has_time) return text;
  const int64_t seconds = moment.micros / 1'000'000;
  *text += fmt::format(" {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (moment.fraction_digits > 0) {
    *text +=
        "." + fmt::format("{:06}", moment.micros % 1'000'000).substr(0, static_cast<size_t>(moment.fraction_digits));
  }
  return text;
}

std::optional<DatePart> parse_date_part(std::string_view name) {
  struct Name {
    std::string_view text;
    DatePart part;
  };
  static constexpr Name names[] = {{"microsecond", DatePart::microsecond},
                                   {"us", DatePart::microsecond},
                                   {"millisecond", DatePart::millisecond},
                                   {"ms", DatePart::millisecond},
                                   {"second", DatePart::second},
                                   {"sec", DatePart::second},
                                   {"s", DatePart::second},
                                   {"minute", DatePart::minute},
                                   {"min", DatePart::minute},
                                   {"mi", DatePart::minute},
                                   {"hour", DatePart::hour},
                                   {"hr", DatePart::hour},
                                   {"hh", DatePart::hour},
                                   {"h", DatePart::hour},
                                   {"day", DatePart::day},
                                   {"dd", DatePart::day},
                                   {"d", DatePart::day},
                                   {"week", DatePart::week},
                                   {"isoweek", DatePart::week},
                                   {"wk", DatePart::week},
                                   {"w", DatePart::week},
                                   {"month", DatePart::month},
                                   {"mon", DatePart::month},
                                   {"mm", DatePart::month},
                                   {"quarter", DatePart::quarter},
                                   {"qtr", DatePart::quarter},
                                   {"q", DatePart::quarter},
                                   {"year", DatePart::year},
                                   {"yyyy", DatePart::year},
                                   {"yy", DatePart::year},
                                   {"y", DatePart::year},
                                   {"decade", DatePart::decade},
                                   {"century", DatePart::century},
                                   {"millennium", DatePart::millennium}};
  const std::string wanted = to_lower(trim(name));
  for (const auto& n : names) {
    if (wanted == n.text ||
        (n.text.size() > 2 && wanted.size() == n.text.size() + 1 && wanted.back() == 's' && wanted.starts_with(n.text)))
      return n.part;
  }
  return std::nullopt;
}

std::optional<Moment> add_to_moment(Moment moment, DatePart part, int64_t count) {
  constexpr int64_t bound = 400'000'000'000'000'000;  // microseconds in more than 10,000 years
  const int64_t span = months_of(part)                                   ? 2'000'000'000'000LL * months_of(part)
                       : part == DatePart::day || part == DatePart::week ? 7 * micros_per_day
                                                                         : micros_of(part);
  if (count > bound / span || count < -bound / span) return std::nullopt;
  if (const int months = months_of(part)) {
    const Civil civil = civil_of_days(moment.days);
    const int64_t month = month_number(moment.days) + count * months;
    const int64_t year = floor_div(month, 12);
    if (year < 0 || year > 9999) return std::nullopt;
    const int length = days_in_month(static_cast<int>(year), static_cast<int>(floor_mod(month, 12)) + 1);
    moment.days = first_of_month(month) + std::min(civil.day, length) - 1;
  } else if (part == DatePart::day || part == DatePart::week) {
    moment.days += count * (part == DatePart::week ? 7 : 1);
  } else {
    moment = at_instant(moment, moment.days,
                        moment.micros + count % (micros_per_day * 1000 / micros_of(part)) * micros_of(part));
    moment.days += count / (micros_per_day * 1000 / micros_of(part)) * 1000;
    moment.has_time = true;
    if (micros_of(part) < 1'000'000)
      moment.fraction_digits = std::max(moment.fraction_digits, part == DatePart::millisecond ? 3 : 6);
  }
  if (moment.days < first_day || moment.days > last_day) return std::nullopt;
  return moment;
}

Moment truncate_moment(Moment moment, DatePart part) {
  if (const int64_t unit = micros_of(part)) {
    moment.micros -= moment.micros % unit;
    if (unit >= 1'000'000) moment.fraction_digits = 0;
    return moment;
  }
  moment.micros = 0;
  moment.fraction_digits = 0;
  if (part == DatePart::week) moment.days = week_number(moment.days) * 7 - 3;
  if (months_of(part)) moment.days = first_of_month(first_month_of(part, month_number(moment.days)));
  return moment;
}

int64_t moment_difference(DatePart part, const Moment& from, const Moment& to) {
  if (part == DatePart::day) return to.days - from.days;
  if (part == DatePart::week) return week_number(to.days) - week_number(from.days);
  if (const int months = months_of(part)) {
    return (first_month_of(part, month_number(to.days)) - first_month_of(part, month_number(from.days))) / months;
  }
  const int64_t unit = micros_of(part);
  return (to.days - from.days) * (micros_per_day / unit) + to.micros / unit - from.micros / unit;
}

int64_t last_day_of(const Moment& moment, DatePart part) {
  if (part == DatePart::week) return week_number(moment.days) * 7 + 3;
  if (const int months = months_of(part))
    return first_of_month(first_month_of(part, month_number(moment.days)) + months) - 1;
  return moment.days;
}

}  // namespace modelc
