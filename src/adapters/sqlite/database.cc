#include "adapters/sqlite/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace modelc::sqlite {

using jinja::Value;

namespace {

[[noreturn]] void bad_profile(const std::string& message, const std::string& hint = {}) {
  throw Error(ErrorKind::profile, "sqlite/profile", message, {}, hint);
}

/// The *.db files of a folder, sorted, as (schema, path).
std::vector<std::pair<std::string, std::string>> database_files(const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string path = it->path().string();
    if (path_extension(path) == ".db") files.emplace_back(path_stem(path), path_absolute(path));
  }
  std::sort(files.begin(), files.end());
  return files;
}

void add_scanned_schemas(Settings& settings, const std::vector<std::string>& configured_paths) {
  for (auto& [schema, path] : database_files(settings.schema_directory)) {
    if (std::find(configured_paths.begin(), configured_paths.end(), path) != configured_paths.end()) continue;
    const bool clashes =
        schema == "main" || std::any_of(settings.schemas.begin(), settings.schemas.end(),
                                        [&](const auto& s) { return equals_ignore_case(s.first, schema); });
    if (clashes) {
      bad_profile(fmt::format("found {} while scanning schema_directory, but cannot attach it as '{}' because that "
                              "schema name is already "
                              "defined in schemas_and_paths.",
                              path, schema),
                  "rename the file, or name it in schemas_and_paths");
    }
    settings.schemas.emplace_back(schema, path);
  }
}

}  // namespace

bool WriterLock::acquire(const std::atomic<bool>& cancelled) {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [&] { return !taken_ || cancelled.load(); });
  if (cancelled.load()) return false;
  taken_ = true;
  return true;
}

void WriterLock::release() {
  {
    std::lock_guard lock(mutex_);
    taken_ = false;
  }
  free_.notify_one();
}

void WriterLock::wake() {
  std::lock_guard lock(mutex_);
  free_.notify_all();
}

Settings read_settings(const Target& target) {
  Settings settings;
  const Value paths = target.credentials.get("schemas_and_paths");
  if (!paths.is_dict())
    bad_profile("schemas_and_paths must map schema names to files", "schemas_and_paths: {main: path/to/file.db}");
  std::vector<std::string> configured;
  for (const auto& [schema, path] : paths.as_dict().entries()) {
    const std::string name = jinja::to_str(schema), file = path_absolute(jinja::to_str(path));
    configured.push_back(file);
    if (name == "main")
      settings.main_path = file;
    else
      settings.schemas.emplace_back(name, file);
  }
  if (settings.main_path.empty())
    bad_profile("at least one schema must be called 'main'", "schemas_and_paths: {main: path/to/file.db}");
  settings.schema_directory = path_absolute(target.credentials.get_string("schema_directory", "."));
  if (const Value extensions = target.credentials.get("extensions"); extensions.is_list()) {
    for (const auto& extension : extensions.as_list()) settings.extensions.push_back(jinja::to_str(extension));
  }
  if (const Value timeout = target.credentials.get("busy_timeout"); timeout.is_int()) {
    settings.busy_timeout_ms = static_cast<int>(timeout.as_int());
  }
  // The embedded default keeps its file in the project's folder, where other databases may lie about.
  if (!target.profiles_path.empty()) add_scanned_schemas(settings, configured);
  return settings;
}

Database::Database(Settings settings) : settings_(std::move(settings)), schemas_(settings_.schemas) {}

std::vector<std::pair<std::string, std::string>> Database::schemas() const {
  std::lock_guard lock(mutex_);
  return schemas_;
}

std::string Database::add_schema(const std::string& schema) {
  std::lock_guard lock(mutex_);
  for (const auto& [name, path] : schemas_) {
    if (equals_ignore_case(name, schema)) return path;
  }
  std::string path = path_join(settings_.schema_directory, schema + ".db");
  std::error_code unwritable;  // opening the file says more of what is wrong
  std::filesystem::create_directories(settings_.schema_directory, unwritable);
  schemas_.emplace_back(schema, path);
  ++version_;
  return path;
}

void Database::remove_schema(const std::string& schema) {
  std::lock_guard lock(mutex_);
  std::erase_if(schemas_, [&](const auto& s) { return equals_ignore_case(s.first, schema); });
  ++version_;
}

}  // namespace modelc::sqlite
