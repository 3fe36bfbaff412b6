#include "adapters/sqlite/adapter.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "adapters/sqlite/connection.h"
#include "base/text.h"

namespace modelc::sqlite {

namespace {

/// Once a process, before the first session; where SQLite is in use already it stays as it is. SQLite counts its memory
/// under a lock that all sessions share, for figures that nobody here asks for, and begins each temporary tree, however
/// small, with memory for 20 pages.
void configure_library() {
  static const bool done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
                           sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0) == SQLITE_OK;
  static_cast<void>(done);
}

}  // namespace

SqliteAdapter::SqliteAdapter(const Target& target) : database_(std::make_shared<Database>(read_settings(target))) {
  configure_library();
}

const AdapterTraits& SqliteAdapter::traits() const { return adapter_traits("sqlite"); }

std::unique_ptr<Connection> SqliteAdapter::connect(std::string_view) {
  return std::make_unique<SqliteConnection>(database_);
}

std::string SqliteAdapter::seed_column_type(CellType type) const {
  switch (type) {
    case CellType::integer:
    case CellType::whole_number:
    case CellType::boolean:
      return "INT";
    case CellType::number:
      return "REAL";
    default:
      return "TEXT";
  }
}

std::string SqliteAdapter::quote(std::string_view identifier) const { return "\"" + std::string(identifier) + "\""; }

std::vector<std::string> SqliteAdapter::connection_info(const Target& target) const {
  std::vector<std::string> lines;
  for (const char* key : {"database", "schema", "schemas_and_paths", "schema_directory"}) {
    lines.push_back(fmt::format("{}: {}", key, jinja::to_str(target.credentials.get(key))));
  }
  return lines;
}

}  // namespace modelc::sqlite
