// What all sessions of one SQLite target share: which files are attached under which schema, and who may write.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/adapter.h"

namespace modelc::sqlite {

/// One writer at a time among the sessions of this process: SQLite would make the others fail or wait by polling.
class WriterLock {
 public:
  /// Waits for the lock; gives up and returns false when `cancelled` becomes true (wake() after setting it).
  bool acquire(const std::atomic<bool>& cancelled);
  void release();
  void wake();

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

/// A profile of type sqlite, its paths made absolute.
struct Settings {
  std::string main_path;
  std::vector<std::pair<std::string, std::string>> schemas;  ///< name, path; without main
  std::string schema_directory;
  std::vector<std::string> extensions;
  int busy_timeout_ms = 30'000;
};

/// Reads the profile. Throws Error{profile, "sqlite/..."} for wrong types and for a file in schema_directory whose name
/// clashes with a configured schema (as dbt-sqlite does).
Settings read_settings(const Target& target);

class Database {
 public:
  explicit Database(Settings settings);

  const Settings& settings() const { return settings_; }
  WriterLock& writer() { return writer_; }

  /// Schemas attached besides main; grows and shrinks as schemas are created and dropped. Any thread.
  std::vector<std::pair<std::string, std::string>> schemas() const;
  /// Changes with every change of schemas().
  uint64_t version() const { return version_; }
  /// Adds `<schema_directory>/<schema>.db`, with the folder if there is none; returns its path.
  std::string add_schema(const std::string& schema);
  void remove_schema(const std::string& schema);

 private:
  Settings settings_;
  WriterLock writer_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> schemas_;
  std::atomic<uint64_t> version_{1};
};

}  // namespace modelc::sqlite
