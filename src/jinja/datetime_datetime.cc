// datetime.datetime.
#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "jinja/datetime_parts.h"
#include "jinja/methods.h"
#include "jinja/pymodules.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

const TzInfoObject* zone_of(const Value& v) { return v.as<TzInfoObject>(); }

int64_t floor_days(int64_t wall) { return wall >= 0 ? wall / kDay : -((-wall + kDay - 1) / kDay); }

Value delta_or_none(std::optional<int64_t> micros) { return micros ? make_timedelta(*micros) : Value::none(); }

/// The moment that `zone` shows for one in UTC; without a zone, on this machine's clock.
Value at_zone(int64_t utc, const Value& zone) {
  if (zone.is_none()) {
    Value local = zone_of(local_zone(utc))->from_utc(utc);
    return make_datetime_at(local.as<DatetimeObject>()->wall(), Value::none());
  }
  return zone_of(zone)->from_utc(utc);
}

int64_t timestamp_micros(const Value& v) {
  if (!v.is_number()) type_error(fmt::format("'{}' object cannot be interpreted as an integer", type_name(v)));
  if (!v.is_float()) {
    if (std::abs(v.as_int()) > 300'000'000'000)
      value_error(fmt::format("year {} is out of range", v.as_int() / 31556952 + 1970));
    return v.as_int() * kSecond;
  }
  double d = v.as_float();
  if (!std::isfinite(d))
    value_error(std::isnan(d) ? "Invalid value NaN (not a number)" : "cannot convert float infinity to integer");
  if (std::fabs(d) > 3e11) value_error("timestamp out of range for platform time_t");
  double whole = std::floor(d);
  double fraction = std::nearbyint((d - whole) * 1e6);
  return static_cast<int64_t>(whole) * kSecond + static_cast<int64_t>(fraction);
}

}  // namespace

Value make_datetime_at(Int128 wall, Value zone, int fold) {
  if (wall < static_cast<Int128>(kFirstDay) * kDay || wall >= static_cast<Int128>(kLastDay + 1) * kDay) {
    value_error("date value out of range");
  }
  return Value(make_ref<DatetimeObject>(static_cast<int64_t>(wall), std::move(zone), fold));
}

int64_t DatetimeObject::days() const { return floor_days(wall_); }
int64_t DatetimeObject::clock() const { return wall_ - days() * kDay; }

std::optional<int64_t> DatetimeObject::utcoffset() const {
  return zone_.is_none() ? std::nullopt : zone_of(zone_)->utcoffset(wall_);
}

std::optional<std::string> DatetimeObject::tzname() const {
  return zone_.is_none() ? std::nullopt : zone_of(zone_)->tzname(wall_);
}

std::string DatetimeObject::isoformat(std::string_view separator, std::string_view timespec) const {
  std::string text = date_text(days());
  text += separator;
  text += clock_text(clock(), timespec);
  if (auto offset = utcoffset()) text += offset_text(*offset);
  return text;
}

std::string DatetimeObject::repr() const {
  Civil c = civil_of_days(days());
  std::string out = fmt::format("datetime.datetime({}, {}, {}, {}", c.year, c.month, c.day, clock_repr(clock()));
  if (fold_) out += ", fold=1";
  if (!zone_.is_none()) out += ", tzinfo=" + to_repr(zone_);
  return out + ")";
}

std::optional<std::string> DatetimeObject::format(std::string_view spec) const {
  return format_time(spec, FormatFields{days(), clock(), utcoffset(), tzname()});
}

std::optional<Value> DatetimeObject::get_attribute(State& state, std::string_view name) {
  if (auto found = date_attribute(days(), name)) return found;
  if (auto found = clock_attribute(clock(), name)) return found;
  if (name == "tzinfo") return zone_;
  if (name == "fold") return fold_;
  return class_attribute(state, datetime_type(), name);
}

namespace {

Value replace_fields(const DatetimeObject& self, CallArgs& args) {
  auto bound =
      args.bind("replace", {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"});
  Civil c = civil_of_days(self.days());
  int64_t clock = self.clock();
  int64_t days =
      checked_days(int_argument(bound[0], c.year), int_argument(bound[1], c.month), int_argument(bound[2], c.day));
  int64_t micros = checked_clock(int_argument(bound[3], clock / kHour), int_argument(bound[4], clock / kMinute % 60),
                                 int_argument(bound[5], clock / kSecond % 60), int_argument(bound[6], clock % kSecond));
  Value zone = bound[7].is_undefined() ? self.zone() : zone_argument(bound[7]);
  int64_t fold = int_argument(bound[8], self.fold());
  if (fold != 0 && fold != 1) value_error("fold must be either 0 or 1");
  return make_datetime_at(static_cast<Int128>(days) * kDay + micros, zone, static_cast<int>(fold));
}

Value as_timezone(const DatetimeObject& self, const Value& wanted) {
  int64_t utc = self.utcoffset() ? self.utc() : local_to_utc(self.wall());
  Value zone = wanted.is_none() || wanted.is_undefined() ? local_zone(utc) : wanted;
  if (!zone_of(zone)) {
    type_error(fmt::format("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", type_name(zone)));
  }
  if (self.zone().is_same(zone)) return make_datetime_at(self.wall(), zone, self.fold());
  return zone_of(zone)->from_utc(utc);
}

double timestamp(const DatetimeObject& self) {
  int64_t utc = self.utcoffset() ? self.utc() : local_to_utc(self.wall());
  return static_cast<double>(utc) / 1e6;
}

Value isoformat_method(const DatetimeObject& self, CallArgs& args) {
  auto bound = args.bind("isoformat", {"sep", "timespec"});
  std::string separator = bound[0].is_undefined() ? "T" : to_str(bound[0]);
  return self.isoformat(separator, bound[1].is_undefined() ? "auto" : to_str(bound[1]));
}

}  // namespace

std::optional<Value> DatetimeObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (auto done = date_method(days(), clock(), name, args)) return done;
  if (name == "strftime") return *format(text_argument(args, "strftime", "format"));
  if (name == "isoformat") return isoformat_method(*this, args);
  if (name == "replace") return replace_fields(*this, args);
  if (name == "astimezone") return as_timezone(*this, args.bind("astimezone", {"tz"})[0]);
  bool plain = name == "date" || name == "time" || name == "timetz" || name == "timestamp" || name == "utcoffset" ||
               name == "tzname" || name == "dst" || name == "timetuple" || name == "utctimetuple";
  if (!plain) return std::nullopt;
  expect_no_arguments(fmt::format("datetime.datetime.{}", name), args);
  if (name == "date") return make_date_of_days(days());
  if (name == "time") return Value(make_ref<TimeObject>(clock(), Value::none(), fold_));
  if (name == "timetz") return Value(make_ref<TimeObject>(clock(), zone_, fold_));
  if (name == "timestamp") return timestamp(*this);
  if (name == "utcoffset") return delta_or_none(utcoffset());
  if (name == "tzname") return tzname() ? Value(*tzname()) : Value::none();
  std::optional<int64_t> dst = zone_.is_none() ? std::nullopt : zone_of(zone_)->dst(wall_);
  if (name == "dst") return delta_or_none(dst);
  if (name == "timetuple") return time_tuple(days(), clock(), dst ? *dst != 0 : -1);
  DatetimeObject moved(utc(), Value::none());
  return time_tuple(moved.days(), moved.clock(), 0);
}

bool DatetimeObject::equals(const Value& other) const {
  auto* moment = other.as<DatetimeObject>();
  return moment && utcoffset().has_value() == moment->utcoffset().has_value() && utc() == moment->utc();
}

std::optional<int> DatetimeObject::compare(const Value& other) const {
  if (other.as<DateObject>()) type_error("can't compare datetime.datetime to datetime.date");
  auto* moment = other.as<DatetimeObject>();
  if (!moment) return std::nullopt;
  if (utcoffset().has_value() != moment->utcoffset().has_value())
    type_error("can't compare offset-naive and offset-aware datetimes");
  return utc() < moment->utc() ? -1 : utc() > moment->utc() ? 1 : 0;
}

std::optional<Value> DatetimeObject::binary(BinaryOp op, const Value& other, bool reflected) {
  if (auto* delta = other.as<TimedeltaObject>()) {
    if (op == BinaryOp::add) return make_datetime_at(wall_ + delta->micros(), zone_);
    if (op == BinaryOp::sub && !reflected) return make_datetime_at(wall_ - delta->micros(), zone_);
    return std::nullopt;
  }
  auto* moment = other.as<DatetimeObject>();
  if (!moment || op != BinaryOp::sub || reflected) return std::nullopt;
  if (zone_.is_same(moment->zone_)) return make_timedelta(static_cast<Int128>(wall_) - moment->wall_);
  if (utcoffset().has_value() != moment->utcoffset().has_value())
    type_error("can't subtract offset-naive and offset-aware datetimes");
  return make_timedelta(static_cast<Int128>(utc()) - moment->utc());
}

// ---- the class ------------------------------------------------------------------------------------------------------
namespace {

Value construct(State&, CallArgs& args) {
  auto bound = bind_fields(args, "datetime",
                           {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"}, 3);
  int64_t days = checked_days(expect_index(bound[0]), expect_index(bound[1]), expect_index(bound[2]));
  int64_t clock = checked_clock(int_argument(bound[3], 0), int_argument(bound[4], 0), int_argument(bound[5], 0),
                                int_argument(bound[6], 0));
  int64_t fold = int_argument(bound[8], 0);
  if (fold != 0 && fold != 1) value_error("fold must be either 0 or 1");
  return make_datetime_at(static_cast<Int128>(days) * kDay + clock, zone_argument(bound[7]), static_cast<int>(fold));
}

Value now(State&, CallArgs& args) { return at_zone(now_micros(), zone_argument(args.bind("now", {"tz"})[0])); }

Value today(State&, CallArgs& args) {
  expect_no_arguments("datetime.today", args);
  return at_zone(now_micros(), Value::none());
}

Value utcnow(State&, CallArgs& args) {
  expect_no_arguments("datetime.datetime.utcnow", args);
  return make_datetime_at(now_micros(), Value::none());
}

Value from_timestamp(State&, CallArgs& args) {
  auto bound = bind_fields(args, "fromtimestamp", {"timestamp", "tz"}, 1);
  return at_zone(timestamp_micros(bound[0]), zone_argument(bound[1]));
}

Value utc_from_timestamp(State&, CallArgs& args) {
  return make_datetime_at(timestamp_micros(bind_fields(args, "utcfromtimestamp", {"timestamp"}, 1)[0]), Value::none());
}

Value strptime(State&, CallArgs& args) {
  expect_no_keywords("strptime", args);
  if (args.positional.size() != 2)
    type_error(fmt::format("strptime() takes exactly 2 arguments ({} given)", args.positional.size()));
  for (size_t i = 0; i < 2; ++i) {
    if (args.positional[i].is_undefined()) throw_undefined(args.positional[i]);
    if (!args.positional[i].is_string()) {
      type_error(fmt::format("strptime() argument {} must be str, not {}", i + 1, type_name(args.positional[i])));
    }
  }
  return parse_time(args.positional[0].as_string(), args.positional[1].as_string());
}

Value from_iso(State&, CallArgs& args) {
  Value text = bind_fields(args, "fromisoformat", {"date_string"}, 1)[0];
  if (!text.is_string()) type_error("fromisoformat: argument must be str");
  return parse_iso_datetime(text.as_string());
}

Value combine(State&, CallArgs& args) {
  auto bound = bind_fields(args, "combine", {"date", "time", "tzinfo"}, 2);
  auto* date = bound[0].as<DateObject>();
  auto* moment = bound[0].as<DatetimeObject>();
  auto* time = bound[1].as<TimeObject>();
  if (!date && !moment)
    type_error(fmt::format("combine() argument 1 must be datetime.date, not {}", type_name(bound[0])));
  if (!time) type_error(fmt::format("combine() argument 2 must be datetime.time, not {}", type_name(bound[1])));
  Value zone = bound[2].is_undefined() ? time->zone() : zone_argument(bound[2]);
  return make_datetime_at(static_cast<Int128>(date ? date->days() : moment->days()) * kDay + time->micros(), zone,
                          time->fold());
}

/// A class method of date that gives the midnight of its day.
NativeFunction at_midnight(std::string_view method) {
  return [method](State& state, CallArgs& args) {
    Value date = call(state, *class_attribute(state, date_type(), method), args);
    return make_datetime_at(static_cast<Int128>(date.as<DateObject>()->days()) * kDay, Value::none());
  };
}

}  // namespace

const Value& datetime_type() {
  static const Value type = [] {
    auto made = make_ref<TypeObject>("datetime.datetime", construct);
    made->with("min", make_datetime_at(static_cast<Int128>(kFirstDay) * kDay, Value::none()));
    made->with("max", make_datetime_at(static_cast<Int128>(kLastDay + 1) * kDay - 1, Value::none()));
    made->with("resolution", make_timedelta(1));
    made->with("now", Value::function("now", now));
    made->with("today", Value::function("today", today));
    made->with("utcnow", Value::function("utcnow", utcnow));
    made->with("fromtimestamp", Value::function("fromtimestamp", from_timestamp));
    made->with("utcfromtimestamp", Value::function("utcfromtimestamp", utc_from_timestamp));
    made->with("strptime", Value::function("strptime", strptime));
    made->with("fromisoformat", Value::function("fromisoformat", from_iso));
    made->with("combine", Value::function("combine", combine));
    made->with("fromordinal", Value::function("fromordinal", at_midnight("fromordinal")));
    made->with("fromisocalendar", Value::function("fromisocalendar", at_midnight("fromisocalendar")));
    return Value(made);
  }();
  return type;
}

}  // namespace modelc::jinja
