// The difference of two small tables as unit tests show it (the layout of daff, which dbt prints).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/value.h"

namespace modelc {

/// Rows of texts; no value = null.
struct DiffTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

/// A cell's text for comparing and showing: 1 and 1.0 are the same, none is no value.
std::optional<std::string> diff_cell(const jinja::Value& value);

/// "" when the tables hold the same rows, in whatever order. Else lines that end with "\r\n": "@@" the columns, "+++"
/// only in `actual`, "---" only in `expected`, "→" changed cells, "..." rows left out.
std::string table_diff(const DiffTable& expected, const DiffTable& actual, bool colors);

}  // namespace modelc
