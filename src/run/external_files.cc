#include "run/external_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/glob.h"
#include "base/hash.h"
#include "base/text.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view ledger_name = "_modelc_external_files";

std::string absolute(const std::string& root, const std::string& path) {
  return path.starts_with('/') ? path : path_join(root, path);
}

/// The folders at the beginning of a pattern that are no pattern themselves.
std::string fixed_folder(std::string_view pattern) {
  std::string folder = pattern.starts_with('/') ? "/" : "";
  const auto parts = split(pattern, '/');
  for (size_t i = 0; i + 1 < parts.size() && !has_glob(parts[i]); ++i) folder = path_join(folder, parts[i]);
  return folder;
}

bool is_hidden(std::string_view path) {
  const auto parts = split(path, '/');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.starts_with('.'); });
}

}  // namespace

std::vector<ExternalFile> find_external_files(const FileSystem& fs, const std::string& root,
                                              const std::string& location, const Span& place) {
  std::vector<ExternalFile> files;
  const std::string pattern = path_normalize(location);
  if (const FileStat stat = fs.stat(absolute(root, pattern)); stat.exists && !stat.is_directory) {
    files.push_back({pattern, stat, {}, {}});
  } else if (has_glob(pattern)) {
    const std::string folder = fixed_folder(pattern);
    const PathGlob glob(std::string_view(pattern).substr(folder.size()));
    for (const auto& name : fs.list_recursive(absolute(root, folder.empty() ? "." : folder))) {
      if (is_hidden(name) || !glob.matches(name)) continue;
      const std::string path = folder.empty() ? name : path_join(folder, name);
      files.push_back({path, fs.stat(absolute(root, path)), {}, {}});
    }
  }
  if (files.empty()) {
    const bool is_folder = fs.stat(absolute(root, pattern)).is_directory;
    throw Error(ErrorKind::runtime, "run/external-no-file", fmt::format("no file matches '{}'", location), place,
                is_folder ? fmt::format("it is a folder: write {}/*", location)
                          : fmt::format("it is looked for below the project's folder, {}", root));
  }
  return files;
}

std::string read_external_file(const FileSystem& fs, const std::string& root, ExternalFile& file) {
  std::string bytes = fs.read(absolute(root, file.path));
  std::string hash = fmt::format("{:016x}", content_hash(bytes));
  if (!file.hash.empty() && file.hash != hash) {
    throw Error(ErrorKind::runtime, "run/external-changed", fmt::format("'{}' changed while it was read", file.path),
                {}, "run again when whoever writes it is done");
  }
  file.hash = std::move(hash);
  return bytes;
}

ExternalLedger::ExternalLedger(Connection& connection, const AdapterTraits& traits, const std::string& schema)
    : connection_(connection),
      table_(make_relation(traits, std::nullopt, schema, std::string(ledger_name), RelationType::table)) {
  for (const auto& entry : connection.list_relations(schema))
    exists_ = exists_ || same_relation(entry.relation, table_);
}

std::vector<ExternalLedger::Entry> ExternalLedger::entries(const std::string& relation) const {
  std::vector<Entry> list;
  if (!exists_) return list;
  const std::string sql = fmt::format(
      "select path, size, mtime_ns, hash, declaration from {} where relation = ? order by path", table_.render());
  const QueryResult result = connection_.execute(sql, true, {}, {Value(to_lower(relation))});
  for (const auto& row : result.table->rows)
    list.push_back({row[0].as_string(), row[1].as_int(), row[2].as_int(), row[3].as_string(), row[4].as_string()});
  return list;
}

ExternalLedger::Entry ExternalLedger::entry(const ExternalFile& file, const std::string& declaration) {
  return {file.path, static_cast<int64_t>(file.stat.size), file.stat.mtime_ns, file.hash, declaration};
}

void ExternalLedger::create() {
  if (exists_) return;
  const auto column = [](std::string name, std::string type) {
    return Column{std::move(name), std::move(type), {}, {}, {}};
  };
  connection_.replace_table(
      table_, {column("relation", "text"), column("path", "text"), column("size", "integer"),
               column("mtime_ns", "integer"), column("hash", "text"), column("declaration", "text"),
               column("rows_loaded", "integer"), column("rows_rejected", "integer"), column("loaded_at", "text")});
  exists_ = true;
}

void ExternalLedger::remember_times(const std::string& relation, const std::vector<Entry>& entries) {
  const std::string sql = fmt::format("update {} set mtime_ns = ? where relation = ? and path = ?", table_.render());
  for (const Entry& e : entries)
    connection_.execute(sql, false, {}, {Value(e.mtime_ns), Value(to_lower(relation)), Value(e.path)});
}

void ExternalLedger::replace(const std::string& relation, const std::vector<Entry>& entries, int64_t loaded,
                             int64_t rejected) {
  create();
  const std::string name = to_lower(relation);
  connection_.execute(fmt::format("delete from {} where relation = ?", table_.render()), false, {}, {Value(name)});
  const std::string sql = fmt::format("insert into {} values (?, ?, ?, ?, ?, ?, ?, ?, ?)", table_.render());
  for (const Entry& e : entries) {
    connection_.execute(sql, false, {},
                        {Value(name), Value(e.path), Value(e.size), Value(e.mtime_ns), Value(e.hash),
                         Value(e.declaration), Value(loaded), Value(rejected), Value(format_iso_utc(now_micros()))});
  }
}

}  // namespace modelc
