// Dates as people write them, and the clocks of other places.
#include <date/tz.h>
#include <fmt/format.h>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "tabular/moment.h"

namespace modelc::sqlite {
namespace {

constexpr const char* month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
constexpr const char* day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

const date::time_zone* zone_named(std::string_view name) {
  try {
    return date::locate_zone(std::string(trim(name)));
  } catch (const std::exception&) {
    throw FunctionError(fmt::format("convert_timezone(): unknown time zone '{}'", name));
  }
}

/// convert_timezone([from,] to, moment): the wall clock of one zone (UTC when not given) as that of another. A time
/// that does not exist or is there twice, where clocks change, is taken as the earlier.
void convert_timezone(Call& call) {
  using std::chrono::microseconds;
  if (call.any_null()) return call.null();
  const int last = call.count() - 1;
  auto moment = call.is_number(last) ? moment_of_julian_day(call.real(last)) : parse_moment(call.text(last));
  if (!moment) return call.null();
  date::sys_time<microseconds> instant{microseconds{moment->days * micros_per_day + moment->micros}};
  if (last == 2) {
    const date::local_time<microseconds> wall{instant.time_since_epoch()};
    instant = zone_named(call.text(0))->to_sys(wall, date::choose::earliest);
  }
  const int64_t wall = zone_named(call.text(last - 1))->to_local(instant).time_since_epoch().count();
  const int64_t days = wall / micros_per_day - (wall % micros_per_day < 0 ? 1 : 0);
  moment->days = days;
  moment->micros = wall - days * micros_per_day;
  moment->has_time = true;
  const auto text = format_moment(*moment);
  text ? call.result(*text) : call.null();
}

enum class Letters { as_named, upper, lower };

std::string in_letters(std::string text, Letters letters) {
  if (letters == Letters::upper) return to_upper(text);
  return letters == Letters::lower ? to_lower(text) : text;
}

/// The numbers of a moment that to_char's patterns print.
struct Parts {
  jinja::Civil civil;
  int64_t hour, minute, second, micros, day_of_year, weekday, iso_week, iso_year;
};

Parts parts_of(const Moment& moment) {
  const jinja::Civil civil = jinja::civil_of_days(moment.days);
  const auto iso = jinja::iso_week_of_days(moment.days);
  const int64_t seconds = moment.micros / 1'000'000;
  return {civil,
          seconds / 3600,
          seconds / 60 % 60,
          seconds % 60,
          moment.micros % 1'000'000,
          moment.days - jinja::days_of_civil(civil.year, 1, 1) + 1,
          jinja::weekday_of_days(moment.days),
          iso.week,
          iso.year};
}

/// Names are padded with blanks to nine, numbers with zeros to `width`, unless FM stands before the pattern.
struct Pattern {
  const char* word;
  std::string (*write)(const Parts& parts, Letters letters);
  int width;  ///< 0: a name
};

constexpr Pattern patterns[] = {
    // longer words stand before their beginnings
    {"YYYY", [](const Parts& p, Letters) { return fmt::to_string(p.civil.year); }, 4},
    {"IYYY", [](const Parts& p, Letters) { return fmt::to_string(p.iso_year); }, 4},
    {"YYY", [](const Parts& p, Letters) { return fmt::to_string(p.civil.year % 1000); }, 3},
    {"YY", [](const Parts& p, Letters) { return fmt::to_string(p.civil.year % 100); }, 2},
    {"MONTH", [](const Parts& p, Letters l) { return in_letters(month_names[p.civil.month - 1], l); }, 0},
    {"MON", [](const Parts& p, Letters l) { return in_letters(std::string(month_names[p.civil.month - 1], 3), l); }, 1},
    {"MM", [](const Parts& p, Letters) { return fmt::to_string(p.civil.month); }, 2},
    {"MI", [](const Parts& p, Letters) { return fmt::to_string(p.minute); }, 2},
    {"MS", [](const Parts& p, Letters) { return fmt::to_string(p.micros / 1000); }, 3},
    {"DAY", [](const Parts& p, Letters l) { return in_letters(day_names[p.weekday], l); }, 0},
    {"DDD", [](const Parts& p, Letters) { return fmt::to_string(p.day_of_year); }, 3},
    {"DD", [](const Parts& p, Letters) { return fmt::to_string(p.civil.day); }, 2},
    {"DY", [](const Parts& p, Letters l) { return in_letters(std::string(day_names[p.weekday], 3), l); }, 1},
    {"HH24", [](const Parts& p, Letters) { return fmt::to_string(p.hour); }, 2},
    {"HH12", [](const Parts& p, Letters) { return fmt::to_string((p.hour + 11) % 12 + 1); }, 2},
    {"HH", [](const Parts& p, Letters) { return fmt::to_string((p.hour + 11) % 12 + 1); }, 2},
    {"SS", [](const Parts& p, Letters) { return fmt::to_string(p.second); }, 2},
    {"US", [](const Parts& p, Letters) { return fmt::to_string(p.micros); }, 6},
    {"WW", [](const Parts& p, Letters) { return fmt::to_string((p.day_of_year + 6) / 7); }, 2},
    {"IW", [](const Parts& p, Letters) { return fmt::to_string(p.iso_week); }, 2},
    {"ID", [](const Parts& p, Letters) { return fmt::to_string(p.weekday + 1); }, 1},
    {"AM", [](const Parts& p, Letters l) { return in_letters(p.hour < 12 ? "AM" : "PM", l); }, 1},
    {"PM", [](const Parts& p, Letters l) { return in_letters(p.hour < 12 ? "AM" : "PM", l); }, 1},
    {"Q", [](const Parts& p, Letters) { return fmt::to_string((p.civil.month + 2) / 3); }, 1},
    {"D", [](const Parts& p, Letters) { return fmt::to_string((p.weekday + 1) % 7 + 1); }, 1},
};

Letters letters_of(std::string_view word) {
  if (to_upper(word) == word) return Letters::upper;
  return to_lower(word) == word ? Letters::lower : Letters::as_named;
}

/// The pattern that `format` begins with; nullptr: the character stands for itself.
const Pattern* pattern_at(std::string_view format) {
  for (const Pattern& pattern : patterns) {
    const std::string_view word = pattern.word;
    if (format.size() >= word.size() && equals_ignore_case(format.substr(0, word.size()), word)) return &pattern;
  }
  return nullptr;
}

/// to_char(moment, format) with Postgres's patterns for dates.
void to_char(Call& call) {
  if (call.any_null()) return call.null();
  const auto moment = call.is_number(0) ? moment_of_julian_day(call.real(0)) : parse_moment(call.text(0));
  if (!moment) return call.null();
  const Parts parts = parts_of(*moment);
  std::string out;
  for (std::string_view format = call.text(1); !format.empty();) {
    if (format[0] == '"') {
      const size_t end = std::min(format.find('"', 1), format.size());
      out += format.substr(1, end - 1);
      format.remove_prefix(std::min(end + 1, format.size()));
      continue;
    }
    const bool bare =
        format.size() > 2 && equals_ignore_case(format.substr(0, 2), "FM") && pattern_at(format.substr(2));
    if (bare) format.remove_prefix(2);
    const Pattern* pattern = pattern_at(format);
    if (!pattern) {
      out += format[0];
      format.remove_prefix(1);
      continue;
    }
    const size_t length = std::string_view(pattern->word).size();
    std::string text = pattern->write(parts, letters_of(format.substr(0, length)));
    if (!bare && pattern->width == 0) text.resize(std::max<size_t>(text.size(), 9), ' ');
    if (!bare && static_cast<int>(text.size()) < pattern->width)
      text.insert(0, static_cast<size_t>(pattern->width) - text.size(), '0');
    out += text;
    format.remove_prefix(length);
  }
  call.result(out);
}

constexpr ScalarEntry entries[] = {
    {"convert_timezone", 2, scalar_entry<convert_timezone>},
    {"convert_timezone", 3, scalar_entry<convert_timezone>},
    {"to_char", 2, scalar_entry<to_char>},
};

}  // namespace

void register_calendar_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
