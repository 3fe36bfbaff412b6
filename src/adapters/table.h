// A result table: named, typed columns of values, and the agate surface that packages rely on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "jinja/value.h"

namespace modelc {

enum class CellType : uint8_t { text, integer, number, boolean, date, datetime, time };

/// Rows by columns. Cells are none, bool, int, float, string, or datetime objects.
struct Table {
  std::vector<std::string> column_names;
  std::vector<CellType> column_types;   ///< agate's type of each column
  std::vector<std::vector<jinja::Value>> rows;
};

/// agate.Table for templates: columns, rows, column_names, select, rename, group_by, join, distinct, print_table, ...
/// See dbt-surface.md 1d. Shares the table.
jinja::Value table_value(std::shared_ptr<const Table> table);
/// The Table inside a value; null when it is none.
std::shared_ptr<const Table> table_of(const jinja::Value& value);

/// Reads a seed with dbt's (agate's) type inference. Columns in `column_types` stay text. Throws Error{runtime,
/// "adapters/seed-..."} with line and column for ragged rows, duplicate headers, ...
Table read_seed(const SourceFile& file, char delimiter, const jinja::Value& column_types);

/// As dbt's `show` prints it: "| a | b |" with a rule below the header; columns cut to `max_column_width`.
std::string print_table(const Table& table, size_t max_rows = SIZE_MAX, size_t max_column_width = 20);

}  // namespace modelc
