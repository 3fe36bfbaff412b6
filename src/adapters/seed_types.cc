#include "adapters/seed_types.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "adapters/decimal_text.h"
#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "jinja/unicode.h"

namespace modelc {

using jinja::Value;
namespace unicode = jinja::unicode;

namespace {

constexpr size_t context_precision = 28;  // significant digits of Python's decimal module

// agate's list; each sign may stand before or behind the number.
constexpr std::string_view currency_signs[] = {"\u060b", "$",      "\u0192", "\u17db", "\u00a5", "\u20a1", "\u20b1",
                                               "\u00a3", "\u20ac", "\u00a2", "\ufdfc", "\u20aa", "\u20a9", "\u20ad",
                                               "\u20ae", "\u20a6", "\u0e3f", "\u20a4", "\u20ab"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view strip_sign(std::string_view text, std::string_view sign) {
  while (text.starts_with(sign)) text.remove_prefix(sign.size());
  while (text.ends_with(sign)) text.remove_suffix(sign.size());
  return text;
}

/// What Decimal("NaN") and its kin print; empty when the text is none of them. `negate`: the caller has taken off a
/// minus.
std::string special_number(std::string_view text, bool negate) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const std::string lower = to_lower(text);
  if (lower == "inf" || lower == "infinity") return minus != negate ? "-Infinity" : "Infinity";
  if (!lower.starts_with("nan") || !std::all_of(lower.begin() + 3, lower.end(), is_digit)) return {};
  const std::string payload = lower.substr(std::min(lower.size(), lower.find_first_not_of('0', 3)));
  return (minus ? "-NaN" : "NaN") + payload;  // a product with a NaN keeps the NaN's own sign
}

SeedNumber number_of(DecimalText number, bool negate) {
  if (negate) number.negative = !number.negative;
  if (number.digits.size() > context_precision) number.digits.resize(context_precision);
  SeedNumber result{Value::none(), number.decimal_places(), number.whole_places()};
  if (result.decimals == 0 && number.point <= 18) {
    int64_t whole = 0;
    for (int64_t i = 0; i < number.point; ++i) {
      whole = whole * 10 +
              (i < static_cast<int64_t>(number.digits.size()) ? number.digits[static_cast<size_t>(i)] - '0' : 0);
    }
    result.value = Value(number.negative ? -whole : whole);
    return result;
  }
  const std::string text = (number.negative ? "-0." : "0.") + number.digits + "e" + std::to_string(number.point);
  result.value = Value(std::strtod(text.c_str(), nullptr));
  return result;
}

/// Plain digits, as nearly every number is written.
std::optional<SeedNumber> read_plain_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  int64_t whole = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    whole = whole * 10 + (c - '0');
  }
  const std::string_view significant = digits.substr(std::min(digits.size() - 1, digits.find_first_not_of('0')));
  return SeedNumber{Value(negative ? -whole : whole), 0, static_cast<int64_t>(significant.size())};
}

/// A walk through a text.
struct Cursor {
  std::string_view text;
  size_t at = 0;

  bool done() const { return at == text.size(); }
  bool take(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  bool digit_at(size_t i) const { return at + i < text.size() && is_digit(text[at + i]); }
  /// Exactly `count` digits.
  std::optional<int> digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!digit_at(i)) return std::nullopt;
      value = value * 10 + (text[at + i] - '0');
    }
    at += count;
    return value;
  }
  /// strptime's %m, %d, %H, %M, %S: two digits when they are in range, else one.
  std::optional<int> field(int most, bool zero_allowed) {
    if (digit_at(0) && digit_at(1)) {
      const int two = (text[at] - '0') * 10 + (text[at + 1] - '0');
      if (two <= most && (two > 0 || zero_allowed)) {
        at += 2;
        return two;
      }
    }
    if (!digit_at(0) || (text[at] == '0' && !zero_allowed)) return std::nullopt;
    return text[at++] - '0';
  }
};

std::optional<int64_t> days_of(int year, int month, int day) {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > jinja::days_in_month(year, month)) return std::nullopt;
  return jinja::days_of_civil(year, month, day);
}

/// "%Y-%m-%d" at the cursor, in days since 1970.
std::optional<int64_t> take_date(Cursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.field(12, false);
  if (!month || !cursor.take('-')) return std::nullopt;
  const auto day =
      cursor.take(' ') ? cursor.field(9, false) : cursor.field(31, false);  // %d may be padded with a blank
  return day ? days_of(*year, *month, *day) : std::nullopt;
}

bool in_range(int64_t days) { return days >= jinja::kFirstDay && days <= jinja::kLastDay; }

/// isodate.parse_date. The forms are told apart by their length and their hyphens.
std::optional<int64_t> iso_days(std::string_view text) {
  Cursor cursor{text};
  if (text.size() == 2) {
    const auto century = cursor.digits(2);
    return century ? days_of(*century * 100 + 1, 1, 1) : std::nullopt;
  }
  const auto year = cursor.digits(4);
  if (!year || *year < 1) return std::nullopt;
  if (cursor.done()) return days_of(*year, 1, 1);
  const bool hyphen = cursor.take('-');
  const size_t left = text.size() - cursor.at;
  if (cursor.take('W')) {
    const auto week = cursor.digits(2);
    if (!week) return std::nullopt;
    int day = 1;
    if (!cursor.done()) {
      if (hyphen && !cursor.take('-')) return std::nullopt;
      const auto given = cursor.digits(1);
      if (!given || !cursor.done()) return std::nullopt;
      day = *given;
    }
    // isodate counts weeks from January 1, and starts one earlier when that day is in week 1.
    const int64_t first = jinja::days_of_civil(*year, 1, 1);
    const jinja::IsoWeek iso = jinja::iso_week_of_days(first);
    const int64_t days = first + 7 * (*week - (iso.week == 1 ? 1 : 0)) - iso.weekday + day;
    return in_range(days) ? std::optional(days) : std::nullopt;
  }
  if (left == 3) {
    const auto ordinal = cursor.digits(3);
    if (!ordinal) return std::nullopt;
    const int64_t days = jinja::days_of_civil(*year, 1, 1) + *ordinal - 1;
    return in_range(days) ? std::optional(days) : std::nullopt;
  }
  const auto month = cursor.digits(2);
  if (!month) return std::nullopt;
  int day = 1;
  if (!cursor.done()) {
    if (hyphen && !cursor.take('-')) return std::nullopt;
    const auto given = cursor.digits(2);
    if (!given || !cursor.done()) return std::nullopt;
    day = *given;
  }
  return days_of(*year, *month == 0 ? 1 : *month, day);  // isodate takes month 00 for the first
}

struct IsoTime {
  int64_t micros = 0;
  std::optional<int64_t> offset;  ///< microseconds east of UTC
};

/// "Z", "+hh", "+hhmm", "+hh:mm" or nothing, up to the end.
bool take_zone(Cursor& cursor, IsoTime& time) {
  if (cursor.done()) return true;
  if (cursor.take('Z')) {
    time.offset = 0;
    return cursor.done();
  }
  const bool west = cursor.take('-');
  if (!west && !cursor.take('+')) return false;
  const auto hours = cursor.digits(2);
  if (!hours) return false;
  int64_t minutes = 0;
  if (!cursor.done()) {
    cursor.take(':');
    const auto given = cursor.digits(2);
    if (!given) return false;
    minutes = *given;
  }
  const int64_t offset = (*hours * 60 + minutes) * jinja::kMinute;
  time.offset = west ? -offset : offset;
  return cursor.done() && offset < jinja::kDay;
}

/// A fraction after "." or ",", of a unit of `unit` microseconds, rounded down.
bool take_fraction(Cursor& cursor, int64_t unit, int64_t& micros) {
  if (!cursor.take('.') && !cursor.take(',')) return true;
  if (!cursor.digit_at(0)) return false;
  jinja::Int128 numerator = 0, denominator = 1;
  for (; cursor.digit_at(0); ++cursor.at) {
    if (denominator < jinja::Int128(1'000'000'000'000)) {
      numerator = numerator * 10 + (cursor.text[cursor.at] - '0');
      denominator *= 10;
    }
  }
  micros += static_cast<int64_t>(numerator * unit / denominator);
  return true;
}

/// isodate.parse_time: hh, hhmm or hhmmss, with or without colons, the last unit with a fraction.
std::optional<IsoTime> iso_time(std::string_view text) {
  Cursor cursor{text};
  IsoTime time;
  const auto hour = cursor.digits(2);
  if (!hour) return std::nullopt;
  time.micros = *hour * jinja::kHour;
  int64_t unit = jinja::kHour;
  std::optional<int> minute, second;
  const bool colons = cursor.take(':');
  if (colons || (cursor.digit_at(0) && cursor.digit_at(1))) {
    minute = cursor.digits(2);
    if (!minute || *minute > 59) return std::nullopt;
    time.micros += *minute * jinja::kMinute;
    unit = jinja::kMinute;
    if (colons ? cursor.take(':') : (cursor.digit_at(0) && cursor.digit_at(1))) {
      second = cursor.digits(2);
      if (!second || *second > 59) return std::nullopt;
      time.micros += *second * jinja::kSecond;
      unit = jinja::kSecond;
    }
  }
  if (*hour > 23 || !take_fraction(cursor, unit, time.micros) || !take_zone(cursor, time)) return std::nullopt;
  return time;
}

}  // namespace

std::string_view strip_space(std::string_view text) {
  size_t begin = 0, end = text.size();
  while (begin < end) {
    size_t at = begin;
    if (!unicode::is_space(unicode::next(text, at))) break;
    begin = at;
  }
  while (end > begin) {
    size_t at = unicode::previous(text, end);
    const size_t start = at;
    if (!unicode::is_space(unicode::next(text, at))) break;
    end = start;
  }
  return text.substr(begin, end - begin);
}

bool is_seed_null(std::string_view text) {
  if (!text.empty() && text[0] > ' ' && text[0] != 'n' && text[0] != 'N') return false;
  const std::string_view bare = strip_space(text);
  return bare.empty() || equals_ignore_case(bare, "null");
}

std::optional<SeedNumber> read_seed_number(std::string_view text) {
  if (auto plain = read_plain_integer(text)) return plain;
  text = strip_sign(strip_space(text), "%");
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  for (const std::string_view sign : currency_signs) text = strip_sign(text, sign);
  // Decimal() itself passes over white space around the number and underscores within.
  const std::string_view bare = strip_space(text);
  std::string digits;
  for (const char c : bare) {
    if (c != ',' && c != '_') digits += c;
  }
  if (const auto number = parse_decimal(digits)) return number_of(*number, negative);
  if (std::string special = special_number(digits, negative); !special.empty())
    return SeedNumber{Value(std::move(special)), 0, 1};
  return std::nullopt;
}

std::optional<Value> read_seed_date(std::string_view text) {
  Cursor cursor{strip_space(text)};
  const auto days = take_date(cursor);
  if (!days || !cursor.done()) return std::nullopt;
  return jinja::make_date_of_days(*days);
}

std::optional<Value> read_seed_datetime(std::string_view text) {
  Cursor cursor{strip_space(text)};
  const auto days = take_date(cursor);
  if (!days) return std::nullopt;
  const size_t blanks = cursor.at;
  while (!cursor.done() && unicode::is_space(static_cast<unsigned char>(cursor.text[cursor.at]))) ++cursor.at;
  if (cursor.at == blanks) return std::nullopt;
  const auto hour = cursor.field(23, true);
  if (!hour || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.field(59, true);
  if (!minute || !cursor.take(':')) return std::nullopt;
  const auto second = cursor.field(61, true);
  if (!second || *second > 59 || !cursor.done()) return std::nullopt;  // datetime has no leap seconds
  const int64_t clock = *hour * jinja::kHour + *minute * jinja::kMinute + *second * jinja::kSecond;
  return jinja::make_datetime_at(*days * jinja::kDay + clock, Value::none());
}

std::optional<Value> read_seed_iso_datetime(std::string_view text) {
  const std::string_view bare = strip_space(text);
  const size_t t = bare.find('T');
  if (t == std::string_view::npos || bare.find('T', t + 1) != std::string_view::npos) return std::nullopt;
  const auto days = iso_days(bare.substr(0, t));
  const auto time = iso_time(bare.substr(t + 1));
  if (!days || !time) return std::nullopt;
  Value zone = Value::none();
  if (time->offset)
    zone = *time->offset == 0 ? jinja::utc_timezone()
                              : Value(jinja::make_ref<jinja::TimezoneObject>(*time->offset, std::nullopt));
  return jinja::make_datetime_at(*days * jinja::kDay + time->micros, zone);
}

std::optional<Value> read_seed_boolean(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (c != ',') bare += c;
  }
  const std::string_view word = strip_space(bare);
  if (equals_ignore_case(word, "true")) return Value(true);
  if (equals_ignore_case(word, "false")) return Value(false);
  return std::nullopt;
}

}  // namespace modelc
