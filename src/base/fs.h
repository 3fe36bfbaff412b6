// The file system as modelc needs it: the real one, and one in memory for tests (after ninja's DiskInterface).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc {

struct FileStat {
  bool exists = false;
  bool is_directory = false;
  uint64_t size = 0;
  int64_t mtime_ns = 0;  ///< nanoseconds since 1970-01-01 UTC
};

/// Takes a text piece by piece.
using TextSink = std::function<void(std::string_view)>;

/// All paths are UTF-8 and may be relative to the working directory. Every method may be called from any thread.
/// Failures throw Error{runtime} with code "base/file-..." that names the path and the system's reason.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual FileStat stat(const std::string& path) const = 0;
  virtual std::string read(const std::string& path) const = 0;
  /// Replaces the file at once: written beside it, then renamed over it, so a reader sees the old or the new text.
  /// Makes missing parent folders. With `sync`, the data is on disk before the rename.
  virtual void write(const std::string& path, std::string_view text, bool sync = false) = 0;
  /// The same for a text that need not stand in memory at once: `produce` is called with the sink to give it to. What
  /// `produce` throws passes through and leaves the old file.
  virtual void write_pieces(const std::string& path, const std::function<void(const TextSink&)>& produce);
  /// For a file that can be made again at any time, such as compiled SQL: leaves it alone when it holds `text` already,
  /// else writes it in place. Cheaper than write(), but a process that is killed meanwhile leaves a part of the text,
  /// with the end of the old one behind it.
  virtual void write_generated(const std::string& path, std::string_view text) { write(path, text); }
  /// Regular files below `directory`, as paths relative to it with '/', sorted bytewise. Hidden files and folders
  /// included. Symbolic links to folders are followed once. An absent directory gives an empty list.
  virtual std::vector<std::string> list_recursive(const std::string& directory) const = 0;
  /// Names of the folders (and links to folders) in `directory`, sorted bytewise; empty when there is no such folder.
  virtual std::vector<std::string> list_folders(const std::string& directory) const = 0;
  virtual void make_directories(const std::string& path) = 0;
  virtual void remove_all(const std::string& path) = 0;

  bool exists(const std::string& path) const { return stat(path).exists; }
};

/// The process's own file system; lives for ever.
FileSystem& real_file_system();

/// Files in memory, for tests. Not for concurrent writes.
class MemoryFileSystem : public FileSystem {
 public:
  std::map<std::string, std::string> files;  ///< path -> text

  FileStat stat(const std::string& path) const override;
  std::string read(const std::string& path) const override;
  void write(const std::string& path, std::string_view text, bool sync = false) override;
  std::vector<std::string> list_recursive(const std::string& directory) const override;
  std::vector<std::string> list_folders(const std::string& directory) const override;
  void make_directories(const std::string& path) override;
  void remove_all(const std::string& path) override;
};

/// Lexical helpers; '/' is the separator.
std::string path_join(std::string_view a, std::string_view b);
std::string path_parent(std::string_view path);     ///< "" when there is none
std::string path_filename(std::string_view path);   ///< after the last '/'
std::string path_stem(std::string_view path);       ///< filename without its last extension
std::string path_extension(std::string_view path);  ///< ".sql", or ""
std::string path_absolute(const std::string& path);
std::string path_normalize(std::string_view path);  ///< folds ".", ".." and "//" without looking at the disk

}  // namespace modelc
