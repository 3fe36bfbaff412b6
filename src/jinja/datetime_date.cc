// datetime.date and datetime.time.
#include <fmt/format.h>

#include "base/clock.h"
#include "jinja/datetime_parts.h"
#include "jinja/methods.h"
#include "jinja/named_tuple.h"
#include "jinja/pymodules.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

// ---- date -----------------------------------------------------------------------------------------------------------

Value make_date_of_days(int64_t days) {
  if (days < kFirstDay || days > kLastDay) value_error("date value out of range");
  return Value(make_ref<DateObject>(days));
}

std::optional<Value> date_attribute(int64_t days, std::string_view name) {
  Civil c = civil_of_days(days);
  if (name == "year") return c.year;
  if (name == "month") return c.month;
  if (name == "day") return c.day;
  return std::nullopt;
}

Value iso_calendar(int64_t days) {
  IsoWeek week = iso_week_of_days(days);
  return Value(make_ref<NamedTuple>("datetime.IsoCalendarDate", "datetime.IsoCalendarDate",
                                    std::vector<std::string_view>{"year", "week", "weekday"},
                                    std::vector<Value>{week.year, week.week, week.weekday}));
}

Value time_tuple(int64_t days, int64_t clock, int is_dst) {
  Civil c = civil_of_days(days);
  std::vector<Value> parts = {c.year,
                              c.month,
                              c.day,
                              clock / kHour,
                              clock / kMinute % 60,
                              clock / kSecond % 60,
                              weekday_of_days(days),
                              days - days_of_civil(c.year, 1, 1) + 1,
                              is_dst};
  std::vector<std::string_view> names = {"tm_year", "tm_mon",  "tm_mday", "tm_hour", "tm_min",
                                         "tm_sec",  "tm_wday", "tm_yday", "tm_isdst"};
  return Value(make_ref<NamedTuple>("time.struct_time", "time.struct_time", std::move(names), std::move(parts)));
}

std::string ctime_text(int64_t days, int64_t clock) {
  Civil c = civil_of_days(days);
  return fmt::format("{} {} {:2} {:02}:{:02}:{:02} {:04}", kDayNames[weekday_of_days(days)].substr(0, 3),
                     kMonthNames[c.month - 1].substr(0, 3), c.day, clock / kHour, clock / kMinute % 60,
                     clock / kSecond % 60, c.year);
}

std::optional<Value> date_method(int64_t days, int64_t clock, std::string_view name, CallArgs& args) {
  bool known =
      name == "weekday" || name == "isoweekday" || name == "toordinal" || name == "isocalendar" || name == "ctime";
  if (!known) return std::nullopt;
  expect_no_arguments(fmt::format("datetime.date.{}", name), args);
  if (name == "weekday") return weekday_of_days(days);
  if (name == "isoweekday") return weekday_of_days(days) + 1;
  if (name == "toordinal") return days - kFirstDay + 1;
  if (name == "isocalendar") return iso_calendar(days);
  return ctime_text(days, clock);
}

std::string text_argument(CallArgs& args, std::string_view function, std::string_view name) {
  Value v = bind_fields(args, function, {name}, 1)[0];
  if (v.is_undefined()) throw_undefined(v);
  if (!v.is_string()) type_error(fmt::format("{}() argument 1 must be str, not {}", function, type_name(v)));
  return v.as_string();
}

std::optional<Value> DateObject::get_attribute(State& state, std::string_view name) {
  if (auto found = date_attribute(days_, name)) return found;
  return class_attribute(state, date_type(), name);
}

std::optional<Value> DateObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (auto done = date_method(days_, 0, name, args)) return done;
  if (name == "strftime")
    return format_time(text_argument(args, "strftime", "format"),
                       FormatFields{.days = days_, .offset = {}, .zone = {}});
  if (name == "isoformat") {
    expect_no_arguments("datetime.date.isoformat", args);
    return date_text(days_);
  }
  if (name == "timetuple") {
    expect_no_arguments("datetime.date.timetuple", args);
    return time_tuple(days_, 0, -1);
  }
  if (name == "replace") {
    auto bound = args.bind("replace", {"year", "month", "day"});
    Civil c = civil_of_days(days_);
    return make_date_of_days(
        checked_days(int_argument(bound[0], c.year), int_argument(bound[1], c.month), int_argument(bound[2], c.day)));
  }
  return std::nullopt;
}

std::string DateObject::str() const { return date_text(days_); }

std::string DateObject::repr() const {
  Civil c = civil_of_days(days_);
  return fmt::format("datetime.date({}, {}, {})", c.year, c.month, c.day);
}

std::optional<std::string> DateObject::format(std::string_view spec) const {
  return format_time(spec, FormatFields{.days = days_, .offset = {}, .zone = {}});
}

bool DateObject::equals(const Value& other) const {
  auto* date = other.as<DateObject>();
  return date && date->days_ == days_;
}

std::optional<int> DateObject::compare(const Value& other) const {
  if (other.as<DatetimeObject>()) type_error("can't compare datetime.datetime to datetime.date");
  auto* date = other.as<DateObject>();
  if (!date) return std::nullopt;
  return days_ < date->days_ ? -1 : days_ > date->days_ ? 1 : 0;
}

std::optional<Value> DateObject::binary(BinaryOp op, const Value& other, bool reflected) {
  if (auto* delta = other.as<TimedeltaObject>()) {
    if (op == BinaryOp::add) return make_date_of_days(days_ + delta->days());
    if (op == BinaryOp::sub && !reflected) return make_date_of_days(days_ - delta->days());
  } else if (auto* date = other.as<DateObject>(); date && op == BinaryOp::sub) {
    return make_timedelta(static_cast<Int128>(reflected ? date->days_ - days_ : days_ - date->days_) * kDay);
  }
  return std::nullopt;
}

namespace {

Value construct_date(State&, CallArgs& args) {
  auto bound = bind_fields(args, "date", {"year", "month", "day"}, 3);
  return make_date_of_days(checked_days(expect_index(bound[0]), expect_index(bound[1]), expect_index(bound[2])));
}

Value date_today(State&, CallArgs& args) {
  expect_no_arguments("date.today", args);
  int64_t now = now_micros();
  auto wall = Value(local_zone(now)).as<TzInfoObject>()->from_utc(now);
  return make_date_of_days(wall.as<DatetimeObject>()->days());
}

Value date_from_timestamp(State&, CallArgs& args) {
  Value stamp = bind_fields(args, "fromtimestamp", {"timestamp"}, 1)[0];
  if (!stamp.is_number()) type_error(fmt::format("'{}' object cannot be interpreted as an integer", type_name(stamp)));
  auto utc = static_cast<int64_t>(stamp.as_float() * 1e6);
  return make_date_of_days(local_zone(utc).as<TzInfoObject>()->from_utc(utc).as<DatetimeObject>()->days());
}

Value date_from_ordinal(State&, CallArgs& args) {
  int64_t ordinal = expect_index(bind_fields(args, "fromordinal", {"ordinal"}, 1)[0]);
  if (ordinal < 1) value_error("ordinal must be >= 1");
  if (ordinal > kLastDay - kFirstDay + 1) value_error("year is out of range");
  return make_date_of_days(ordinal + kFirstDay - 1);
}

Value date_from_iso(State&, CallArgs& args) {
  Value text = bind_fields(args, "fromisoformat", {"date_string"}, 1)[0];
  if (!text.is_string()) type_error("fromisoformat: argument must be str");
  return make_date_of_days(parse_iso_days(text.as_string()));
}

Value date_from_iso_calendar(State&, CallArgs& args) {
  auto bound = bind_fields(args, "fromisocalendar", {"year", "week", "day"}, 3);
  int64_t year = std::clamp<int64_t>(expect_index(bound[0]), 0, 10000);
  return make_date_of_days(days_of_iso_week(static_cast<int>(year),
                                            static_cast<int>(std::clamp<int64_t>(expect_index(bound[1]), -1, 99)),
                                            static_cast<int>(std::clamp<int64_t>(expect_index(bound[2]), -1, 99))));
}

}  // namespace

const Value& date_type() {
  static const Value type = [] {
    auto made = make_ref<TypeObject>("datetime.date", construct_date);
    made->with("min", make_date_of_days(kFirstDay))
        .with("max", make_date_of_days(kLastDay))
        .with("resolution", make_timedelta(kDay));
    made->with("today", Value::function("today", date_today));
    made->with("fromtimestamp", Value::function("fromtimestamp", date_from_timestamp));
    made->with("fromordinal", Value::function("fromordinal", date_from_ordinal));
    made->with("fromisoformat", Value::function("fromisoformat", date_from_iso));
    made->with("fromisocalendar", Value::function("fromisocalendar", date_from_iso_calendar));
    return Value(made);
  }();
  return type;
}

// ---- time -----------------------------------------------------------------------------------------------------------

std::optional<Value> clock_attribute(int64_t clock, std::string_view name) {
  if (name == "hour") return clock / kHour;
  if (name == "minute") return clock / kMinute % 60;
  if (name == "second") return clock / kSecond % 60;
  if (name == "microsecond") return clock % kSecond;
  return std::nullopt;
}

std::string clock_repr(int64_t clock) {
  std::string out = fmt::format("{}, {}", clock / kHour, clock / kMinute % 60);
  if (clock % kMinute) out += fmt::format(", {}", clock / kSecond % 60);
  if (clock % kSecond) out += fmt::format(", {}", clock % kSecond);
  return out;
}

std::optional<int64_t> TimeObject::utcoffset() const {
  return zone_.is_none() ? std::nullopt : zone_.as<TzInfoObject>()->utcoffset(std::nullopt);
}

std::optional<Value> TimeObject::get_attribute(State& state, std::string_view name) {
  if (auto found = clock_attribute(micros_, name)) return found;
  if (name == "tzinfo") return zone_;
  if (name == "fold") return fold_;
  return class_attribute(state, time_type(), name);
}

std::optional<Value> TimeObject::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name == "isoformat") {
    Value timespec = args.bind("isoformat", {"timespec"})[0];
    std::string text = clock_text(micros_, timespec.is_undefined() ? "auto" : to_str(timespec));
    if (auto offset = utcoffset()) text += offset_text(*offset);
    return text;
  }
  if (name == "strftime") return *format(text_argument(args, "strftime", "format"));
  if (name == "utcoffset" || name == "tzname" || name == "dst") {
    expect_no_arguments(fmt::format("datetime.time.{}", name), args);
    if (zone_.is_none()) return Value::none();
    CallArgs moment;
    moment.positional.push_back(Value::none());
    return zone_.as_object().call_method(state, name, moment);
  }
  if (name == "replace") {
    auto bound = args.bind("replace", {"hour", "minute", "second", "microsecond", "tzinfo", "fold"});
    int64_t micros =
        checked_clock(int_argument(bound[0], micros_ / kHour), int_argument(bound[1], micros_ / kMinute % 60),
                      int_argument(bound[2], micros_ / kSecond % 60), int_argument(bound[3], micros_ % kSecond));
    Value zone = bound[4].is_undefined() ? zone_ : zone_argument(bound[4]);
    return Value(make_ref<TimeObject>(micros, zone, static_cast<int>(int_argument(bound[5], fold_))));
  }
  return std::nullopt;
}

std::string TimeObject::str() const {
  std::string text = clock_text(micros_, "auto");
  if (auto offset = utcoffset()) text += offset_text(*offset);
  return text;
}

std::string TimeObject::repr() const {
  std::string out = "datetime.time(" + clock_repr(micros_);
  if (!zone_.is_none()) out += ", tzinfo=" + to_repr(zone_);
  if (fold_) out += ", fold=1";
  return out + ")";
}

std::optional<std::string> TimeObject::format(std::string_view spec) const {
  FormatFields fields;
  fields.days = days_of_civil(1900, 1, 1);
  fields.clock = micros_;
  fields.offset = utcoffset();
  if (!zone_.is_none()) fields.zone = zone_.as<TzInfoObject>()->tzname(std::nullopt);
  return format_time(spec, fields);
}

bool TimeObject::equals(const Value& other) const {
  auto* time = other.as<TimeObject>();
  if (!time) return false;
  auto mine = utcoffset();
  auto theirs = time->utcoffset();
  return mine.has_value() == theirs.has_value() && micros_ - mine.value_or(0) == time->micros_ - theirs.value_or(0);
}

std::optional<int> TimeObject::compare(const Value& other) const {
  auto* time = other.as<TimeObject>();
  if (!time) return std::nullopt;
  auto mine = utcoffset();
  auto theirs = time->utcoffset();
  if (mine.has_value() != theirs.has_value()) type_error("can't compare offset-naive and offset-aware times");
  int64_t a = micros_ - mine.value_or(0);
  int64_t b = time->micros_ - theirs.value_or(0);
  return a < b ? -1 : a > b ? 1 : 0;
}

namespace {

Value construct_time(State&, CallArgs& args) {
  auto bound = args.bind("time", {"hour", "minute", "second", "microsecond", "tzinfo", "fold"});
  int64_t micros = checked_clock(int_argument(bound[0], 0), int_argument(bound[1], 0), int_argument(bound[2], 0),
                                 int_argument(bound[3], 0));
  int64_t fold = int_argument(bound[5], 0);
  if (fold != 0 && fold != 1) value_error("fold must be either 0 or 1");
  return Value(make_ref<TimeObject>(micros, zone_argument(bound[4]), static_cast<int>(fold)));
}

Value time_from_iso(State&, CallArgs& args) {
  Value text = bind_fields(args, "fromisoformat", {"time_string"}, 1)[0];
  if (!text.is_string()) type_error("fromisoformat: argument must be str");
  return parse_iso_time(text.as_string());
}

}  // namespace

const Value& time_type() {
  static const Value type = [] {
    auto made = make_ref<TypeObject>("datetime.time", construct_time);
    made->with("min", Value(make_ref<TimeObject>(0, Value::none())));
    made->with("max", Value(make_ref<TimeObject>(kDay - 1, Value::none())));
    made->with("resolution", make_timedelta(1));
    made->with("fromisoformat", Value::function("fromisoformat", time_from_iso));
    return Value(made);
  }();
  return type;
}

}  // namespace modelc::jinja
