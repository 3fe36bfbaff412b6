#include "tabular/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>

#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "tabular/moment.h"

namespace modelc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') text.remove_prefix(1);
  return text;
}

std::optional<int64_t> read_integer(std::string_view text) {
  text = without_plus(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  std::string_view rest = text.substr(static_cast<size_t>(end - text.data()));
  if (rest.empty()) return value;
  if (rest[0] != '.' || !is_digit(text[text.front() == '-' ? 1 : 0])) return std::nullopt;
  rest.remove_prefix(1);  // "17850.0": what a column of integers becomes in tools that know no null integers
  return std::all_of(rest.begin(), rest.end(), [](char c) { return c == '0'; }) ? std::optional(value) : std::nullopt;
}

std::optional<double> read_real(std::string_view text) {
  text = without_plus(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> read_boolean(std::string_view text) {
  for (std::string_view word : {"true", "t", "yes", "y", "on", "1"})
    if (equals_ignore_case(text, word)) return true;
  for (std::string_view word : {"false", "f", "no", "n", "off", "0"})
    if (equals_ignore_case(text, word)) return false;
  return std::nullopt;
}

/// Up to six digits behind `text`'s strptime'd part, as "%f" reads them.
std::optional<int64_t> read_fraction(const char*& at) {
  int64_t micros = 0, unit = 100'000;
  const char* begin = at;
  for (; is_digit(*at) && at - begin < 9; ++at, unit /= 10) micros += unit * (*at - '0');
  return at == begin ? std::nullopt : std::optional(micros);
}

/// strptime with "%f" (digits of a second) and a check that the day exists.
std::optional<Moment> parse_by_format(const std::string& text, const std::string& format) {
  std::tm parts{};
  parts.tm_mday = 1;
  parts.tm_year = 70;
  const char* at = text.c_str();
  int64_t fraction = 0;
  size_t begin = 0;
  for (;;) {
    const size_t mark = format.find("%f", begin);
    const std::string piece = format.substr(begin, mark == std::string::npos ? mark : mark - begin);
    if (!piece.empty() && !(at = strptime(at, piece.c_str(), &parts))) return std::nullopt;
    if (mark == std::string::npos) break;
    const auto read = read_fraction(at);
    if (!read) return std::nullopt;
    fraction = *read;
    begin = mark + 2;
  }
  if (*at) return std::nullopt;
  const int year = parts.tm_year + 1900, month = parts.tm_mon + 1;
  if (year < 1 || year > 9999 || parts.tm_mday > jinja::days_in_month(year, month)) return std::nullopt;
  const int64_t seconds = (parts.tm_hour * 60LL + parts.tm_min) * 60 + std::min(parts.tm_sec, 59) - parts.tm_gmtoff;
  Moment moment;
  const int64_t micros = seconds * 1'000'000 + fraction;
  const int64_t shift = micros < 0 ? -1 : micros / micros_per_day;
  moment.days = jinja::days_of_civil(year, month, parts.tm_mday) + shift;
  moment.micros = micros - shift * micros_per_day;
  return moment;
}

std::string_view without_utc(std::string_view text) {
  if (text.size() > 4 && equals_ignore_case(text.substr(text.size() - 4), " utc")) text.remove_suffix(4);
  return text;
}

std::string_view kind_name(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::integer:
      return "integer of 64 bits";
    case ColumnKind::boolean:
      return "boolean";
    case ColumnKind::date:
      return "date";
    case ColumnKind::timestamp:
      return "timestamp";
    default:
      return "number";
  }
}

/// Numbers of JSON without a declared type: exact integers, else doubles; what does not fit stays a text.
Cell natural_number(std::string_view text) {
  const bool whole = text.find_first_of(".eE") == std::string_view::npos;
  if (whole) {
    const auto value = read_integer(text);
    return value ? Cell::of(*value) : Cell::of(text);
  }
  const auto value = read_real(text);
  return value ? Cell::of(*value) : Cell::of(text);
}

}  // namespace

ColumnKind column_kind(std::string_view data_type) {
  std::string name = to_lower(trim(data_type.substr(0, data_type.find('('))));
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  if (has("timestamp") || has("datetime")) return ColumnKind::timestamp;
  if (is({"date"})) return ColumnKind::date;
  if (has("char") || has("text") || has("clob") || is({"string", "uuid", "json", "jsonb", "time", "variant"}))
    return ColumnKind::text;
  if (has("bool")) return ColumnKind::boolean;
  if (is({"real", "float", "float4", "float8", "float32", "float64", "double", "double precision"}))
    return ColumnKind::real;
  if (is({"numeric", "decimal", "number", "bignumeric", "money", "dec"})) return ColumnKind::decimal;
  if (has("int") && !has("interval") && !has("point")) return ColumnKind::integer;
  if (is({"long"})) return ColumnKind::integer;
  return ColumnKind::natural;
}

ColumnCaster::ColumnCaster(ColumnRule rule, std::vector<std::string> null_strings)
    : rule_(std::move(rule)), null_strings_(std::move(null_strings)) {}

bool ColumnCaster::is_null(const RawValue& value) const {
  if (value.kind == RawValue::Kind::null) return true;
  if (value.kind != RawValue::Kind::plain && value.kind != RawValue::Kind::quoted) return false;
  const bool textual = rule_.kind == ColumnKind::text || rule_.kind == ColumnKind::natural;
  if (!textual && trim(value.text).empty()) return true;
  return std::any_of(null_strings_.begin(), null_strings_.end(), [&](const std::string& null) {
    if (null.empty()) return value.text.empty() && value.kind == RawValue::Kind::plain;
    return value.text == null || (!textual && trim(value.text) == null);
  });
}

namespace {

/// Is the text, which names a moment, written as the table has it: "2025-01-31", or with " 10:30:00" behind?
bool is_canonical(std::string_view text, ColumnKind kind) {
  if (kind == ColumnKind::date) return text.size() == 10;
  return text.size() == 19 && text[10] == ' ' && text[16] == ':' &&
         !text.substr(11).starts_with("24");  // which is the next day's midnight
}

}  // namespace

bool ColumnCaster::cast_moment(std::string_view text, Cell& cell) {
  std::optional<Moment> moment;
  if (rule_.formats.empty()) {
    moment = parse_moment(without_utc(text));
  } else {
    const std::string copy(text);
    for (size_t i = 0; i < rule_.formats.size() && !moment; ++i) moment = parse_by_format(copy, rule_.formats[i]);
  }
  if (!moment) return false;
  if (rule_.formats.empty() && is_canonical(text, rule_.kind)) {
    cell = Cell::of(text);
    return true;
  }
  if (rule_.kind == ColumnKind::date) {
    if (rule_.formats.empty() && moment->micros != 0) return false;  // a time of day would be lost unseen
    moment->has_time = false;
  } else {
    moment->has_time = true;
    moment->fraction_digits = moment->micros % 1'000'000 ? 6 : 0;
  }
  const auto written = format_moment(*moment);
  if (!written || written->size() > moment_.size()) return false;
  std::copy(written->begin(), written->end(), moment_.begin());
  cell = Cell::of(std::string_view(moment_.data(), written->size()));
  return true;
}

std::string ColumnCaster::cast(const RawValue& value, Cell& cell) {
  cell = Cell();
  if (is_null(value)) return {};
  if (rule_.kind == ColumnKind::text) {
    cell = Cell::of(value.text);
    return {};
  }
  if (rule_.kind == ColumnKind::natural) {
    if (value.kind == RawValue::Kind::number)
      cell = natural_number(value.text);
    else if (value.kind == RawValue::Kind::boolean)
      cell = Cell::of(int64_t{value.text == "true"});
    else
      cell = Cell::of(value.text);
    return {};
  }
  const std::string_view text = trim(value.text);
  bool fits = false;
  switch (rule_.kind) {
    case ColumnKind::integer:
    case ColumnKind::decimal:
      if (const auto integer = read_integer(text)) {
        cell = Cell::of(*integer);
        fits = true;
      }
      if (fits || rule_.kind == ColumnKind::integer) break;
      [[fallthrough]];
    case ColumnKind::real:
      if (const auto real = read_real(text)) {
        cell = Cell::of(*real);
        fits = true;
      }
      break;
    case ColumnKind::boolean:
      if (const auto boolean = read_boolean(text)) {
        cell = Cell::of(int64_t{*boolean});
        fits = true;
      }
      break;
    default:
      fits = cast_moment(text, cell);
      break;
  }
  if (fits) return {};
  constexpr size_t shown = 60;
  return fmt::format("'{}{}' is no {}", text.substr(0, shown), text.size() > shown ? "..." : "", kind_name(rule_.kind));
}

}  // namespace modelc
