// A result table: named, typed columns of values, and the agate surface that packages rely on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "jinja/value.h"

namespace modelc {

/// agate's types. dbt tells three kinds of numbers apart: ints that the database gave (agate prints them as they are),
/// and numbers with or without digits after the point (printed with thousands separators; seeds choose the SQL type by
/// the digits).
enum class CellType : uint8_t { text, integer, number, boolean, date, datetime, time, whole_number };

/// Rows by columns. Cells are none, bool, int, float, string, or datetime objects.
struct Table {
  std::vector<std::string> column_names;
  std::vector<CellType> column_types;  ///< agate's type of each column
  std::vector<std::vector<jinja::Value>> rows;
};

/// agate.Table for templates: columns, rows, column_names, select, rename, group_by, join, distinct, print_table, ...
/// See dbt-surface.md 1d. Shares the table.
jinja::Value table_value(std::shared_ptr<const Table> table);
/// The Table inside a value; null when it is none.
std::shared_ptr<const Table> table_of(const jinja::Value& value);

/// agate's names for columns: blank ones become letters ("a", "b", ..., "aa"), repeated ones get "_2", "_3", ...
std::vector<std::string> unique_column_names(const std::vector<std::string>& names);

/// Reads a seed with dbt's (agate's) type inference. Columns named in `column_types` (a dict, or none) stay text. A row
/// that is too short is filled with nulls; blank lines are rows of nulls. Throws Error{compilation,
/// "adapters/seed-..."} with the place for a row that is too long and for a file without a header.
Table read_seed(const SourceFile& file, char delimiter, const jinja::Value& column_types);

/// agate's print_table, as dbt's `show` prints it: "| a | b |" with a rule below the header. What goes beyond a bound
/// is shown as
/// "..."; SIZE_MAX = no bound. Numbers are rounded to `max_precision` places.
std::string print_table(const Table& table, size_t max_rows = SIZE_MAX, size_t max_column_width = 20,
                        size_t max_columns = 6, size_t max_precision = 3);

/// agate's name of a type: "Text", "Number", ...
std::string_view cell_type_name(CellType type);

}  // namespace modelc
