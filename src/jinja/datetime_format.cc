// strftime in the C locale, with glibc's flags ("%-d", "%_H", "%^a").
#include <fmt/format.h>

#include "base/text.h"
#include "jinja/datetime_objects.h"

namespace modelc::jinja {
namespace {

/// A directive's flag and width: "%-d", "%05Y".
struct Directive {
  char flag = 0;
  int width = -1;
  char letter = 0;
};

class TimeFormatter {
 public:
  explicit TimeFormatter(const FormatFields& fields)
      : fields_(fields), date_(civil_of_days(fields.days)), weekday_(weekday_of_days(fields.days)) {
    hour_ = fields.clock / kHour;
    minute_ = fields.clock / kMinute % 60;
    second_ = fields.clock / kSecond % 60;
    year_day_ = fields.days - days_of_civil(date_.year, 1, 1) + 1;
  }

  std::string format(std::string_view text) const {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      if (text[at] != '%') {
        out += text[at++];
        continue;
      }
      size_t begin = at++;
      Directive d = read(text, at);
      if (d.letter && append(out, d)) continue;
      out += text.substr(begin, at - begin);  // unknown ones stay, as in glibc
    }
    return out;
  }

 private:
  static Directive read(std::string_view text, size_t& at) {
    Directive d;
    while (at < text.size() && std::string_view("-_0^#").find(text[at]) != std::string_view::npos) d.flag = text[at++];
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && d.width < 1000) {
      d.width = std::max(d.width, 0) * 10 + (text[at++] - '0');
    }
    if (at < text.size() && (text[at] == 'E' || text[at] == 'O') && at + 1 < text.size()) ++at;
    if (at < text.size()) d.letter = text[at++];
    return d;
  }

  static void number(std::string& out, const Directive& d, int64_t value, int width, char pad) {
    if (d.flag == '-')
      width = 0;
    else if (d.width >= 0)
      width = d.width;
    if (d.flag == '_') pad = ' ';
    if (d.flag == '0') pad = '0';
    std::string digits = std::to_string(value);
    if (static_cast<int>(digits.size()) < width) out.append(static_cast<size_t>(width) - digits.size(), pad);
    out += digits;
  }

  static void text(std::string& out, const Directive& d, std::string value) {
    if (d.flag == '^') value = to_upper(value);
    if (d.flag == '#') value = d.letter == 'Z' || d.letter == 'p' ? to_lower(value) : to_upper(value);
    if (static_cast<int>(value.size()) < d.width)
      out.append(static_cast<size_t>(d.width) - value.size(), d.flag == '0' ? '0' : ' ');
    out += value;
  }

  int64_t hour12() const { return hour_ % 12 == 0 ? 12 : hour_ % 12; }
  int64_t sunday_week() const { return (year_day_ + 6 - (weekday_ + 1) % 7) / 7; }
  int64_t monday_week() const { return (year_day_ + 6 - weekday_) / 7; }

  /// Directives made of others.
  std::string_view expansion(char letter) const {
    switch (letter) {
      case 'c':
        return "%a %b %e %H:%M:%S %Y";
      case 'x':
      case 'D':
        return "%m/%d/%y";
      case 'X':
      case 'T':
        return "%H:%M:%S";
      case 'R':
        return "%H:%M";
      case 'r':
        return "%I:%M:%S %p";
      case 'F':
        return "%Y-%m-%d";
      default:
        return {};
    }
  }

  bool append(std::string& out, const Directive& d) const {
    if (std::string_view parts = expansion(d.letter); !parts.empty()) {
      std::string whole = format(parts);
      Directive as_is = d;
      if (d.flag == '#') as_is.flag = 0;  // changes the case of single names only
      text(out, as_is, std::move(whole));
      return true;
    }
    return append_number(out, d) || append_text(out, d);
  }

  bool append_number(std::string& out, const Directive& d) const {
    switch (d.letter) {
      case 'Y':
        number(out, d, date_.year, 0, '0');
        return true;
      case 'C':
        number(out, d, date_.year / 100, 2, '0');
        return true;
      case 'y':
        number(out, d, date_.year % 100, 2, '0');
        return true;
      case 'm':
        number(out, d, date_.month, 2, '0');
        return true;
      case 'd':
        number(out, d, date_.day, 2, '0');
        return true;
      case 'e':
        number(out, d, date_.day, 2, ' ');
        return true;
      case 'H':
        number(out, d, hour_, 2, '0');
        return true;
      case 'k':
        number(out, d, hour_, 2, ' ');
        return true;
      case 'I':
        number(out, d, hour12(), 2, '0');
        return true;
      case 'l':
        number(out, d, hour12(), 2, ' ');
        return true;
      case 'M':
        number(out, d, minute_, 2, '0');
        return true;
      case 'S':
        number(out, d, second_, 2, '0');
        return true;
      case 'j':
        number(out, d, year_day_, 3, '0');
        return true;
      case 'u':
        number(out, d, weekday_ + 1, 1, '0');
        return true;
      case 'w':
        number(out, d, (weekday_ + 1) % 7, 1, '0');
        return true;
      case 'U':
        number(out, d, sunday_week(), 2, '0');
        return true;
      case 'W':
        number(out, d, monday_week(), 2, '0');
        return true;
      case 'V':
        number(out, d, iso_week_of_days(fields_.days).week, 2, '0');
        return true;
      case 'G':
        number(out, d, iso_week_of_days(fields_.days).year, 4, '0');
        return true;
      case 'g':
        number(out, d, iso_week_of_days(fields_.days).year % 100, 2, '0');
        return true;
      case 's':
        number(out, d, local_to_utc(fields_.days * kDay + fields_.clock - fields_.clock % kSecond) / kSecond, 1, '0');
        return true;
      default:
        return false;
    }
  }

  bool append_text(std::string& out, const Directive& d) const {
    switch (d.letter) {
      case 'a':
        text(out, d, std::string(kDayNames[weekday_].substr(0, 3)));
        return true;
      case 'A':
        text(out, d, std::string(kDayNames[weekday_]));
        return true;
      case 'b':
      case 'h':
        text(out, d, std::string(kMonthNames[date_.month - 1].substr(0, 3)));
        return true;
      case 'B':
        text(out, d, std::string(kMonthNames[date_.month - 1]));
        return true;
      case 'p':
        text(out, d, hour_ < 12 ? "AM" : "PM");
        return true;
      case 'P':
        text(out, d, hour_ < 12 ? "am" : "pm");
        return true;
      case 'f':  // Python's own, without flags
        if (d.flag || d.width >= 0) return false;
        out += fmt::format("{:06}", fields_.clock % kSecond);
        return true;
      case 'z':
        if (fields_.offset) out += offset_text(*fields_.offset, "");
        return true;
      case 'Z':
        if (fields_.zone) text(out, d, *fields_.zone);
        return true;
      case 'n':
        out += '\n';
        return true;
      case 't':
        out += '\t';
        return true;
      case '%':
        out += '%';
        return true;
      default:
        return false;
    }
  }

  const FormatFields& fields_;
  Civil date_;
  int weekday_;
  int64_t hour_, minute_, second_, year_day_;
};

}  // namespace

std::string format_time(std::string_view format, const FormatFields& fields) {
  return TimeFormatter(fields).format(format);
}

}  // namespace modelc::jinja
