// Decimal numbers as texts, for printing tables and for telling whole numbers from others: Python's Decimal where agate
// uses it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc {

/// sign * 0.d1d2d3... * 10^point; no leading or trailing zeros in `digits`, which is empty for zero.
struct DecimalText {
  bool negative = false;
  std::string digits;
  int64_t point = 0;  ///< places of the decimal point behind the first digit's left

  int64_t decimal_places() const;  ///< digits after the point, 0 or more
  int64_t whole_places() const;    ///< digits before the point, 1 or more
};

/// "12.50", ".5", "-1e3": what Decimal() takes, apart from NaN and Infinity; std::nullopt for everything else.
std::optional<DecimalText> parse_decimal(std::string_view text);
/// The number in an int or float, as Python's repr spells it; std::nullopt for anything else, NaN and infinity.
std::optional<DecimalText> decimal_of(const jinja::Value& value);
/// With thousands separators and exactly `places` digits after the point, the last one rounded half to even
/// ("1,234.50").
std::string format_grouped(const DecimalText& number, size_t places);

}  // namespace modelc
