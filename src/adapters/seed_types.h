// How agate reads one text of a CSV file as each of dbt's types (dbt_common: build_type_tester).
#pragma once

#include <optional>
#include <string_view>

#include "jinja/value.h"

namespace modelc {

/// Python's str.strip().
std::string_view strip_space(std::string_view text);
/// '' and 'null' in any case, white space around them left out: no value, for every type.
bool is_seed_null(std::string_view text);

/// A number as agate's Number reads it: "%", currency signs and thousands separators are left out.
struct SeedNumber {
  jinja::Value value;    ///< int, float, or (NaN, Infinity) the text that Python's Decimal prints
  int64_t decimals = 0;  ///< digits after the point, without trailing zeros
  int64_t whole_digits = 1;
};
std::optional<SeedNumber> read_seed_number(std::string_view text);
/// strptime("%Y-%m-%d"): a date object.
std::optional<jinja::Value> read_seed_date(std::string_view text);
/// strptime("%Y-%m-%d %H:%M:%S"): a naive datetime object.
std::optional<jinja::Value> read_seed_datetime(std::string_view text);
/// isodate.parse_datetime: ISO 8601 in all its forms, with a "T".
std::optional<jinja::Value> read_seed_iso_datetime(std::string_view text);
/// "true" or "false"; commas in between do not count.
std::optional<jinja::Value> read_seed_boolean(std::string_view text);

}  // namespace modelc
