// Values that nobody could tell apart, for sharing immutable ones.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

/// Same types, same contents, dict entries in the same order: stricter than Python's ==, for which 1, 1.0 and True are
/// one and order does not matter. Objects and traced strings are identical to themselves only.
bool identical(const Value& a, const Value& b);

/// A hash of all of a value's contents that agrees with identical().
size_t identical_hash(const Value& v);

}  // namespace modelc::jinja
