#include "adapters/sqlite/values.h"

#include <sqlite3.h>

#include <algorithm>

#include "jinja/bytes.h"

namespace modelc::sqlite {

using jinja::Value;

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return Value(static_cast<int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_FLOAT:
      return Value(sqlite3_column_double(statement, column));
    case SQLITE_NULL:
      return Value::none();
    default:
      break;
  }
  const void* data = sqlite3_column_blob(statement, column);
  const size_t size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  std::string bytes(static_cast<const char*>(data), data ? size : 0);
  if (sqlite3_column_type(statement, column) == SQLITE_TEXT) return Value(std::move(bytes));
  return jinja::make_ref<jinja::BytesObject>(std::move(bytes));
}

void bind_values(sqlite3_stmt* statement, const std::vector<Value>& values) {
  const int wanted = sqlite3_bind_parameter_count(statement);
  for (int i = 0; i < wanted && i < static_cast<int>(values.size()); ++i) {
    const Value& value = values[static_cast<size_t>(i)];
    const int at = i + 1;
    if (value.is_none() || value.is_undefined()) {
      sqlite3_bind_null(statement, at);
    } else if (value.is_int() || value.is_bool()) {
      sqlite3_bind_int64(statement, at, value.as_int());
    } else if (value.is_float()) {
      sqlite3_bind_double(statement, at, value.as_float());
    } else if (value.is_string()) {
      const std::string& text = value.as_string();
      sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* bytes = value.as<jinja::BytesObject>()) {
      sqlite3_bind_blob64(statement, at, bytes->data().data(), bytes->data().size(), SQLITE_STATIC);
    } else {
      const std::string text = jinja::to_str(value);
      sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
  }
}

void bind_cell(sqlite3_stmt* statement, int position, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::null:
      sqlite3_bind_null(statement, position);
      break;
    case Cell::Kind::integer:
      sqlite3_bind_int64(statement, position, cell.integer);
      break;
    case Cell::Kind::real:
      sqlite3_bind_double(statement, position, cell.real);
      break;
    case Cell::Kind::text:  // a view of nothing must be an empty text, not null
      sqlite3_bind_text64(statement, position, cell.text.data() ? cell.text.data() : "", cell.text.size(),
                          SQLITE_STATIC, SQLITE_UTF8);
      break;
  }
}

Cell column_cell(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return Cell::of(int64_t{sqlite3_column_int64(statement, column)});
    case SQLITE_FLOAT:
      return Cell::of(sqlite3_column_double(statement, column));
    case SQLITE_NULL:
      return {};
    default:
      break;
  }
  const void* data = sqlite3_column_blob(statement, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return Cell::of(std::string_view(static_cast<const char*>(data), data ? size : 0));
}

void infer_column_types(Table& table) {
  table.column_types.assign(table.column_names.size(), CellType::text);
  for (size_t i = 0; i < table.column_names.size(); ++i) {
    bool any = false, numbers = true, integers = true;
    for (const auto& row : table.rows) {
      if (row[i].is_none()) continue;
      any = true;
      numbers = numbers && (row[i].is_int() || row[i].is_float());
      integers = integers && row[i].is_int();
      if (!numbers) break;
    }
    if (any && numbers) table.column_types[i] = integers ? CellType::integer : CellType::number;
    // dbt gives a column without any value the type of its first tester: Integer.
    if (!any) table.column_types[i] = CellType::integer;
  }
}

}  // namespace modelc::sqlite
