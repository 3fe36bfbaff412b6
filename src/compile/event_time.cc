#include "compile/event_time.h"

#include <fmt/format.h>

#include <chrono>

#include "base/diagnostic.h"
#include "base/text.h"
#include "base/yaml.h"
#include "jinja/json.h"
#include "jinja/pymodules.h"

namespace modelc {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::sys_time;
using std::chrono::year_month_day;
using std::chrono::years;

constexpr Micros micros_a_day = 86'400'000'000;
constexpr Micros micros_an_hour = 3'600'000'000;

year_month_day date_of(Micros time) { return floor<days>(sys_time<microseconds>(microseconds(time))); }
Micros micros_of(year_month_day date) { return Micros(sys_days(date).time_since_epoch().count()) * micros_a_day; }
Micros floor_to(Micros time, Micros unit) { return time - ((time % unit) + unit) % unit; }

[[noreturn]] void bad_sample(std::string message) {
  throw Error(ErrorKind::usage, "compile/bad-sample", std::move(message), {},
              "write --sample \"3 days\" or --sample \"{start: 2026-01-01, end: 2026-02-01}\"");
}

std::pair<Micros, Micros> sample_between(const std::string& text) {
  jinja::Value window;
  try {
    window = jinja::from_yaml(load_yaml(SourceFile("<--sample>", text)).root);
  } catch (const Error& error) {  // its span would point into a text that is gone
    bad_sample(fmt::format("--sample is no valid YAML: {}", error.what()));
  }
  if (!window.is_dict() || window.get("start").is_undefined() || window.get("end").is_undefined()) {
    bad_sample("--sample needs both `start` and `end`: " + text);
  }
  return {event_time_of(window.get("start"), "--sample start"), event_time_of(window.get("end"), "--sample end")};
}

}  // namespace

std::optional<BatchSize> parse_batch_size(std::string_view text) {
  if (text == "hour") return BatchSize::hour;
  if (text == "day") return BatchSize::day;
  if (text == "month") return BatchSize::month;
  if (text == "year") return BatchSize::year;
  return std::nullopt;
}

Micros truncate_to_batch(Micros time, BatchSize size) {
  const year_month_day date = date_of(time);
  switch (size) {
    case BatchSize::hour:
      return floor_to(time, micros_an_hour);
    case BatchSize::day:
      return floor_to(time, micros_a_day);
    case BatchSize::month:
      return micros_of(date.year() / date.month() / 1);
    case BatchSize::year:
      return micros_of(date.year() / 1 / 1);
  }
  return time;
}

Micros ceil_to_batch(Micros time, BatchSize size) {
  const Micros begin = truncate_to_batch(time, size);
  return begin == time ? time : offset_batches(begin, size, 1);
}

Micros offset_batches(Micros time, BatchSize size, int64_t batches) {
  return offset_time(truncate_to_batch(time, size), size, batches);
}

Micros offset_time(Micros time, BatchSize size, int64_t steps) {
  if (size == BatchSize::hour) return time + steps * micros_an_hour;
  if (size == BatchSize::day) return time + steps * micros_a_day;
  const Micros of_day = time - floor_to(time, micros_a_day);
  year_month_day date = date_of(time);
  if (size == BatchSize::month)
    date += months(steps);
  else
    date += years(steps);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return micros_of(date) + of_day;
}

std::string format_batch_start(Micros time, BatchSize size) {
  const std::string iso = format_iso_naive(time);
  switch (size) {
    case BatchSize::year:
      return iso.substr(0, 4);
    case BatchSize::month:
      return iso.substr(0, 7);
    case BatchSize::day:
      return iso.substr(0, 10);
    case BatchSize::hour:
      return iso.substr(0, 13);
  }
  return iso;
}

std::string batch_id(Micros time, BatchSize size) { return replace_all(format_batch_start(time, size), "-", ""); }

std::string format_event_time(Micros time) {
  std::string text = format_iso_naive(time).substr(0, 19);
  text[10] = ' ';
  const Micros fraction = time - floor_to(time, 1'000'000);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "+00:00";
}

Micros event_time_of(const jinja::Value& value, std::string_view what) {
  const auto fail = [&]() -> Error {
    return Error(ErrorKind::runtime, "compile/bad-event-time",
                 fmt::format("{} is no date or time: {}", what, jinja::to_str(value)), {},
                 "write it as 2026-01-31 or 2026-01-31T12:00:00");
  };
  if (value.is_string()) {
    try {
      return jinja::datetime_micros(jinja::parse_iso_datetime(value.as_string()));
    } catch (const Error&) {
      throw fail();
    }
  }
  if (jinja::is_datetime(value)) return jinja::datetime_micros(value);
  if (jinja::is_date(value)) return event_time_of(jinja::Value(jinja::to_str(value)), what);
  throw fail();
}

std::pair<Micros, Micros> parse_sample(const std::string& text, Micros now) {
  if (trim(text).starts_with("{")) return sample_between(text);
  const auto parts = split(text, ' ');
  if (parts.size() != 2) {
    bad_sample(fmt::format("Cannot load SAMPLE_WINDOW from '{}'. Must be of form 'DAYS_INT GRAIN_SIZE'.", text));
  }
  int64_t lookback = 0;
  size_t used = 0;
  try {
    lookback = std::stoll(std::string(parts[0]), &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != parts[0].size()) bad_sample(fmt::format("Unable to convert '{}' to an integer.", parts[0]));
  std::string grain = to_lower(parts[1]);
  while (grain.ends_with('s')) grain.pop_back();
  const auto size = parse_batch_size(grain);
  if (!size) {
    bad_sample(fmt::format(
        "Invalid grain size '{}'. Must be one of ['hour', 'day', 'month', 'year', 'hours', 'days', 'months', 'years'].",
        parts[1]));
  }
  return {offset_time(now, *size, -lookback), now};
}

}  // namespace modelc
