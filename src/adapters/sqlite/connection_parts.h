// What the sources of SqliteConnection share. Internal to them.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "adapters/sqlite/connection.h"
#include "base/text.h"

namespace modelc::sqlite {

/// A prepared statement; finalized with its owner.
struct SqliteConnection::Statement {
  sqlite3_stmt* raw = nullptr;
  bool temporary_only = false;  ///< writes, but only to the session's own temporary tables
  Statement() = default;
  Statement(Statement&& other) noexcept : raw(other.raw), temporary_only(other.temporary_only) { other.raw = nullptr; }
  Statement& operator=(Statement&&) = delete;
  ~Statement() { sqlite3_finalize(raw); }
};

inline std::string quote_name(std::string_view identifier) {
  return "\"" + replace_all(identifier, "\"", "\"\"") + "\"";
}
inline std::string qualified(const Relation& relation) {
  const std::string name = quote_name(relation.identifier.value_or(""));
  return relation.schema && !relation.schema->empty() ? quote_name(*relation.schema) + "." + name : name;
}

/// The text behind leading blanks and comments; empty when there is nothing else.
inline std::string_view skip_comments(std::string_view sql) {
  sql = trim(sql);
  while (sql.starts_with("--") || sql.starts_with("/*")) {
    const bool line = sql.starts_with("--");
    const size_t end = sql.find(line ? "\n" : "*/");
    if (end == std::string_view::npos) return {};
    sql = trim(sql.substr(end + (line ? 1 : 2)));
  }
  return sql;
}

}  // namespace modelc::sqlite
