// Python's datetime module: date, time, datetime, timedelta, timezone, and pytz's zones.
//
// Moments are microseconds since 1970-01-01 00:00 on the wall clock of their zone; years run from 1 to 9999. All
// objects are immutable, so any thread may share them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/globals.h"
#include "jinja/value.h"

namespace modelc::jinja {

__extension__ typedef __int128 Int128;

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;
inline constexpr int64_t kFirstDay = -719162;  ///< 0001-01-01 in days since 1970-01-01
inline constexpr int64_t kLastDay = 2932896;   ///< 9999-12-31

struct Civil {
  int year = 1970, month = 1, day = 1;
};
Civil civil_of_days(int64_t days);
int64_t days_of_civil(int year, int month, int day);
int days_in_month(int year, int month);
bool is_leap(int year);
/// 0 = Monday.
int weekday_of_days(int64_t days);
struct IsoWeek {
  int year, week, weekday;  ///< weekday 1 = Monday
};
IsoWeek iso_week_of_days(int64_t days);
/// Throws ValueError for a week or day that the year has not.
int64_t days_of_iso_week(int year, int week, int weekday);
/// Days of a date; throws "month must be in 1..12" and the like.
int64_t checked_days(int64_t year, int64_t month, int64_t day);
/// Microseconds of a time of day; throws "hour must be in 0..23" and the like.
int64_t checked_clock(int64_t hour, int64_t minute, int64_t second, int64_t micro);

class TimedeltaObject final : public Object {
 public:
  explicit TimedeltaObject(Int128 micros) : micros_(micros) {}
  Int128 micros() const { return micros_; }
  int64_t days() const;
  int64_t seconds() const;       ///< within the day
  int64_t microseconds() const;  ///< within the second
  double total_seconds() const;

  std::string_view type_name() const override { return "datetime.timedelta"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  bool truth() const override { return micros_ != 0; }
  std::string str() const override;
  std::string repr() const override;
  bool equals(const Value& other) const override;
  size_t hash() const override { return static_cast<size_t>(micros_); }
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  std::optional<int> compare(const Value& other) const override;

 private:
  Int128 micros_;
};
/// Throws OverflowError beyond 999,999,999 days.
Value make_timedelta(Int128 micros);

class DatetimeObject;

/// A zone. `wall` is a moment on its own clock.
class TzInfoObject : public Object {
 public:
  std::string_view type_name() const override { return "datetime.tzinfo"; }
  /// Microseconds east of UTC, or std::nullopt for None. Without a moment it is what utcoffset(None) gives.
  virtual std::optional<int64_t> utcoffset(std::optional<int64_t> wall) const;
  virtual std::optional<int64_t> dst(std::optional<int64_t> wall) const;
  virtual std::optional<std::string> tzname(std::optional<int64_t> wall) const;
  /// The aware datetime of a moment in UTC; pytz's zones choose the tzinfo that holds then.
  virtual Value from_utc(int64_t utc) const;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;

 protected:
  Value self() const { return Value(Ref<Object>(const_cast<TzInfoObject*>(this))); }
};

/// datetime.timezone.
class TimezoneObject final : public TzInfoObject {
 public:
  TimezoneObject(int64_t offset, std::optional<std::string> name) : offset_(offset), name_(std::move(name)) {}
  std::string_view type_name() const override { return "datetime.timezone"; }
  std::optional<int64_t> utcoffset(std::optional<int64_t>) const override { return offset_; }
  std::optional<std::string> tzname(std::optional<int64_t>) const override;
  std::string str() const override { return *tzname(std::nullopt); }
  std::string repr() const override;
  bool equals(const Value& other) const override;
  size_t hash() const override { return static_cast<size_t>(offset_); }

 private:
  int64_t offset_;
  std::optional<std::string> name_;
};
const Value& utc_timezone();  ///< datetime.timezone.utc

class DateObject final : public Object {
 public:
  explicit DateObject(int64_t days) : days_(days) {}
  int64_t days() const { return days_; }

  std::string_view type_name() const override { return "datetime.date"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::string str() const override;
  std::string repr() const override;
  std::optional<std::string> format(std::string_view spec) const override;
  bool equals(const Value& other) const override;
  size_t hash() const override { return static_cast<size_t>(days_); }
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  std::optional<int> compare(const Value& other) const override;

 private:
  int64_t days_;
};
/// Throws "date value out of range".
Value make_date_of_days(int64_t days);

class TimeObject final : public Object {
 public:
  TimeObject(int64_t micros, Value zone, int fold = 0) : micros_(micros), zone_(std::move(zone)), fold_(fold) {}
  int64_t micros() const { return micros_; }  ///< since midnight
  const Value& zone() const { return zone_; }
  int fold() const { return fold_; }
  std::optional<int64_t> utcoffset() const;

  std::string_view type_name() const override { return "datetime.time"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::string str() const override;
  std::string repr() const override;
  std::optional<std::string> format(std::string_view spec) const override;
  bool equals(const Value& other) const override;
  size_t hash() const override { return static_cast<size_t>(micros_ - utcoffset().value_or(0)); }
  std::optional<int> compare(const Value& other) const override;

 private:
  int64_t micros_;
  Value zone_;  // none or a TzInfoObject
  int fold_;
};

class DatetimeObject final : public Object {
 public:
  DatetimeObject(int64_t wall, Value zone, int fold = 0) : wall_(wall), zone_(std::move(zone)), fold_(fold) {}
  int64_t wall() const { return wall_; }
  const Value& zone() const { return zone_; }
  int fold() const { return fold_; }
  int64_t days() const;
  int64_t clock() const;  ///< microseconds since midnight
  std::optional<int64_t> utcoffset() const;
  std::optional<std::string> tzname() const;
  /// The moment in UTC; naive ones are taken as UTC.
  int64_t utc() const { return wall_ - utcoffset().value_or(0); }
  std::string isoformat(std::string_view separator, std::string_view timespec = "auto") const;

  std::string_view type_name() const override { return "datetime.datetime"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::string str() const override { return isoformat(" "); }
  std::string repr() const override;
  std::optional<std::string> format(std::string_view spec) const override;
  bool equals(const Value& other) const override;
  size_t hash() const override { return static_cast<size_t>(utc()); }
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  std::optional<int> compare(const Value& other) const override;

 private:
  int64_t wall_;
  Value zone_;  // none or a TzInfoObject
  int fold_;
};
/// Throws "date value out of range".
Value make_datetime_at(Int128 wall, Value zone, int fold = 0);

// ---- texts ----------------------------------------------------------------------------------------------------------
std::string clock_text(int64_t micros, std::string_view timespec);      ///< "12:34:56.789"
std::string offset_text(int64_t offset, std::string_view colon = ":");  ///< "+01:00", "-04:56:02"
std::string date_text(int64_t days);                                    ///< "2024-01-31"
/// What strftime reads.
struct FormatFields {
  int64_t days = 0;
  int64_t clock = 0;
  std::optional<int64_t> offset;
  std::optional<std::string> zone;
};
std::string format_time(std::string_view format, const FormatFields& fields);
/// datetime.strptime.
Value parse_time(std::string_view text, std::string_view format);
int64_t parse_iso_days(std::string_view text);
Value parse_iso_time(std::string_view text);
extern const std::string_view kMonthNames[12];
extern const std::string_view kDayNames[7];

// ---- arguments ------------------------------------------------------------------------------------------------------
/// An int argument by default `fallback`; throws "'str' object cannot be interpreted as an integer".
int64_t int_argument(const Value& v, int64_t fallback);
/// None or a tzinfo; throws "tzinfo argument must be None or of a tzinfo subclass, not type 'str'".
Value zone_argument(const Value& v);
/// As CallArgs::bind, with the words of the datetime module for what is missing.
std::vector<Value> bind_fields(CallArgs& args, std::string_view function, std::initializer_list<std::string_view> names,
                               size_t required);
/// An attribute of the class for `instance.name`.
std::optional<Value> class_attribute(State& state, const Value& type, std::string_view name);

// ---- the types as values --------------------------------------------------------------------------------------------
const Value& date_type();
const Value& time_type();
const Value& datetime_type();
const Value& timedelta_type();
const Value& timezone_type();
const Value& tzinfo_type();
Value pytz_module();
const Value& pytz_utc();
/// The zone of this machine's clock at a moment in UTC, as a fixed timezone.
Value local_zone(int64_t utc);
/// The moment in UTC of a wall time on this machine's clock.
int64_t local_to_utc(int64_t wall);

}  // namespace modelc::jinja
