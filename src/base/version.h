// The two versions that modelc shows: its own, and that of dbt whose behaviour it reproduces.
#pragma once

#include <string_view>

namespace modelc {

/// modelc's own version.
inline constexpr std::string_view modelc_version = "0.1.0";
/// What `dbt_version` gives in templates and artifacts, and what require-dbt-version is checked against.
inline constexpr std::string_view dbt_version = "1.11.16";

}  // namespace modelc
