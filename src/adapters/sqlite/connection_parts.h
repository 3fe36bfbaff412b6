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

}  // namespace modelc::sqlite
