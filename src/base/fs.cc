#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "base/diagnostic.h"
#include "base/hash.h"

namespace modelc {
namespace {

constexpr off_t largest_file = off_t{1} << 31;  ///< places in texts are counted in 32 bits
constexpr size_t longest_plain_name = 220;      ///< what goes behind it must fit into the 255 bytes of a file name

[[noreturn]] void fail(std::string_view code, std::string_view action, const std::string& path, int error) {
  std::string hint;
  if (error == EACCES || error == EPERM) hint = "check the permissions of the file and of its folder";
  if (error == ENOSPC) hint = "the disk is full";
  throw Error(ErrorKind::runtime, std::string(code),
              fmt::format("Could not {} '{}': {}", action, path, strerror(error)), {}, hint);
}

/// Closes a file descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// 0, or the error that stopped it.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return 0;
}

struct DirectoryCloser {
  void operator()(DIR* directory) const { closedir(directory); }
};

class Lister {
 public:
  explicit Lister(std::vector<std::string>& out) : out_(out) {}

  void walk(const std::string& absolute, const std::string& prefix) {
    struct stat info {};
    if (::stat(absolute.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return;
    if (!on_path_.insert({info.st_dev, info.st_ino}).second) return;  // a link back to a folder that we are in
    std::unique_ptr<DIR, DirectoryCloser> directory(opendir(absolute.c_str()));
    if (!directory) fail("base/file-list", "list", absolute, errno);
    while (const dirent* entry = readdir(directory.get())) visit(*entry, absolute, prefix);
    on_path_.erase({info.st_dev, info.st_ino});
  }

 private:
  void visit(const dirent& entry, const std::string& absolute, const std::string& prefix) {
    const std::string_view name = entry.d_name;
    if (name == "." || name == "..") return;
    const std::string path = path_join(absolute, name);
    bool is_directory = entry.d_type == DT_DIR, is_file = entry.d_type == DT_REG;
    if (entry.d_type == DT_LNK || entry.d_type == DT_UNKNOWN) {
      struct stat info {};
      if (::stat(path.c_str(), &info) != 0) return;  // a dangling link
      is_directory = S_ISDIR(info.st_mode);
      is_file = S_ISREG(info.st_mode);
    }
    if (is_directory)
      walk(path, prefix + std::string(name) + "/");
    else if (is_file)
      out_.push_back(prefix + std::string(name));
  }

  std::vector<std::string>& out_;
  std::set<std::pair<dev_t, ino_t>> on_path_;
};

using TextSource = std::function<void(const TextSink&)>;

class RealFileSystem final : public FileSystem {
 public:
  FileStat stat(const std::string& path) const override {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return {};
    return {true, S_ISDIR(info.st_mode), static_cast<uint64_t>(info.st_size),
            info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  }

  std::string read(const std::string& path) const override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) fail("base/file-read", "read", path, errno);
    struct stat info {};
    if (fstat(file.get(), &info) != 0) fail("base/file-read", "read", path, errno);
    if (S_ISDIR(info.st_mode)) fail("base/file-read", "read", path, EISDIR);
    if (info.st_size > largest_file) fail("base/file-read", "read", path, EFBIG);
    std::string text(static_cast<size_t>(info.st_size), '\0');
    size_t filled = 0;
    for (;;) {  // past the announced size too: the file may have grown, or be a pipe without a size
      if (filled == text.size())
        text.resize(filled + (filled == static_cast<size_t>(info.st_size) ? 1 : filled + 4096));
      const ssize_t n = ::read(file.get(), text.data() + filled, text.size() - filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("base/file-read", "read", path, errno);
      if (n == 0) break;
      filled += static_cast<size_t>(n);
    }
    text.resize(filled);
    return text;
  }

  void write(const std::string& path, std::string_view text, bool sync) override {
    write_from(
        path, [&](const TextSink& sink) { sink(text); }, sync);
  }

  void write_pieces(const std::string& path, const TextSource& produce) override { write_from(path, produce, false); }

  void write_generated(const std::string& path, std::string_view text) override {
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 && errno == ENOENT) {
      make_directories(path_parent(path));
      fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    }
    const Descriptor file(fd);
    if (!file) fail("base/file-write", "write", path, errno);
    struct stat info {};
    if (fstat(file.get(), &info) != 0) fail("base/file-write", "write", path, errno);
    if (info.st_size > 0 && holds(file, info, text)) return;
    if (const int error = write_all(file.get(), text)) fail("base/file-write", "write", path, error);
    // Cut afterwards and only where there is more: ext4 flushes a file that was emptied as soon as it is closed.
    if (static_cast<size_t>(info.st_size) > text.size() &&
        ::ftruncate(file.get(), static_cast<off_t>(text.size())) != 0)
      fail("base/file-write", "write", path, errno);
  }

  std::vector<std::string> list_recursive(const std::string& directory) const override {
    std::vector<std::string> files;
    Lister(files).walk(directory, "");
    std::sort(files.begin(), files.end());
    return files;
  }

  std::vector<std::string> list_folders(const std::string& directory) const override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      if (it->is_directory(ignored)) names.push_back(it->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void make_directories(const std::string& path) override {
    if (path.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) fail("base/file-write", "make the folder", path, error.value());
  }

  void remove_all(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) fail("base/file-remove", "remove", path, error.value());
  }

 private:
  void write_from(const std::string& path, const TextSource& produce, bool sync) {
    struct stat info {};
    const bool present = ::stat(path.c_str(), &info) == 0;
    if (present && S_ISDIR(info.st_mode)) fail("base/file-write", "write", path, EISDIR);
    if (present && !S_ISREG(info.st_mode)) return write_in_place(path, produce);
    std::string target = path;
    if (present) {  // through a symbolic link: its target is replaced, not the link
      char resolved[PATH_MAX];
      if (realpath(path.c_str(), resolved)) target = resolved;
    } else if (const std::string folder = path_parent(path); !folder.empty()) {
      make_directories(folder);
    }
    replace(target, produce, sync, present ? info.st_mode & 07777 : 0);
  }

  static bool holds(const Descriptor& file, const struct stat& info, std::string_view text) {
    if (static_cast<size_t>(info.st_size) != text.size()) return false;
    std::string old(text.size(), '\0');
    return ::pread(file.get(), old.data(), old.size(), 0) == static_cast<ssize_t>(old.size()) && old == text;
  }

  static TextSink sink_into(const Descriptor& file, const std::string& path) {
    return [&file, &path](std::string_view piece) {
      if (const int error = write_all(file.get(), piece)) fail("base/file-write", "write", path, error);
    };
  }

  static void write_in_place(const std::string& path, const TextSource& produce) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) fail("base/file-write", "write", path, errno);
    produce(sink_into(file, path));
  }

  /// Opens the file beside `target` that is to take its place. What a killed process left there is used again; a
  /// process (or thread) that is writing the same target at this moment keeps the usual name, and this one gets
  /// another.
  static Descriptor open_beside(const std::string& target, std::string& temporary) {
    static std::atomic<unsigned> counter{0};
    const std::string name = path_filename(target);
    const std::string base =
        name.size() < longest_plain_name ? target : path_join(path_parent(target), "." + md5_hex(name));
    temporary = base + ".tmp";
    Descriptor usual(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (usual && flock(usual.get(), LOCK_EX | LOCK_NB) == 0 && is_at(usual, temporary) &&
        ftruncate(usual.get(), 0) == 0)
      return usual;
    temporary = fmt::format("{}.{}.{}.tmp", base, getpid(), counter.fetch_add(1));
    return Descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  }

  /// Does the path still lead to the open file? Its writer may have renamed it before we had the lock.
  static bool is_at(const Descriptor& file, const std::string& path) {
    struct stat open {
    }, named{};
    return fstat(file.get(), &open) == 0 && ::lstat(path.c_str(), &named) == 0 && S_ISREG(open.st_mode) &&
           open.st_dev == named.st_dev && open.st_ino == named.st_ino;
  }

  /// Some file systems report a failed write only when a descriptor is closed. The lock must stay until the rename, so
  /// a copy is closed.
  static int late_error(int fd) {
    const int copy = ::dup(fd);
    return copy < 0 || ::close(copy) == 0 ? 0 : errno;
  }

  static void replace(const std::string& target, const TextSource& produce, bool sync, mode_t mode) {
    std::string temporary;
    Descriptor file = open_beside(target, temporary);
    if (!file) fail("base/file-write", "write", target, errno);
    try {
      produce(sink_into(file, target));
      int error = mode && fchmod(file.get(), mode) != 0 ? errno : 0;
      if (!error && sync && fsync(file.get()) != 0) error = errno;
      if (!error) error = late_error(file.get());
      if (!error && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
      if (error) fail("base/file-write", "write", target, error);
    } catch (...) {
      ::unlink(temporary.c_str());
      throw;
    }
  }
};

/// Tests run nodes on several threads, which write what they compile.
std::mutex memory_files;

/// The form of a path under which MemoryFileSystem looks a file up.
std::string memory_key(std::string_view path) { return path_normalize(path); }

bool is_below(const std::string& path, const std::string& directory) {
  if (directory.empty() || directory == ".") return true;
  if (directory == "/") return path.starts_with('/');
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

}  // namespace

void FileSystem::write_pieces(const std::string& path, const TextSource& produce) {
  std::string text;
  produce([&](std::string_view piece) { text += piece; });
  write(path, text);
}

FileSystem& real_file_system() {
  static RealFileSystem* instance = new RealFileSystem();
  return *instance;
}

FileStat MemoryFileSystem::stat(const std::string& path) const {
  const std::lock_guard lock(memory_files);
  const std::string key = memory_key(path);
  for (const auto& [name, text] : files) {
    const std::string normal = memory_key(name);
    if (normal == key) return {true, false, text.size(), 0};
    if (is_below(normal, key)) return {true, true, 0, 0};
  }
  return {};
}

std::string MemoryFileSystem::read(const std::string& path) const {
  const std::lock_guard lock(memory_files);
  const std::string key = memory_key(path);
  for (const auto& [name, text] : files) {
    if (memory_key(name) == key) return text;
  }
  fail("base/file-read", "read", path, ENOENT);
}

void MemoryFileSystem::write(const std::string& path, std::string_view text, bool) {
  const std::lock_guard lock(memory_files);
  const std::string key = memory_key(path);
  for (auto& [name, old] : files) {
    if (memory_key(name) == key) {
      old = text;
      return;
    }
  }
  files[key] = text;
}

std::vector<std::string> MemoryFileSystem::list_recursive(const std::string& directory) const {
  const std::lock_guard lock(memory_files);
  const std::string key = memory_key(directory);
  std::vector<std::string> out;
  for (const auto& [name, text] : files) {
    const std::string normal = memory_key(name);
    if (!is_below(normal, key)) continue;
    out.push_back(key.empty() || key == "." ? normal : key == "/" ? normal.substr(1) : normal.substr(key.size() + 1));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> MemoryFileSystem::list_folders(const std::string& directory) const {
  std::vector<std::string> names;
  for (const auto& path : list_recursive(directory)) {
    const size_t slash = path.find('/');
    if (slash != std::string::npos && (names.empty() || names.back() != path.substr(0, slash)))
      names.push_back(path.substr(0, slash));
  }
  return names;
}

void MemoryFileSystem::make_directories(const std::string&) {}  // folders exist as soon as a file is below them

void MemoryFileSystem::remove_all(const std::string& path) {
  const std::lock_guard lock(memory_files);
  const std::string key = memory_key(path);
  std::erase_if(files, [&](const auto& file) {
    const std::string normal = memory_key(file.first);
    return normal == key || is_below(normal, key);
  });
}

std::string path_join(std::string_view a, std::string_view b) {
  if (a.empty() || b.starts_with('/')) return std::string(b);
  std::string out(a);
  if (!out.ends_with('/') && !b.empty()) out += '/';
  return out += b;
}

std::string path_parent(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string path_filename(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string path_stem(std::string_view path) {
  std::string name = path_filename(path);
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos && dot != 0) name.resize(dot);
  return name;
}

std::string path_extension(std::string_view path) {
  const std::string name = path_filename(path);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? std::string() : name.substr(dot);
}

std::string path_absolute(const std::string& path) {
  if (path.starts_with('/')) return path_normalize(path);
  std::error_code error;
  const std::string here = std::filesystem::current_path(error).string();
  if (error) fail("base/file-read", "find the working directory for", path, error.value());
  return path_normalize(path_join(here, path));
}

std::string path_normalize(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> kept;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == ".." && !kept.empty() && kept.back() != "..")
      kept.pop_back();
    else if (part != ".." || !absolute)
      kept.push_back(part);
  }
  std::string out = absolute ? "/" : "";
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i) out += '/';
    out += kept[i];
  }
  return out.empty() ? "." : out;
}

}  // namespace modelc
