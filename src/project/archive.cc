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
#include "base/shared_library.h"
#include "base/text.h"
#include "project/download.h"

namespace modelc {
namespace {

[[noreturn]] void fail(std::string_view slug, std::string message) {
  throw Error(ErrorKind::dependency, fmt::format("project/archive-{}", slug), std::move(message));
}

/// libarchive, opened when there is something to unpack: the functions that we call, without their prefix.
struct LibArchive {
  decltype(&archive_read_new) read_new;
  decltype(&archive_read_free) read_free;
  decltype(&archive_read_support_filter_gzip) read_support_filter_gzip;
  decltype(&archive_read_support_filter_bzip2) read_support_filter_bzip2;
  decltype(&archive_read_support_filter_xz) read_support_filter_xz;
  decltype(&archive_read_support_format_tar) read_support_format_tar;
  decltype(&archive_read_open_memory) read_open_memory;
  decltype(&archive_read_next_header) read_next_header;
  decltype(&archive_read_data_block) read_data_block;
  decltype(&archive_error_string) error_string;
  decltype(&archive_entry_pathname) entry_pathname;
  decltype(&archive_entry_filetype) entry_filetype;
  decltype(&archive_entry_hardlink) entry_hardlink;

  LibArchive() {
    const SharedLibrary library({"libarchive.so.13"}, "libarchive13");
    library.find("archive_read_new", read_new);
    library.find("archive_read_free", read_free);
    library.find("archive_read_support_filter_gzip", read_support_filter_gzip);
    library.find("archive_read_support_filter_bzip2", read_support_filter_bzip2);
    library.find("archive_read_support_filter_xz", read_support_filter_xz);
    library.find("archive_read_support_format_tar", read_support_format_tar);
    library.find("archive_read_open_memory", read_open_memory);
    library.find("archive_read_next_header", read_next_header);
    library.find("archive_read_data_block", read_data_block);
    library.find("archive_error_string", error_string);
    library.find("archive_entry_pathname", entry_pathname);
    library.find("archive_entry_filetype", entry_filetype);
    library.find("archive_entry_hardlink", entry_hardlink);
  }
};

const LibArchive& lib() {
  static const LibArchive functions;
  return functions;
}

using ArchivePtr = std::unique_ptr<archive, decltype(&archive_read_free)>;

ArchivePtr open_archive(const std::string& bytes) {
  ArchivePtr reader(lib().read_new(), lib().read_free);
  lib().read_support_filter_gzip(reader.get());
  lib().read_support_filter_bzip2(reader.get());
  lib().read_support_filter_xz(reader.get());
  lib().read_support_format_tar(reader.get());
  if (lib().read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    fail("format", fmt::format("The package is no tar archive: {}", lib().error_string(reader.get())));
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
    const int status = lib().read_data_block(reader, &block, &size, &offset);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK) {
      problem = fmt::format("The archive is damaged: {}", lib().error_string(reader));
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
    const int status = lib().read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      fail("read", fmt::format("The archive is damaged: {}", lib().error_string(reader.get())));
    if (++files > limits.max_files) fail("limit", fmt::format("The package has more than {} files", limits.max_files));
    const std::string path = safe_path(lib().entry_pathname(entry));
    const auto type = lib().entry_filetype(entry);
    if (lib().entry_hardlink(entry) || (type != AE_IFREG && type != AE_IFDIR)) continue;
    const std::string target = path_join(folder, path);
    std::error_code error;
    std::filesystem::create_directories(type == AE_IFDIR ? target : path_parent(target), error);
    if (error) fail("write", fmt::format("Could not make the folder of '{}': {}", target, error.message()));
    if (type == AE_IFREG) total += write_entry(reader.get(), target, limits.max_bytes - total);
  }
}

}  // namespace modelc
