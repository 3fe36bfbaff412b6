// strptime and fromisoformat.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "jinja/pymodules.h"
#include "jinja/regex.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

// ---- strptime -------------------------------------------------------------------------------------------------------
namespace {

std::string names_pattern(char letter, const std::string_view* names, size_t count, size_t length) {
  std::vector<std::string> sorted;
  for (size_t i = 0; i < count; ++i) sorted.emplace_back(names[i].substr(0, length));
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return fmt::format("(?P<{}>{})", letter, join(sorted, "|"));
}

/// The regular expression of a directive, as Python's own strptime has it; empty for an unknown one.
std::string directive_pattern(char letter) {
  switch (letter) {
    case 'd':
      return R"((?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]))";
    case 'f':
      return R"((?P<f>[0-9]{1,6}))";
    case 'H':
      return R"((?P<H>2[0-3]|[0-1]\d|\d))";
    case 'I':
      return R"((?P<I>1[0-2]|0[1-9]|[1-9]))";
    case 'G':
      return R"((?P<G>\d\d\d\d))";
    case 'j':
      return R"((?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]))";
    case 'm':
      return R"((?P<m>1[0-2]|0[1-9]|[1-9]))";
    case 'M':
      return R"((?P<M>[0-5]\d|\d))";
    case 'S':
      return R"((?P<S>6[0-1]|[0-5]\d|\d))";
    case 'U':
      return R"((?P<U>5[0-3]|[0-4]\d|\d))";
    case 'W':
      return R"((?P<W>5[0-3]|[0-4]\d|\d))";
    case 'w':
      return R"((?P<w>[0-6]))";
    case 'u':
      return R"((?P<u>[1-7]))";
    case 'V':
      return R"((?P<V>5[0-3]|0[1-9]|[1-4]\d|\d))";
    case 'y':
      return R"((?P<y>\d\d))";
    case 'Y':
      return R"((?P<Y>\d\d\d\d))";
    case 'z':
      return R"((?P<z>[+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?|(?-i:Z)))";
    case 'Z':
      return R"((?P<Z>utc|gmt))";
    case 'p':
      return R"((?P<p>am|pm))";
    case 'A':
      return names_pattern('A', kDayNames, 7, std::string_view::npos);
    case 'a':
      return names_pattern('a', kDayNames, 7, 3);
    case 'B':
      return names_pattern('B', kMonthNames, 12, std::string_view::npos);
    case 'b':
      return names_pattern('b', kMonthNames, 12, 3);
    case '%':
      return "%";
    default:
      return {};
  }
}

std::string format_pattern(std::string_view format) {
  std::string out;
  for (size_t at = 0; at < format.size();) {
    size_t begin = at;
    uint32_t c = unicode::next(format, at);
    if (c != '%') {
      bool blank = unicode::is_space(c);
      while (blank && at < format.size()) {
        size_t behind = at;
        if (!unicode::is_space(unicode::next(format, behind))) break;
        at = behind;
      }
      out += blank ? "\\s+" : escape_regex(format.substr(begin, at - begin));
      continue;
    }
    if (at >= format.size()) value_error(fmt::format("stray % in format '{}'", format));
    size_t letter_at = at;
    unicode::next(format, at);
    std::string_view letter = format.substr(letter_at, at - letter_at);
    if (letter == "c")
      out += format_pattern("%a %b %d %H:%M:%S %Y");
    else if (letter == "x")
      out += format_pattern("%m/%d/%y");
    else if (letter == "X")
      out += format_pattern("%H:%M:%S");
    else if (std::string pattern = directive_pattern(letter[0]); !pattern.empty() && letter.size() == 1)
      out += pattern;
    else
      value_error(fmt::format("'{}' is a bad directive in format '{}'",
                              unicode::is_space(static_cast<unsigned char>(letter[0])) ? "%" : letter, format));
  }
  return out;
}

using Fields = std::map<char, std::string>;

int number(const std::string& digits) { return std::stoi(digits); }

std::optional<int> field(const Fields& fields, char letter) {
  auto it = fields.find(letter);
  return it == fields.end() ? std::nullopt : std::optional<int>(number(it->second));
}

int name_index(std::string_view name, const std::string_view* names, size_t count, size_t length) {
  for (size_t i = 0; i < count; ++i) {
    if (equals_ignore_case(name, names[i].substr(0, length))) return static_cast<int>(i);
  }
  return -1;
}

std::optional<int> parsed_weekday(const Fields& fields) {
  if (auto it = fields.find('A'); it != fields.end())
    return name_index(it->second, kDayNames, 7, std::string_view::npos);
  if (auto it = fields.find('a'); it != fields.end()) return name_index(it->second, kDayNames, 7, 3);
  if (auto w = field(fields, 'w')) return *w == 0 ? 6 : *w - 1;
  if (auto u = field(fields, 'u')) return *u - 1;
  return std::nullopt;
}

int parsed_month(const Fields& fields) {
  if (auto m = field(fields, 'm')) return *m;
  if (auto it = fields.find('B'); it != fields.end())
    return name_index(it->second, kMonthNames, 12, std::string_view::npos) + 1;
  if (auto it = fields.find('b'); it != fields.end()) return name_index(it->second, kMonthNames, 12, 3) + 1;
  return 1;
}

int parsed_hour(const Fields& fields) {
  if (auto h = field(fields, 'H')) return *h;
  auto h = field(fields, 'I');
  if (!h) return 0;
  auto p = fields.find('p');
  bool evening = p != fields.end() && equals_ignore_case(p->second, "pm");
  return evening ? (*h == 12 ? 12 : *h + 12) : *h == 12 ? 0 : *h;
}

/// "+hh[:]mm[[:]ss[.ffffff]]" or "Z".
int64_t parsed_offset(const std::string& text) {
  if (text == "Z") return 0;
  std::string z = text;
  if (z[3] == ':') {
    z.erase(3, 1);
    if (z.size() > 5) {
      if (z[5] != ':') value_error(fmt::format("Inconsistent use of : in {}", text));
      z.erase(5, 1);
    }
  }
  int64_t seconds =
      number(z.substr(1, 2)) * 3600 + number(z.substr(3, 2)) * 60 + (z.size() > 5 ? number(z.substr(5, 2)) : 0);
  std::string fraction = z.size() > 8 ? z.substr(8) : "";
  fraction.resize(6, '0');
  int64_t offset = seconds * kSecond + number(fraction);
  return z[0] == '-' ? -offset : offset;
}

int64_t day_of_week_number(int year, int week, int weekday, bool from_monday) {
  int first = weekday_of_days(days_of_civil(year, 1, 1));
  if (!from_monday) {
    first = (first + 1) % 7;
    weekday = (weekday + 1) % 7;
  }
  int week_zero = (7 - first) % 7;
  if (week == 0) return 1 + weekday - first;
  return 1 + week_zero + 7 * (week - 1) + weekday;
}

void check_iso_directives(const Fields& fields, bool has_weekday) {
  bool year = fields.count('Y') || fields.count('y');
  if (!year && fields.count('G')) {
    if (!fields.count('V') || !has_weekday) {
      value_error(
          "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive ('%A', '%a', "
          "'%w', or '%u').");
    }
    if (fields.count('j'))
      value_error("Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.");
  } else if (!fields.count('U') && !fields.count('W') && fields.count('V')) {
    if (!has_weekday) {
      value_error(
          "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive ('%A', '%a', "
          "'%w', or '%u').");
    }
    value_error("ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.");
  }
}

int64_t parsed_days(const Fields& fields) {
  std::optional<int> weekday = parsed_weekday(fields);
  check_iso_directives(fields, weekday.has_value());
  std::optional<int> year = field(fields, 'Y');
  if (auto y = field(fields, 'y')) year = *y <= 68 ? *y + 2000 : *y + 1900;
  int month = parsed_month(fields);
  int day = field(fields, 'd').value_or(1);
  std::optional<int64_t> julian = field(fields, 'j');
  if (!year && fields.count('G')) return days_of_iso_week(*field(fields, 'G'), *field(fields, 'V'), *weekday + 1);
  int known = year.value_or(1900);
  bool week = fields.count('U') || fields.count('W');
  if (!julian && weekday && week) {
    bool monday = !fields.count('U');
    julian = day_of_week_number(known, *field(fields, monday ? 'W' : 'U'), *weekday, monday);
  }
  if (julian) return days_of_civil(known, 1, 1) + *julian - 1;
  return checked_days(known, month, day);
}

}  // namespace

Value parse_time(std::string_view text, std::string_view format) {
  auto regex = Regex::compile(format_pattern(format), kRegexIgnoreCase);
  RegexMatch match;
  if (!regex->match(text, 0, RegexAnchor::start, false, match)) {
    value_error(fmt::format("time data {} does not match format {}", to_repr(Value(text)), to_repr(Value(format))));
  }
  if (match.end() != text.size()) value_error(fmt::format("unconverted data remains: {}", text.substr(match.end())));
  Fields fields;
  for (const auto& [name, group] : regex->names()) {
    auto [begin, end] = match.groups[group];
    if (begin != RegexMatch::kNoGroup) fields[name[0]] = trim(text.substr(begin, end - begin));
  }
  int64_t days = parsed_days(fields);
  std::string fraction = fields.count('f') ? fields['f'] : "";
  fraction.resize(6, '0');
  int64_t clock = checked_clock(parsed_hour(fields), field(fields, 'M').value_or(0), field(fields, 'S').value_or(0),
                                number(fraction));
  Value zone = Value::none();
  if (fields.count('z')) {
    std::optional<std::string> name;
    if (fields.count('Z')) name = fields['Z'];
    int64_t offset = parsed_offset(fields['z']);
    zone = offset == 0 && !name ? utc_timezone() : Value(make_ref<TimezoneObject>(offset, name));
  }
  return make_datetime_at(static_cast<Int128>(days) * kDay + clock, zone);
}

Value parse_datetime(std::string_view text, std::string_view format) { return parse_time(text, format); }

// ---- ISO 8601 -------------------------------------------------------------------------------------------------------
namespace {

[[noreturn]] void invalid_iso(std::string_view text) {
  value_error(fmt::format("Invalid isoformat string: {}", to_repr(Value(text))));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads exactly `count` digits at `at`.
std::optional<int> digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<int64_t> iso_days(std::string_view text) {
  auto year = digits(text, 0, 4);
  if (!year || text.size() < 7) return std::nullopt;
  bool dashed = text[4] == '-';
  size_t at = dashed ? 5 : 4;
  if (text[at] == 'W') {
    auto week = digits(text, at + 1, 2);
    if (!week) return std::nullopt;
    at += 3;
    int weekday = 1;
    if (at < text.size()) {
      if (dashed != (text[at] == '-')) return std::nullopt;
      auto day = digits(text, at + (dashed ? 1 : 0), 1);
      if (!day || at + (dashed ? 2 : 1) != text.size()) return std::nullopt;
      weekday = *day;
    }
    return days_of_iso_week(*year, *week, weekday);
  }
  auto month = digits(text, at, 2);
  at += 2;
  if (dashed && (at >= text.size() || text[at] != '-')) return std::nullopt;
  auto day = digits(text, at + (dashed ? 1 : 0), 2);
  if (!month || !day || at + (dashed ? 3 : 2) != text.size()) return std::nullopt;
  return checked_days(*year, *month, *day);
}

struct IsoClock {
  int64_t micros = 0;
  size_t parts = 0;
};

/// hh[:mm[:ss[.f*]]] or hh[mm[ss[.f*]]].
std::optional<IsoClock> iso_clock(std::string_view text, bool as_offset) {
  int values[3] = {0, 0, 0};
  size_t at = 0;
  size_t part = 0;
  bool colons = text.size() > 2 && text[2] == ':';
  int64_t fraction = 0;
  while (true) {
    auto value = digits(text, at, 2);
    if (!value) return std::nullopt;
    values[part++] = *value;
    at += 2;
    if (at == text.size()) break;
    if (part == 3) {
      if (text[at] != '.' && text[at] != ',') return std::nullopt;
      std::string_view rest = text.substr(at + 1);
      if (rest.empty() || !std::all_of(rest.begin(), rest.end(), is_digit)) return std::nullopt;
      std::string micros(rest.substr(0, 6));
      micros.resize(6, '0');
      fraction = number(micros);
      break;
    }
    if (colons != (text[at] == ':')) return std::nullopt;
    if (colons) ++at;
  }
  if (as_offset) return IsoClock{values[0] * kHour + values[1] * kMinute + values[2] * kSecond + fraction, part};
  return IsoClock{checked_clock(values[0], values[1], values[2], fraction), part};
}

struct IsoTime {
  int64_t micros;
  Value zone;
};

std::optional<IsoTime> iso_time(std::string_view text) {
  size_t mark = text.find_first_of("+-Z");
  Value zone = Value::none();
  if (mark != std::string_view::npos) {
    std::string_view rest = text.substr(mark + 1);
    if (text[mark] == 'Z') {
      if (!rest.empty()) return std::nullopt;
      zone = utc_timezone();
    } else {
      auto offset = iso_clock(rest, true);
      if (!offset) return std::nullopt;
      if (offset->micros >= kDay) {
        value_error(fmt::format(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
            to_repr(make_timedelta(text[mark] == '-' ? -offset->micros : offset->micros))));
      }
      int64_t micros = text[mark] == '-' ? -offset->micros : offset->micros;
      zone = micros == 0 ? utc_timezone() : Value(make_ref<TimezoneObject>(micros, std::nullopt));
    }
  }
  auto clock = iso_clock(text.substr(0, mark), false);
  if (!clock) return std::nullopt;
  return IsoTime{clock->micros, std::move(zone)};
}

/// Where the date ends; see CPython's _find_isoformat_datetime_separator.
size_t date_length(std::string_view text) {
  if (text.size() == 7) return 7;
  if (text[4] == '-') {
    if (text[5] != 'W') return 10;
    bool day = text.size() > 8 && text[8] == '-';
    return day && !(text.size() > 10 && is_digit(text[10])) ? 10 : 8;
  }
  if (text[4] != 'W') return 8;
  size_t end = 7;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end < 9 ? end : end % 2 == 0 ? 7 : 8;
}

}  // namespace

int64_t parse_iso_days(std::string_view text) {
  bool length = text.size() == 7 || text.size() == 8 || text.size() == 10;
  auto days = length ? iso_days(text) : std::nullopt;
  if (!days) invalid_iso(text);
  return *days;
}

Value parse_iso_time(std::string_view text) {
  auto time = iso_time(text.starts_with('T') ? text.substr(1) : text);
  if (!time) invalid_iso(text);
  return Value(make_ref<TimeObject>(time->micros, time->zone));
}

Value parse_iso_datetime(std::string_view text) {
  if (text.size() < 7) invalid_iso(text);
  size_t end = std::min(date_length(text), text.size());
  auto days = iso_days(text.substr(0, end));
  if (!days) invalid_iso(text);
  IsoTime time{0, Value::none()};
  if (end < text.size()) {
    unicode::next(text, end);  // any one character separates
    auto parsed = iso_time(text.substr(end));
    if (!parsed) invalid_iso(text);
    time = std::move(*parsed);
  }
  return make_datetime_at(static_cast<Int128>(*days) * kDay + time.micros, time.zone);
}

// ---- YAML -----------------------------------------------------------------------------------------------------------

Value parse_yaml_timestamp(std::string_view text) {
  static const auto pattern = Regex::compile(
      R"((\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?)?)");
  RegexMatch match;
  if (!pattern->match(text, 0, RegexAnchor::both, false, match)) value_error(fmt::format("not a timestamp: {}", text));
  auto group = [&](size_t i) {
    auto [begin, end] = match.groups[i];
    return begin == RegexMatch::kNoGroup ? std::string() : std::string(text.substr(begin, end - begin));
  };
  int64_t days = checked_days(number(group(1)), number(group(2)), number(group(3)));
  if (group(4).empty()) return make_date_of_days(days);
  std::string fraction = group(7).substr(0, 6);
  fraction.resize(6, '0');
  int64_t clock = checked_clock(number(group(4)), number(group(5)), number(group(6)), number(fraction));
  Value zone = Value::none();
  if (group(8) == "Z") {
    zone = utc_timezone();
  } else if (!group(8).empty()) {
    int64_t offset = number(group(10)) * kHour + (group(11).empty() ? 0 : number(group(11)) * kMinute);
    if (group(9) == "-") offset = -offset;
    zone = offset == 0 ? utc_timezone() : Value(make_ref<TimezoneObject>(offset, std::nullopt));
  }
  return make_datetime_at(static_cast<Int128>(days) * kDay + clock, zone);
}

}  // namespace modelc::jinja
