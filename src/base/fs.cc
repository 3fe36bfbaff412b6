#include "base/fs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/diagnostic.h"

namespace modelc {
namespace {

namespace stdfs = std::filesystem;

[[noreturn]] void fail(std::string_view code, std::string_view action, const std::string& path, const std::string& reason) {
  throw Error(ErrorKind::runtime, fmt::format("base/{}", code), fmt::format("cannot {} {}: {}", action, path, reason));
}

std::string system_reason() { return std::strerror(errno); }

/// Closes a descriptor at the end of its scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

void write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("file-write", "write", path, system_reason());
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void list_into(const std::string& root, const std::string& below, std::set<std::pair<uint64_t, uint64_t>>& seen,
               std::vector<std::string>& out) {
  const std::string folder = path_join(root, below);
  struct ::stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !seen.insert({info.st_dev, info.st_ino}).second) return;
  std::error_code error;
  for (stdfs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const std::string relative = below.empty() ? name : below + "/" + name;
    std::error_code ignored;
    if (it->is_directory(ignored)) list_into(root, relative, seen, out);
    else if (it->is_regular_file(ignored)) out.push_back(relative);
  }
  if (error && error != std::errc::no_such_file_or_directory) fail("file-list", "list", folder, error.message());
}

class RealFileSystem : public FileSystem {
 public:
  FileStat stat(const std::string& path) const override {
    struct ::stat info {};
    if (::stat(path.c_str(), &info) != 0) return {};
    return {true, S_ISDIR(info.st_mode), static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  }

  std::string read(const std::string& path) const override {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) fail("file-read", "read", path, system_reason());
    struct ::stat info {};
    if (::fstat(file.fd, &info) != 0) fail("file-read", "read", path, system_reason());
    if (S_ISDIR(info.st_mode)) fail("file-read", "read", path, "it is a folder");
    std::string text(static_cast<size_t>(info.st_size), '\0');
    size_t have = 0;
    while (true) {
      if (have == text.size()) text.resize(have + 4096);  // grew since, or a pipe of unknown size
      const ssize_t got = ::read(file.fd, text.data() + have, text.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("file-read", "read", path, system_reason());
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    text.resize(have);
    return text;
  }

  void write(const std::string& path, std::string_view text, bool sync) override {
    static std::atomic<uint64_t> serial{0};
    const std::string parent = path_parent(path);
    const std::string temporary = fmt::format("{}.tmp{}-{}", path, ::getpid(), ++serial);
    Descriptor file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.fd < 0 && errno == ENOENT && !parent.empty()) {
      make_directories(parent);
      file.fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    }
    if (file.fd < 0) fail("file-write", "write", path, system_reason());
    try {
      write_all(file.fd, text, path);
      if (sync && ::fsync(file.fd) != 0) fail("file-write", "write", path, system_reason());
      if (::rename(temporary.c_str(), path.c_str()) != 0) fail("file-write", "write", path, system_reason());
    } catch (...) {
      ::unlink(temporary.c_str());
      throw;
    }
  }

  std::vector<std::string> list_recursive(const std::string& directory) const override {
    std::vector<std::string> files;
    std::set<std::pair<uint64_t, uint64_t>> seen;
    list_into(directory, "", seen, files);
    std::sort(files.begin(), files.end());
    return files;
  }

  void make_directories(const std::string& path) override {
    std::error_code error;
    stdfs::create_directories(path, error);
    if (error) fail("file-mkdir", "make the folder", path, error.message());
  }

  void remove_all(const std::string& path) override {
    std::error_code error;
    stdfs::remove_all(path, error);
    if (error) fail("file-remove", "remove", path, error.message());
  }
};

}  // namespace

FileSystem& real_file_system() {
  static RealFileSystem instance;
  return instance;
}

FileStat MemoryFileSystem::stat(const std::string& path) const {
  if (const auto it = files.find(path); it != files.end()) return {true, false, it->second.size(), 0};
  const std::string prefix = path == "." || path.empty() ? "" : path + "/";
  const auto it = files.lower_bound(prefix);
  const bool is_folder = it != files.end() && it->first.starts_with(prefix);
  return {is_folder, is_folder, 0, 0};
}

std::string MemoryFileSystem::read(const std::string& path) const {
  const auto it = files.find(path);
  if (it == files.end()) fail("file-read", "read", path, "No such file or directory");
  return it->second;
}

void MemoryFileSystem::write(const std::string& path, std::string_view text, bool) { files[path] = std::string(text); }

std::vector<std::string> MemoryFileSystem::list_recursive(const std::string& directory) const {
  const std::string prefix = directory == "." || directory.empty() ? "" : directory + "/";
  std::vector<std::string> result;
  for (auto it = files.lower_bound(prefix); it != files.end() && it->first.starts_with(prefix); ++it) {
    result.push_back(it->first.substr(prefix.size()));
  }
  return result;
}

void MemoryFileSystem::make_directories(const std::string&) {}

void MemoryFileSystem::remove_all(const std::string& path) {
  std::erase_if(files, [&](const auto& entry) { return entry.first == path || entry.first.starts_with(path + "/"); });
}

std::string path_join(std::string_view a, std::string_view b) {
  if (a.empty() || b.starts_with('/')) return std::string(b);
  if (b.empty()) return std::string(a);
  return fmt::format("{}{}{}", a, a.ends_with('/') ? "" : "/", b);
}

std::string path_parent(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash));
}

std::string path_filename(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string path_stem(std::string_view path) {
  const std::string name = path_filename(path);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

std::string path_extension(std::string_view path) {
  const std::string name = path_filename(path);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? "" : name.substr(dot);
}

std::string path_absolute(const std::string& path) {
  std::error_code error;
  const stdfs::path absolute = stdfs::absolute(path, error);
  return path_normalize(error ? path : absolute.string());
}

std::string path_normalize(std::string_view path) {
  std::string text = stdfs::path(path).lexically_normal().string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace modelc
