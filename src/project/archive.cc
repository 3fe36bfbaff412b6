#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/diagnostic.h"
#include "base/fs.h"
#include "base/text.h"
#include "project/download.h"

namespace modelc {
namespace {

[[noreturn]] void fail(std::string_view slug, std::string message) {
  throw Error(ErrorKind::dependency, fmt::format("project/archive-{}", slug), std::move(message));
}

using ArchivePtr = std::unique_ptr<archive, decltype(&archive_read_free)>;

ArchivePtr open_archive(const std::string& bytes) {
  ArchivePtr reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    fail("format", fmt::format("The package is no tar archive: {}", archive_error_string(reader.get())));
  }
  return reader;
}

/// The entry's path below the folder, or "" for the folder itself. Refuses what could lead out of it.
std::string safe_path(const char* name) {
  if (!name || !*name) fail("path", "The archive holds an entry without a name");
  const std::string_view path = name;
  bool leaves = path.starts_with('/') || path.find('\\') != std::string_view::npos;
  for (std::string_view part : split(path, '/')) leaves = leaves || part == "..";
  if (leaves) fail("path", fmt::format("The archive holds '{}', which leads out of the package", path));
  const std::string normal = path_normalize(path);
  return normal == "." ? "" : normal;
}

/// Writes one file. The folder is new and holds no links, so that its path leads where it says; O_NOFOLLOW and O_EXCL
/// make sure.
uint64_t write_entry(archive* reader, const std::string& path, uint64_t budget) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) fail("write", fmt::format("Could not write '{}': {}", path, strerror(errno)));
  uint64_t written = 0;
  std::string problem;
  for (;;) {
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(reader, &block, &size, &offset);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK) {
      problem = fmt::format("The archive is damaged: {}", archive_error_string(reader));
      break;
    }
    if (static_cast<uint64_t>(offset) + size > budget) {
      problem = "The unpacked package is too large";
      break;
    }
    if (pwrite(fd, block, size, offset) != static_cast<ssize_t>(size)) {
      problem = fmt::format("Could not write '{}': {}", path, strerror(errno));
      break;
    }
    written = static_cast<uint64_t>(offset) + size;
  }
  ::close(fd);
  if (!problem.empty()) fail("read", problem);
  return written;
}

}  // namespace

void unpack_tar(const std::string& bytes, const std::string& folder, const ArchiveLimits& limits) {
  const ArchivePtr reader = open_archive(bytes);
  uint64_t total = 0, files = 0;
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      fail("read", fmt::format("The archive is damaged: {}", archive_error_string(reader.get())));
    if (++files > limits.max_files) fail("limit", fmt::format("The package has more than {} files", limits.max_files));
    const std::string path = safe_path(archive_entry_pathname(entry));
    const auto type = archive_entry_filetype(entry);
    if (archive_entry_hardlink(entry) || (type != AE_IFREG && type != AE_IFDIR)) continue;
    const std::string target = path_join(folder, path);
    std::error_code error;
    std::filesystem::create_directories(type == AE_IFDIR ? target : path_parent(target), error);
    if (error) fail("write", fmt::format("Could not make the folder of '{}': {}", target, error.message()));
    if (type == AE_IFREG) total += write_entry(reader.get(), target, limits.max_bytes - total);
  }
}

}  // namespace modelc
