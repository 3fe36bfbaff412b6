// What date, time and datetime share of their attributes and methods.
#pragma once

#include "jinja/datetime_objects.h"

namespace modelc::jinja {

std::optional<Value> date_attribute(int64_t days, std::string_view name);
std::optional<Value> clock_attribute(int64_t clock, std::string_view name);
/// weekday, isoweekday, toordinal, isocalendar, ctime.
std::optional<Value> date_method(int64_t days, int64_t clock, std::string_view name, CallArgs& args);
Value time_tuple(int64_t days, int64_t clock, int is_dst);
/// "12, 34[, 56[, 789]]"
std::string clock_repr(int64_t clock);
/// The one argument of a method, which must be a str.
std::string text_argument(CallArgs& args, std::string_view function, std::string_view name);

}  // namespace modelc::jinja
