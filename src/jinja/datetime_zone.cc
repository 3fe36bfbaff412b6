// tzinfo, datetime.timezone, and pytz on the system's time zone database.
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>

#include "base/text.h"
#include "jinja/datetime_objects.h"
#include "jinja/methods.h"
#include "jinja/set.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

// ---- tzinfo ---------------------------------------------------------------------------------------------------------

std::optional<int64_t> TzInfoObject::utcoffset(std::optional<int64_t>) const {
  throw Error(ErrorKind::compilation, "jinja/not-implemented", "a tzinfo subclass must implement utcoffset()");
}
std::optional<int64_t> TzInfoObject::dst(std::optional<int64_t>) const { return std::nullopt; }
std::optional<std::string> TzInfoObject::tzname(std::optional<int64_t>) const {
  throw Error(ErrorKind::compilation, "jinja/not-implemented", "a tzinfo subclass must implement tzname()");
}

Value TzInfoObject::from_utc(int64_t utc) const {
  int64_t offset = utcoffset(utc).value_or(0);
  return make_datetime_at(static_cast<Int128>(utc) + offset, self());
}

std::optional<Value> TzInfoObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (name == "utcoffset" || name == "dst" || name == "tzname") {
    Value moment = bind_fields(args, name, {"dt"}, 1)[0];
    auto* datetime = moment.as<DatetimeObject>();
    if (!datetime && !moment.is_none()) {
      type_error(
          fmt::format("{}(dt) argument must be a datetime instance or None, not {}", name, jinja::type_name(moment)));
    }
    std::optional<int64_t> wall = datetime ? std::optional<int64_t>(datetime->wall()) : std::nullopt;
    if (name == "tzname") return tzname(wall) ? Value(*tzname(wall)) : Value::none();
    auto micros = name == "dst" ? dst(wall) : utcoffset(wall);
    return micros ? make_timedelta(*micros) : Value::none();
  }
  if (name == "fromutc") {
    Value moment = bind_fields(args, name, {"dt"}, 1)[0];
    auto* datetime = moment.as<DatetimeObject>();
    if (!datetime) type_error("fromutc: argument must be a datetime");
    return from_utc(datetime->wall());
  }
  return std::nullopt;
}

// ---- datetime.timezone ----------------------------------------------------------------------------------------------

std::optional<std::string> TimezoneObject::tzname(std::optional<int64_t>) const {
  if (name_) return name_;
  return offset_ == 0 ? "UTC" : "UTC" + offset_text(offset_);
}

std::string TimezoneObject::repr() const {
  if (offset_ == 0 && !name_) return "datetime.timezone.utc";
  std::string out = "datetime.timezone(" + to_repr(make_timedelta(offset_));
  if (name_) out += ", " + to_repr(Value(*name_));
  return out + ")";
}

bool TimezoneObject::equals(const Value& other) const {
  auto* zone = other.as<TimezoneObject>();
  return zone && zone->offset_ == offset_;
}

const Value& utc_timezone() {
  static const Value utc(make_ref<TimezoneObject>(0, std::nullopt));
  return utc;
}

namespace {

Value construct_timezone(State&, CallArgs& args) {
  auto bound = bind_fields(args, "timezone", {"offset", "name"}, 1);
  auto* delta = bound[0].as<TimedeltaObject>();
  if (!delta) type_error(fmt::format("timezone() argument 1 must be datetime.timedelta, not {}", type_name(bound[0])));
  if (delta->micros() <= -kDay || delta->micros() >= kDay) {
    value_error(
        fmt::format("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
                    to_repr(bound[0])));
  }
  std::optional<std::string> name;
  if (!bound[1].is_undefined()) {
    if (!bound[1].is_string())
      type_error(fmt::format("timezone() argument 2 must be str, not {}", type_name(bound[1])));
    name = bound[1].as_string();
  }
  auto offset = static_cast<int64_t>(delta->micros());
  return offset == 0 && !name ? utc_timezone() : Value(make_ref<TimezoneObject>(offset, name));
}

}  // namespace

const Value& timezone_type() {
  static const Value type = [] {
    auto made = make_ref<TypeObject>("datetime.timezone", construct_timezone);
    made->with("utc", utc_timezone());
    made->with("min", Value(make_ref<TimezoneObject>(-kDay + kMinute, std::nullopt)));
    made->with("max", Value(make_ref<TimezoneObject>(kDay - kMinute, std::nullopt)));
    return Value(made);
  }();
  return type;
}

const Value& tzinfo_type() {
  static const Value type(
      make_ref<TypeObject>("datetime.tzinfo", [](State&, CallArgs&) { return Value(make_ref<TzInfoObject>()); }));
  return type;
}

// ---- this machine's clock -------------------------------------------------------------------------------------------
namespace {

int64_t floor_seconds(int64_t micros) { return micros >= 0 ? micros / kSecond : -((-micros + kSecond - 1) / kSecond); }

}  // namespace

Value local_zone(int64_t utc) {
  std::time_t seconds = floor_seconds(utc);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return Value(make_ref<TimezoneObject>(parts.tm_gmtoff * kSecond, std::string(parts.tm_zone ? parts.tm_zone : "UTC")));
}

int64_t local_to_utc(int64_t wall) {
  int64_t guess = wall;
  for (int i = 0; i < 3; ++i) guess = wall - *local_zone(guess).as<TzInfoObject>()->utcoffset(std::nullopt);
  return guess;
}

// ---- pytz -----------------------------------------------------------------------------------------------------------
namespace {

/// pytz's (utcoffset, dst, tzname), in microseconds.
struct Period {
  int64_t begin = INT64_MIN;  ///< UTC
  int64_t offset = 0;
  int64_t dst = 0;
  std::string name;
  bool operator==(const Period& o) const { return offset == o.offset && dst == o.dst && name == o.name; }
};

struct ZoneData {
  std::string name;
  std::vector<Period> periods;

  const Period& at(int64_t utc) const {
    auto it =
        std::upper_bound(periods.begin(), periods.end(), utc, [](int64_t t, const Period& p) { return t < p.begin; });
    return it == periods.begin() ? *it : *std::prev(it);
  }
};

class PytzZone : public TzInfoObject {
 public:
  std::string_view type_name() const override { return name_; }
  virtual Value localize(const DatetimeObject& moment, std::optional<bool>) const {
    return make_datetime_at(moment.wall(), self(), moment.fold());
  }
  virtual Value normalize(const DatetimeObject& moment) const {
    return moment.zone().is_same(self()) ? make_datetime_at(moment.wall(), self()) : from_utc(moment.utc());
  }
  virtual Value zone_name() const { return Value(name_); }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    return name == "zone" ? std::optional<Value>(zone_name()) : std::nullopt;
  }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "utcoffset" || name == "dst" || name == "tzname") return ask_moment(state, name, args);
    if (name != "localize" && name != "normalize") return TzInfoObject::call_method(state, name, args);
    auto bound = bind_fields(args, name, {"dt", "is_dst"}, 1);
    auto* moment = bound[0].as<DatetimeObject>();
    if (!moment) type_error(fmt::format("'{}' object has no attribute 'tzinfo'", jinja::type_name(bound[0])));
    if (name == "normalize") {
      if (moment->zone().is_none()) value_error("Naive time - no tzinfo set");
      return normalize(*moment);
    }
    if (!moment->zone().is_none()) value_error("Not naive datetime (tzinfo is already set)");
    bool strict = bound[1].is_none();
    return localize(*moment, strict ? std::nullopt : std::optional<bool>(jinja::truth(bound[1])));
  }

  /// Of a moment in no zone or another one, its clock is taken for this zone's.
  std::optional<Value> ask_moment(State& state, std::string_view name, CallArgs& args) {
    auto* moment = args.positional.size() == 1 ? args.positional[0].as<DatetimeObject>() : nullptr;
    if (!moment || moment->zone().is_same(self())) return TzInfoObject::call_method(state, name, args);
    Value local = localize(DatetimeObject(moment->wall(), Value::none()), std::nullopt);
    args.positional[0] = local;
    return local.as<DatetimeObject>()->zone().as<TzInfoObject>()->TzInfoObject::call_method(state, name, args);
  }

 protected:
  explicit PytzZone(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

class PytzUtc final : public PytzZone {
 public:
  PytzUtc() : PytzZone("UTC") {}
  std::optional<int64_t> utcoffset(std::optional<int64_t>) const override { return 0; }
  std::optional<int64_t> dst(std::optional<int64_t>) const override { return 0; }
  std::optional<std::string> tzname(std::optional<int64_t>) const override { return "UTC"; }
  std::string str() const override { return "UTC"; }
  std::string repr() const override { return "<UTC>"; }
};

/// A zone whose offset never changed, or pytz.FixedOffset.
class PytzStatic final : public PytzZone {
 public:
  PytzStatic(std::string name, int64_t offset, std::optional<std::string> abbreviation)
      : PytzZone(std::move(name)), offset_(offset), abbreviation_(std::move(abbreviation)) {}
  std::optional<int64_t> utcoffset(std::optional<int64_t>) const override { return offset_; }
  std::optional<int64_t> dst(std::optional<int64_t>) const override { return 0; }
  std::optional<std::string> tzname(std::optional<int64_t>) const override { return abbreviation_; }
  Value zone_name() const override { return abbreviation_ ? Value(name_) : Value::none(); }
  std::string str() const override { return abbreviation_ ? name_ : repr(); }
  std::string repr() const override {
    return abbreviation_ ? fmt::format("<StaticTzInfo '{}'>", name_)
                         : fmt::format("pytz.FixedOffset({})", offset_ / kMinute);
  }
  bool equals(const Value& other) const override {
    auto* zone = other.as<PytzStatic>();
    return zone && zone->name_ == name_ && zone->offset_ == offset_;
  }
  size_t hash() const override { return static_cast<size_t>(offset_); }

 private:
  int64_t offset_;
  std::optional<std::string> abbreviation_;
};

/// One period of a zone: pytz keeps the offset in the tzinfo, which localize and normalize choose.
class PytzPeriod final : public PytzZone {
 public:
  PytzPeriod(std::shared_ptr<const ZoneData> zone, const Period& period)
      : PytzZone(zone->name), zone_(std::move(zone)), period_(period) {}
  std::optional<int64_t> utcoffset(std::optional<int64_t> wall) const override {
    return wall ? std::optional<int64_t>(period_.offset) : std::nullopt;
  }
  std::optional<int64_t> dst(std::optional<int64_t> wall) const override {
    return wall ? std::optional<int64_t>(period_.dst) : std::nullopt;
  }
  std::optional<std::string> tzname(std::optional<int64_t> wall) const override { return wall ? period_.name : name_; }
  std::string str() const override { return name_; }
  std::string repr() const override {
    return fmt::format("<DstTzInfo '{}' {}{}{} {}>", name_, period_.name, period_.offset > 0 ? "+" : "",
                       to_str(make_timedelta(period_.offset)), period_.dst != 0 ? "DST" : "STD");
  }
  bool equals(const Value& other) const override {
    auto* zone = other.as<PytzPeriod>();
    return zone && zone->name_ == name_ && zone->period_ == period_;
  }
  size_t hash() const override { return std::hash<std::string>()(name_) ^ static_cast<size_t>(period_.offset); }

  Value from_utc(int64_t utc) const override { return in_period(utc, zone_->at(utc)); }
  Value normalize(const DatetimeObject& moment) const override { return from_utc(moment.utc()); }

  Value localize(const DatetimeObject& moment, std::optional<bool> is_dst) const override {
    std::vector<Value> possible = candidates(moment.wall());
    if (possible.size() == 1) return possible[0];
    if (possible.empty()) return localize_skipped(moment, is_dst);
    if (!is_dst) value_error(to_str(make_datetime_at(moment.wall(), Value::none())));
    std::vector<Value> wanted;
    for (const Value& each : possible) {
      auto* datetime = each.as<DatetimeObject>();
      if ((datetime->zone().as<PytzPeriod>()->period_.dst != 0) == *is_dst) wanted.push_back(each);
    }
    if (wanted.size() == 1) return wanted[0];
    if (wanted.empty()) wanted = possible;
    auto earlier = [](const Value& a, const Value& b) {
      return a.as<DatetimeObject>()->utc() < b.as<DatetimeObject>()->utc();
    };
    return *is_dst ? *std::min_element(wanted.begin(), wanted.end(), earlier)
                   : *std::max_element(wanted.begin(), wanted.end(), earlier);
  }

 private:
  Value in_period(int64_t utc, const Period& period) const {
    Value zone = period == period_ ? self() : Value(make_ref<PytzPeriod>(zone_, period));
    return make_datetime_at(static_cast<Int128>(utc) + period.offset, zone);
  }

  /// The moments whose wall clock shows `wall`: none in a gap, two in an overlap.
  std::vector<Value> candidates(int64_t wall) const {
    std::vector<Value> found;
    for (int64_t shift : {-kDay, kDay}) {
      int64_t utc = wall - zone_->at(wall + shift).offset;
      const Period& period = zone_->at(utc);
      if (utc + period.offset != wall) continue;
      bool repeated = !found.empty() && found[0].as<DatetimeObject>()->utc() == utc;
      if (!repeated) found.push_back(in_period(utc, period));
    }
    return found;
  }

  Value localize_skipped(const DatetimeObject& moment, std::optional<bool> is_dst) const {
    if (!is_dst) value_error(to_str(make_datetime_at(moment.wall(), Value::none())));
    int64_t shift = *is_dst ? 6 * kHour : -6 * kHour;
    Value shifted = localize(DatetimeObject(moment.wall() + shift, Value::none()), is_dst);
    auto* datetime = shifted.as<DatetimeObject>();
    return make_datetime_at(static_cast<Int128>(datetime->wall()) - shift, datetime->zone());
  }

  std::shared_ptr<const ZoneData> zone_;
  Period period_;
};

struct RawPeriod {
  int64_t begin, offset;  // seconds
  bool is_dst;
  std::string name;
};

/// pytz knows transitions from 1901-12-13 on; what was before counts as the zone's first standard time.
std::vector<RawPeriod> read_periods(const date::time_zone& zone) {
  constexpr int64_t first_known = -(int64_t{1} << 31);
  std::vector<RawPeriod> periods;
  date::sys_seconds at = date::sys_days{date::year{1} / 1 / 1};
  const date::sys_seconds last = date::sys_days{date::year{2500} / 1 / 1};
  while (at < last) {
    date::sys_info info = zone.get_info(at);
    int64_t begin = std::max(info.begin.time_since_epoch().count(), first_known);
    RawPeriod period{begin, info.offset.count(), info.save != std::chrono::minutes{0}, info.abbrev};
    if (periods.empty())
      period.begin = INT64_MIN / kSecond;
    else if (periods.back().begin == begin)
      periods.pop_back();
    periods.push_back(period);
    if (info.end <= at) break;
    at = info.end;
  }
  return periods;
}

/// The difference to the standard time before, or behind where that is no sensible one, as pytz computes it.
int64_t dst_of(const std::vector<RawPeriod>& periods, size_t i) {
  if (!periods[i].is_dst) return 0;
  int64_t dst = 0;
  for (size_t j = i; j-- > 0;) {
    dst = periods[i].offset - periods[j].offset;
    if (!periods[j].is_dst) break;
  }
  for (size_t j = i + 1; j < periods.size() && (dst <= 0 || dst > 3 * 3600); ++j) {
    if (periods[j].is_dst) continue;
    dst = periods[i].offset - periods[j].offset;
    if (dst != 0 && std::abs(dst) <= 3 * 3600) break;
  }
  return dst;
}

int64_t to_whole_minute(int64_t seconds) {
  int64_t shifted = seconds + 30;
  int64_t minutes = shifted >= 0 ? shifted / 60 : -((-shifted + 59) / 60);
  return minutes * kMinute;
}

[[noreturn]] void unknown_zone(const std::string& name) {
  throw Error(ErrorKind::compilation, "jinja/unknown-timezone", to_repr(Value(name)), {},
              "use a name of the IANA time zone database, as 'Europe/Paris'");
}

Value load_zone(const std::string& name) {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(name);
  } catch (const std::exception&) {
    unknown_zone(name);
  }
  auto data = std::make_shared<ZoneData>();
  data->name = name;
  std::vector<RawPeriod> raw = read_periods(*zone);
  if (raw.size() == 1) return Value(make_ref<PytzStatic>(name, raw[0].offset * kSecond, raw[0].name));
  for (size_t i = 0; i < raw.size(); ++i) {
    Period period;
    period.begin = i == 0 ? INT64_MIN : raw[i].begin * kSecond;
    period.offset = to_whole_minute(raw[i].offset);
    period.dst = to_whole_minute(dst_of(raw, i));
    period.name = raw[i].name;
    data->periods.push_back(period);
  }
  return Value(make_ref<PytzPeriod>(data, data->periods[0]));
}

bool is_zone_name(std::string_view name) {
  if (name.starts_with("posix/") || name.starts_with("right/") || name.find('.') != std::string_view::npos)
    return false;
  constexpr std::string_view other[] = {"Factory",      "localtime", "posixrules", "leapseconds",
                                        "leap-seconds", "tzdata",    "+VERSION"};
  return std::find(std::begin(other), std::end(other), name) == std::end(other);
}

std::vector<std::string> database_names() {
  std::vector<std::string> names;
  try {
    for (const auto& zone : date::get_tzdb().zones) {
      if (is_zone_name(zone.name())) names.push_back(zone.name());
    }
  } catch (const std::exception& e) {
    throw Error(ErrorKind::compilation, "jinja/no-timezones",
                fmt::format("the time zone database cannot be read: {}", e.what()), {}, "install the package tzdata");
  }
  std::sort(names.begin(), names.end());
  return names;
}

Value find_zone(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, Value> zones;
  std::lock_guard lock(mutex);
  if (auto it = zones.find(name); it != zones.end()) return it->second;
  if (equals_ignore_case(name, "utc")) return pytz_utc();
  std::string exact = name;
  for (const std::string& each : database_names()) {
    if (equals_ignore_case(each, name)) exact = each;
  }
  if (!is_zone_name(exact)) unknown_zone(name);
  return zones.emplace(name, load_zone(exact)).first->second;
}

Value pytz_timezone(State&, CallArgs& args) {
  Value name = bind_fields(args, "timezone", {"zone"}, 1)[0];
  if (name.is_undefined()) throw_undefined(name);
  if (name.is_none()) unknown_zone("None");
  if (!name.is_string()) type_error(fmt::format("'{}' object has no attribute 'upper'", type_name(name)));
  return find_zone(name.as_string());
}

Value fixed_offset(State&, CallArgs& args) {
  int64_t minutes = expect_index(bind_fields(args, "FixedOffset", {"offset"}, 1)[0]);
  if (minutes == 0) return pytz_utc();
  if (std::abs(minutes) >= 1440) value_error(fmt::format("('absolute offset is too large', {})", minutes));
  return Value(make_ref<PytzStatic>("FixedOffset", minutes * kMinute, std::nullopt));
}

// ---- pytz's lists ---------------------------------------------------------------------------------------------------

std::vector<std::vector<std::string>> read_table(const char* path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> row;
    for (std::string_view part : split(line, '\t')) row.emplace_back(part);
    rows.push_back(std::move(row));
  }
  return rows;
}

Value strings(const std::vector<std::string>& texts) {
  std::vector<Value> values(texts.begin(), texts.end());
  return Value::list(std::move(values));
}

Value country_timezones() {
  Value countries = Value::dict();
  for (const auto& row : read_table("/usr/share/zoneinfo/zone.tab")) {
    if (row.size() < 3) continue;
    if (!countries.as_dict().find(row[0])) countries.as_dict().set(row[0], Value::list());
    countries.as_dict().find(row[0])->as_list().push_back(Value(row[2]));
  }
  return countries;
}

Value country_names() {
  Value countries = Value::dict();
  for (const auto& row : read_table("/usr/share/zoneinfo/iso3166.tab")) {
    if (row.size() >= 2) countries.as_dict().set(row[0], Value(row[1]));
  }
  return countries;
}

/// The zones of countries, and those that North America and UTC go by.
std::vector<std::string> common_names() {
  std::vector<std::string> names = {"GMT",
                                    "UTC",
                                    "US/Alaska",
                                    "US/Arizona",
                                    "US/Central",
                                    "US/Eastern",
                                    "US/Hawaii",
                                    "US/Mountain",
                                    "US/Pacific",
                                    "Canada/Atlantic",
                                    "Canada/Central",
                                    "Canada/Eastern",
                                    "Canada/Mountain",
                                    "Canada/Newfoundland",
                                    "Canada/Pacific"};
  for (const auto& row : read_table("/usr/share/zoneinfo/zone.tab")) {
    if (row.size() >= 3) names.push_back(row[2]);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// pytz's names; the long lists are read only when somebody asks.
class PytzModule final : public Object {
 public:
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    return get_item(state, Value(name));
  }
  std::optional<Value> get_item(State&, const Value& key) override {
    if (!key.is_string()) return std::nullopt;
    const std::string& name = key.as_string();
    if (name == "timezone") return Value::function("timezone", pytz_timezone);
    if (name == "utc" || name == "UTC") return pytz_utc();
    if (name == "FixedOffset") return Value::function("FixedOffset", fixed_offset);
    if (name == "BaseTzInfo") return tzinfo_type();
    if (name == "all_timezones") return strings(database_names());
    if (name == "all_timezones_set") return Value::set(strings(database_names()).as_list());
    if (name == "common_timezones") return strings(common_names());
    if (name == "common_timezones_set") return Value::set(strings(common_names()).as_list());
    if (name == "country_timezones") return country_timezones();
    if (name == "country_names") return country_names();
    return std::nullopt;
  }
  std::optional<std::vector<Value>> iterate(State&) override {
    std::vector<Value> names;
    for (const char* name : kNames) names.emplace_back(name);
    return names;
  }
  std::optional<size_t> length() const override { return std::size(kNames); }
  std::string repr() const override { return "<module 'pytz'>"; }

 private:
  static constexpr const char* kNames[] = {"timezone",          "utc",
                                           "country_timezones", "country_names",
                                           "all_timezones",     "all_timezones_set",
                                           "common_timezones",  "common_timezones_set",
                                           "BaseTzInfo",        "FixedOffset"};
};

}  // namespace

const Value& pytz_utc() {
  static const Value utc(make_ref<PytzUtc>());
  return utc;
}

Value pytz_module() {
  static const Value module(make_ref<PytzModule>());
  return module;
}

}  // namespace modelc::jinja
