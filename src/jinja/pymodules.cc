#include "jinja/pymodules.h"

#include <fmt/format.h>

#include "jinja/py_modules_parts.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

Value datetime_module() {
  return Value::dict({{"date", date_type()},
                      {"datetime", datetime_type()},
                      {"time", time_type()},
                      {"timedelta", timedelta_type()},
                      {"tzinfo", tzinfo_type()},
                      {"timezone", timezone_type()}});
}

namespace {

/// A module: a mapping that templates can read but not change, so that all renders share one.
class ModuleObject final : public Object {
 public:
  ModuleObject(std::string name, const Value& names) : name_(std::move(name)) { names_.update(names.as_dict()); }
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    const Value* found = names_.find(name);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    return key.is_string() ? get_attribute(state, key.as_string()) : std::nullopt;
  }
  std::optional<std::vector<Value>> iterate(State&) override {
    std::vector<Value> keys;
    for (const auto& entry : names_.entries()) keys.push_back(entry.first);
    return keys;
  }
  std::optional<size_t> length() const override { return names_.size(); }
  std::string repr() const override { return "<module '" + name_ + "'>"; }

 private:
  std::string name_;
  DictData names_;
};

Value make_module(std::string name, const Value& names) {
  return Value(make_ref<ModuleObject>(std::move(name), names));
}

}  // namespace

Value python_modules() {
  static const Value modules =
      make_module("modules", Value::dict({{"pytz", pytz_module()},
                                          {"datetime", make_module("datetime", datetime_module())},
                                          {"re", make_module("re", re_module())},
                                          {"itertools", make_module("itertools", itertools_module())}}));
  return modules;
}

Value make_datetime(Micros utc, bool naive) { return make_datetime_at(utc, naive ? Value::none() : pytz_utc()); }

Value make_date(int year, int month, int day) { return make_date_of_days(checked_days(year, month, day)); }

Micros datetime_micros(const Value& datetime) {
  auto* moment = datetime.as<DatetimeObject>();
  if (!moment) type_error(fmt::format("a datetime is required, not {}", type_name(datetime)));
  return moment->utc();
}

bool is_datetime(const Value& v) { return v.as<DatetimeObject>() != nullptr; }
bool is_date(const Value& v) { return v.as<DateObject>() != nullptr; }

}  // namespace modelc::jinja
