// What modelc calls itself, and the dbt that it behaves as.
#pragma once

#include <string_view>

namespace modelc {

inline constexpr std::string_view modelc_version = "0.1.0";
/// Written to artifacts and checked against require-dbt-version.
inline constexpr std::string_view dbt_version = "1.11.16";

}  // namespace modelc
