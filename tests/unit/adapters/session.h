// A session with an SQLite file in a folder of its own, which goes with it.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "adapters/sqlite/adapter.h"
#include "adapters/table.h"

namespace modelc::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "modelc-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The profile of a database `main.sqlite` in a folder.
inline Target sqlite_target(const std::string& folder, int busy_timeout = 1000) {
  Target target;
  target.type = "sqlite";
  target.name = "dev";
  target.schema = "main";
  target.database = "database";
  target.profiles_path = "profiles.yml";
  target.credentials =
      jinja::Value::dict({{"schemas_and_paths", jinja::Value::dict({{"main", jinja::Value(folder + "/main.sqlite")}})},
                          {"schema_directory", jinja::Value(folder)},
                          {"busy_timeout", jinja::Value(busy_timeout)}});
  return target;
}

inline Target sqlite_target(const TemporaryFolder& folder, int busy_timeout = 1000) {
  return sqlite_target(folder.path(), busy_timeout);
}

/// An adapter with one session.
struct Session {
  TemporaryFolder folder;
  sqlite::SqliteAdapter adapter{sqlite_target(folder)};
  std::unique_ptr<Connection> connection = adapter.connect("test");

  QueryResult run(std::string_view sql) { return connection->execute(sql, true); }
  /// The first value of the first row.
  jinja::Value value(std::string_view sql) {
    const auto table = run(sql).table;
    REQUIRE_MESSAGE(!table->rows.empty(), sql);
    return table->rows[0][0];
  }
  std::string text(std::string_view sql) { return jinja::to_str(value(sql)); }
};

}  // namespace modelc::test
