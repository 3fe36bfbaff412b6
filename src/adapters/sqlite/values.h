// Cells between SQLite and Values.
#pragma once

#include <vector>

#include "adapters/table.h"
#include "jinja/value.h"
#include "tabular/cells.h"

struct sqlite3_stmt;

namespace modelc::sqlite {

/// INTEGER -> int, REAL -> float, TEXT -> str, BLOB -> bytes, NULL -> none.
jinja::Value column_value(sqlite3_stmt* statement, int column);
/// Binds in order; bool as 0/1, floats and ints as such, everything else by str(). Texts are not copied: `values` must
/// outlive the next step.
void bind_values(sqlite3_stmt* statement, const std::vector<jinja::Value>& values);
/// Position counts from 1. Texts are not copied: they must outlive the next step.
void bind_cell(sqlite3_stmt* statement, int position, const Cell& cell);
/// A BLOB comes as text. Views live until the next step.
Cell column_cell(sqlite3_stmt* statement, int column);
/// Sets column_types from the cells: all ints -> integer, any float among numbers -> number, else text.
void infer_column_types(Table& table);

}  // namespace modelc::sqlite
