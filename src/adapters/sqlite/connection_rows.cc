// Many rows at once, into tables and out of queries: one prepared statement for all of them.
#include <fmt/format.h>

#include <optional>

#include "adapters/sqlite/connection_parts.h"
#include "adapters/sqlite/values.h"

namespace modelc::sqlite {

int64_t SqliteConnection::bulk_insert(const Relation& relation, const Table& table) {
  sync_schemas();
  if (table.rows.empty()) return 0;
  std::vector<std::string> names;
  for (const auto& name : table.column_names) names.push_back(quote_name(name));
  const std::string marks = join(std::vector<std::string>(names.size(), "?"), ", ");
  const std::string sql = fmt::format("insert into {} ({}) values ({})", qualified(relation), join(names, ", "), marks);
  const bool own_transaction = !announced_;
  if (own_transaction) begin();
  start_writing();
  try {
    size_t end = 0;
    const Statement statement = prepare(sql, 0, &end);
    for (const auto& row : table.rows) {
      bind_values(statement.raw, row);
      step(statement.raw, sql, 0);
      sqlite3_reset(statement.raw);
    }
  } catch (...) {
    if (own_transaction) rollback();
    throw;
  }
  if (own_transaction) commit();
  return static_cast<int64_t>(table.rows.size());
}

void SqliteConnection::replace_table(const Relation& relation, const std::vector<Column>& columns) {
  sync_schemas();
  for (const auto& entry : list_relations(relation.schema.value_or("main"))) {
    if (!equals_ignore_case(entry.relation.identifier.value_or(""), relation.identifier.value_or(""))) continue;
    const std::string_view type = entry.relation.type == RelationType::view ? "view" : "table";
    execute(fmt::format("drop {} {}", type, qualified(relation)), false, {}, {});
  }
  std::vector<std::string> definitions;
  for (const Column& column : columns)
    definitions.push_back(quote_name(column.name) + (column.data_type.empty() ? "" : " " + column.data_type));
  execute(fmt::format("create table {} (\n  {}\n)", qualified(relation), join(definitions, ",\n  ")), false, {}, {});
}

class SqliteConnection::Writer final : public RowWriter {
 public:
  Writer(SqliteConnection& session, std::string sql) : session_(session), sql_(std::move(sql)) {
    size_t end = 0;
    statement_.emplace(session_.prepare(sql_, 0, &end));
    session_.start_writing();
  }

  void write(std::span<const Cell> cells) override {
    sqlite3_stmt* statement = statement_->raw;
    for (size_t i = 0; i < cells.size(); ++i) bind_cell(statement, static_cast<int>(i) + 1, cells[i]);
    session_.step(statement, sql_, 0);
    sqlite3_reset(statement);
  }

 private:
  SqliteConnection& session_;
  std::string sql_;
  std::optional<Statement> statement_;
};

std::unique_ptr<RowWriter> SqliteConnection::write_rows(const Relation& relation,
                                                        const std::vector<std::string>& columns) {
  sync_schemas();
  std::vector<std::string> names;
  for (const auto& name : columns) names.push_back(quote_name(name));
  const std::string marks = join(std::vector<std::string>(names.size(), "?"), ", ");
  return std::make_unique<Writer>(
      *this, fmt::format("insert into {} ({}) values ({})", qualified(relation), join(names, ", "), marks));
}

void SqliteConnection::read_rows(std::string_view sql, const std::function<void(const std::vector<std::string>&)>& name,
                                 const std::function<void(std::span<const Cell>)>& take) {
  sync_schemas();
  size_t end = 0;
  const Statement statement = prepare(sql, 0, &end);
  const int count = sqlite3_column_count(statement.raw);
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.emplace_back(sqlite3_column_name(statement.raw, i));
  name(names);
  std::vector<Cell> cells(static_cast<size_t>(count));
  while (step(statement.raw, sql, 0) == SQLITE_ROW) {
    for (int i = 0; i < count; ++i) cells[static_cast<size_t>(i)] = column_cell(statement.raw, i);
    take(cells);
  }
}

}  // namespace modelc::sqlite
