// The shapes that entries of schema files must have, checked as dbt checks them (JSON Schema, draft 7), with its
// messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc {

/// The first fault of `value` against the shape of that name ("models", "sources", "exposures", ...), as
/// "at path ['columns'][0]['name']: 1 is not of type 'string'"; std::nullopt when there is none. Any thread.
std::optional<std::string> shape_fault(std::string_view shape, const jinja::Value& value);

}  // namespace modelc
