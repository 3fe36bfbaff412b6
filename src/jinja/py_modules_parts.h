// The modules behind python_modules(), one function each.
#pragma once

#include "jinja/datetime_objects.h"
#include "jinja/value.h"

namespace modelc::jinja {

Value datetime_module();
Value re_module();
Value itertools_module();

}  // namespace modelc::jinja
