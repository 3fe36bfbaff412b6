#include "compile/external_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "base/fs.h"
#include "base/text.h"

namespace modelc {
namespace {

namespace stdfs = std::filesystem;

constexpr size_t buffer_bytes = 1u << 20;        ///< of one file
constexpr size_t all_buffers_bytes = 64u << 20;  ///< of all partitions together, beyond their least
constexpr size_t least_buffer_bytes = 16u << 10;
constexpr std::string_view null_partition = "__HIVE_DEFAULT_PARTITION__";

[[noreturn]] void fail_disk(const std::string& path, std::string_view reason) {
  throw Error(ErrorKind::runtime, "compile/external-write", fmt::format("Could not write '{}': {}", path, reason), {},
              "is the folder there, writable, and the disk not full?");
}

/// A new file that is written in large pieces.
class OutputFile {
 public:
  OutputFile(std::string path, RowText rows) : path_(std::move(path)), rows_(std::move(rows)) {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd_ < 0) fail_disk(path_, strerror(errno));
    rows_.begin(buffer_);
    suspend();
  }
  ~OutputFile() { suspend(); }
  OutputFile(const OutputFile&) = delete;

  void row(std::span<const Cell> cells, size_t most_buffered = buffer_bytes) {
    rows_.row(cells, buffer_);
    if (buffer_.size() >= most_buffered) flush();
  }
  void finish() {
    rows_.end(buffer_);
    flush(true);
  }

 private:
  /// Between pieces the file is closed: there may be more partitions than a process may have open files.
  void suspend() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void flush(bool sync = false) {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd_ < 0) fail_disk(path_, strerror(errno));
    for (size_t done = 0; done < buffer_.size();) {
      const ssize_t written = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_disk(path_, strerror(errno));
      done += static_cast<size_t>(written);
    }
    buffer_.clear();
    if (sync && fsync(fd_) != 0) fail_disk(path_, strerror(errno));
    suspend();
  }

  std::string path_;
  RowText rows_;
  std::string buffer_;
  int fd_ = -1;
};

/// What Hive escapes in the name of a partition's folder, as "%3D".
std::string escape_partition(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool special = byte < 0x20 || byte == 0x7f || std::string_view("\"#%'*/:=?\\{}[]^<>|").find(c) != text.npos;
    if (special)
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

std::string_view extension(TableFormat format) { return format == TableFormat::csv ? ".csv" : ".json"; }

void make_folders(const std::string& path) {
  std::error_code error;
  stdfs::create_directories(path, error);
  if (error) fail_disk(path, error.message());
}

/// Distributes rows to one file a partition.
class PartitionWriter {
 public:
  PartitionWriter(const ExternalOutput& output, std::string folder) : output_(output), folder_(std::move(folder)) {}

  void names(const std::vector<std::string>& names) {
    for (const std::string& wanted : output_.partition_by) {
      const auto found = std::find_if(names.begin(), names.end(),
                                      [&](const std::string& name) { return equals_ignore_case(name, wanted); });
      if (found == names.end()) {
        throw Error(ErrorKind::runtime, "compile/external-partition-column",
                    fmt::format("partition_by names '{}', which is no column of the model", wanted), {},
                    "its columns are " + join(names, ", "));
      }
      keys_.push_back(static_cast<size_t>(found - names.begin()));
      key_names_.push_back(*found);
    }
    for (size_t i = 0; i < names.size(); ++i) {
      const bool is_key = std::find(keys_.begin(), keys_.end(), i) != keys_.end();
      if (is_key && !output_.keep_partition_columns) continue;
      kept_.push_back(i);
      kept_names_.push_back(names[i]);
    }
    if (kept_.empty()) {
      throw Error(ErrorKind::runtime, "compile/external-partition-column",
                  "partition_by names every column of the model", {},
                  "at least one column must be left for the files; or set options.write_partition_columns");
    }
  }

  void row(std::span<const Cell> cells) {
    std::string key;
    for (size_t i = 0; i < keys_.size(); ++i) {
      const Cell& cell = cells[keys_[i]];
      const std::string value =
          cell.kind == Cell::Kind::null ? std::string(null_partition) : escape_partition(cell_text(cell));
      key = path_join(key, escape_partition(key_names_[i]) + "=" + value);
    }
    auto& file = files_[key];
    if (!file) {
      make_folders(path_join(folder_, key));
      const std::string name =
          replace_all(output_.file_name, "{i}", "0") + std::string(extension(output_.style.format));
      file =
          std::make_unique<OutputFile>(path_join(path_join(folder_, key), name), RowText(output_.style, kept_names_));
    }
    row_.clear();
    for (size_t i : kept_) row_.push_back(cells[i]);
    file->row(row_, std::clamp(all_buffers_bytes / files_.size(), least_buffer_bytes, buffer_bytes));
  }

  void finish() {
    for (auto& [key, file] : files_) file->finish();
  }

 private:
  const ExternalOutput& output_;
  std::string folder_;
  std::vector<size_t> keys_, kept_;
  std::vector<std::string> key_names_, kept_names_;
  std::map<std::string, std::unique_ptr<OutputFile>> files_;
  std::vector<Cell> row_;
};

/// Below a folder that will be replaced, may there only be what this writes: "column=value" folders with data files.
void refuse_foreign_files(const std::string& location) {
  std::error_code error;
  for (stdfs::recursive_directory_iterator it(location, error), end; !error && it != end; it.increment(error)) {
    const std::string relative = it->path().lexically_relative(location).string();
    auto parts = split(relative, '/');
    if (!it->is_directory()) {
      const bool is_data = parts.back().ends_with(".csv") || parts.back().ends_with(".json");
      parts.pop_back();
      if (is_data && !parts.empty()) continue;
    } else if (parts.back().find('=') != std::string_view::npos) {
      continue;
    }
    throw Error(ErrorKind::runtime, "compile/external-foreign-files",
                fmt::format("The folder '{}' holds '{}', which no partitioned model wrote", location, relative), {},
                "everything below the location is replaced: give the model a folder of its own, or empty this one");
  }
}

void check_location(const ExternalOutput& output) {
  const bool is_folder = stdfs::is_directory(output.location);
  if (output.partition_by.empty() && is_folder) {
    throw Error(ErrorKind::runtime, "compile/external-location-is-folder",
                fmt::format("The location '{}' is a folder, and the model is written as one file", output.location), {},
                "name a file, or divide it with partition_by");
  }
  if (output.partition_by.empty()) return;
  if (is_folder)
    refuse_foreign_files(output.location);
  else if (stdfs::exists(output.location))
    throw Error(ErrorKind::runtime, "compile/external-location-is-file",
                fmt::format("The location '{}' is a file, and the model is written as a folder", output.location), {},
                "remove it, or name another location");
}

/// Two folders change places at once where the file system can do that.
bool exchange(const std::string& a, const std::string& b) {
#ifdef RENAME_EXCHANGE
  return renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
#else
  return false;
#endif
}

void remove_all(const std::string& path) {
  std::error_code ignored;
  stdfs::remove_all(path, ignored);
}

}  // namespace

std::string stage_output(Connection& connection, const std::string& sql, const ExternalOutput& output) {
  check_location(output);
  const std::string parent = path_parent(output.location);
  make_folders(parent);
  const std::string staged = path_join(parent, fmt::format(".{}.modelc-tmp", path_filename(output.location)));
  remove_all(staged);  // of a run that was killed
  try {
    if (output.partition_by.empty()) {
      std::optional<OutputFile> file;
      connection.read_rows(
          sql, [&](const auto& names) { file.emplace(staged, RowText(output.style, names)); },
          [&](std::span<const Cell> cells) { file->row(cells); });
      file->finish();
    } else {
      make_folders(staged);
      PartitionWriter writer(output, staged);
      connection.read_rows(
          sql, [&](const auto& names) { writer.names(names); },
          [&](std::span<const Cell> cells) { writer.row(cells); });
      writer.finish();
    }
  } catch (...) {
    remove_all(staged);
    throw;
  }
  return staged;
}

void publish_output(const std::string& staged, const std::string& location) {
  const bool replaces_folder = stdfs::is_directory(staged) && stdfs::is_directory(location);
  if (replaces_folder && exchange(staged, location)) {
    remove_all(staged);
    return;
  }
  const std::string old = staged + "-old";
  if (replaces_folder) {
    remove_all(old);
    if (rename(location.c_str(), old.c_str()) != 0) fail_disk(location, strerror(errno));
  }
  if (rename(staged.c_str(), location.c_str()) != 0) {
    const int reason = errno;
    if (replaces_folder) rename(old.c_str(), location.c_str());
    remove_all(staged);
    fail_disk(location, strerror(reason));
  }
  if (replaces_folder) remove_all(old);
}

}  // namespace modelc
