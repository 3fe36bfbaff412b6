// Python's format specifications: the mini-language of format(), and printf-style numbers, which share their parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc::jinja {

/// [[fill]align][sign][z][#][0][width][grouping][.precision][type]
struct FormatSpec {
  std::string fill = " ";  ///< one code point
  char align = 0;          ///< '<', '>', '^', '='; 0 = the type's default
  char sign = '-';         ///< '+', '-', ' '
  bool positive_zero = false;
  bool alternate = false;
  int64_t width = -1;
  char grouping = 0;  ///< ',' or '_'
  int64_t precision = -1;
  uint32_t type = 0;  ///< code point; 0 = none given
};

/// format(value, spec). Throws Python's ValueErrors and TypeErrors.
std::string format_value(const Value& value, std::string_view spec);

/// A number in one of e E f F g G; `number` is finite or not, its sign is left out. No padding.
std::string format_magnitude(double number, char type, int64_t precision, bool alternate);
/// The digits of a magnitude in base 2, 8, 10 or 16.
std::string format_digits(uint64_t magnitude, unsigned base, bool upper);
/// Pads to `width` code points; '=' puts the fill behind the first `prefix` bytes (sign and base).
std::string pad_text(std::string text, int64_t width, std::string_view fill, char align, size_t prefix = 0);

}  // namespace modelc::jinja
