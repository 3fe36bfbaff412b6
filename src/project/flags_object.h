// `flags` in templates: dbt's flags by their upper-case names (flags.FULL_REFRESH, flags.WHICH, ...).
#pragma once

#include "jinja/value.h"
#include "project/invocation.h"

namespace modelc {

/// A dict-like object over the invocation's flags; unknown names give none. The invocation must outlive it.
jinja::Value flags_value(const Invocation& invocation);

/// One flag by its lower-case dbt name ("full_refresh"); undefined when there is no such flag.
jinja::Value flag_value(const Invocation& invocation, std::string_view name);

}  // namespace modelc
