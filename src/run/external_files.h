// The files of an external source on disk, and what is remembered of those that were loaded. Internal to the run
// folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "base/fs.h"
#include "run/external_declaration.h"

namespace modelc {

struct ExternalFile {
  std::string path;  ///< as it is shown and remembered: relative to the project, or absolute
  FileStat stat;
  std::string hash;                 ///< of its bytes; empty = not read yet
  std::optional<std::string> text;  ///< kept from a first reading
};

/// The files that a location names, in the order of their paths. `root` is the project's folder. Throws
/// Error{runtime, "run/external-no-file"} at `place` when there is none.
std::vector<ExternalFile> find_external_files(const FileSystem& fs, const std::string& root,
                                              const std::string& location, const Span& place);

/// The bytes of a file; sets its hash. Throws Error{runtime, "run/external-changed"} when it had another hash before.
std::string read_external_file(const FileSystem& fs, const std::string& root, ExternalFile& file);

/// The table `_modelc_external_files` of one schema: which files each relation there was loaded from. It lies beside
/// the data so that both change in one transaction.
class ExternalLedger {
 public:
  ExternalLedger(Connection& connection, const AdapterTraits& traits, const std::string& schema);

  struct Entry {
    std::string path;
    int64_t size = 0, mtime_ns = 0;
    std::string hash, declaration;
  };
  /// By path; empty for a relation that modelc did not load.
  std::vector<Entry> entries(const std::string& relation) const;
  /// Replaces what is remembered of the relation. Within the caller's transaction.
  void replace(const std::string& relation, const std::vector<Entry>& entries, int64_t loaded, int64_t rejected);
  /// Only the times of files that were touched.
  void remember_times(const std::string& relation, const std::vector<Entry>& entries);
  static Entry entry(const ExternalFile& file, const std::string& declaration);

 private:
  void create();

  Connection& connection_;
  Relation table_;
  bool exists_ = false;
};

}  // namespace modelc
