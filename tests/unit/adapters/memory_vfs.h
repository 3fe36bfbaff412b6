// Files in memory below SQLite, for tests of what happens when a disk fails or the power goes. One connection at a
// time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::test {

/// A file as programs see it, and what of it is on the disk for certain.
struct MemoryFile {
  struct Change {
    size_t offset = 0;
    std::string bytes;
    bool truncates = false;  ///< to `offset`
  };
  std::string bytes, synced;
  std::vector<Change> unsynced;
  std::vector<std::unique_ptr<char[]>> shared;  ///< regions of the WAL's index
};

/// SQLite's default file system while it lives. Counts the calls that a disk can let fail.
class MemoryVfs {
 public:
  MemoryVfs();
  ~MemoryVfs();
  MemoryVfs(const MemoryVfs&) = delete;

  /// Call number `n` from now on (1 is the next) fails with this result; with `stays` all later ones too.
  void fail_at(int64_t n, int result = SQLITE_IOERR, bool stays = false);
  void heal() { fail_at_ = 0; }
  int64_t calls() const { return calls_; }  ///< since fail_at() or the beginning

  /// What was not synced is lost in part: each change survives with this probability, sector by sector. No file may be
  /// open.
  void lose_power(std::mt19937& random, double survival);

  std::map<std::string, std::shared_ptr<MemoryFile>> files;

 private:
  friend struct VfsCalls;
  /// SQLITE_OK, or what the call fails with.
  int count_call();

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  int64_t calls_ = 0, fail_at_ = 0;
  int result_ = SQLITE_IOERR;
  bool stays_ = false;
};

}  // namespace modelc::test
