#include "project/file_scan.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace modelc {
namespace {

struct Rule {
  FileKind kind;
  std::vector<std::string> folders;
  std::vector<std::string_view> suffixes;
};

std::vector<std::string> below(const std::vector<std::string>& folders, std::string_view child) {
  std::vector<std::string> result;
  for (const auto& folder : folders) result.push_back(path_join(folder, child));
  return result;
}

std::vector<std::string> all_resource_paths(const ProjectFile& p) {
  std::vector<std::string> result;
  for (const auto* paths : {&p.model_paths, &p.seed_paths, &p.snapshot_paths, &p.analysis_paths, &p.macro_paths, &p.test_paths, &p.function_paths}) {
    for (const auto& path : *paths) {
      if (std::find(result.begin(), result.end(), path) == result.end()) result.push_back(path);
    }
  }
  return result;
}

std::vector<Rule> rules_of(const ProjectFile& p) {
  return {
      {FileKind::macro, p.macro_paths, {".sql"}},
      {FileKind::model_sql, p.model_paths, {".sql"}},
      {FileKind::model_python, p.model_paths, {".py"}},
      {FileKind::snapshot_sql, p.snapshot_paths, {".sql"}},
      {FileKind::analysis_sql, p.analysis_paths, {".sql"}},
      {FileKind::singular_test_sql, p.test_paths, {".sql"}},
      {FileKind::generic_test_sql, below(p.test_paths, "generic"), {".sql"}},
      {FileKind::seed_csv, p.seed_paths, {".csv"}},
      {FileKind::docs_md, p.docs_paths, {".md"}},
      {FileKind::schema_yaml, all_resource_paths(p), {".yml", ".yaml"}},
      {FileKind::fixture, below(p.test_paths, "fixtures"), {".csv", ".sql"}},
      {FileKind::function_sql, p.function_paths, {".sql"}},
  };
}

/// One line of .dbtignore in git's syntax.
struct IgnorePattern {
  std::string glob;
  bool negated = false;
  bool anchored = false;  ///< has a '/' that is not the last character
};

std::vector<IgnorePattern> read_ignore_file(const FileSystem& fs, const std::string& root) {
  std::vector<IgnorePattern> patterns;
  const std::string path = path_join(root, ".dbtignore");
  if (!fs.exists(path)) return patterns;
  const std::string text = fs.read(path);
  for (auto line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    IgnorePattern pattern;
    if (line.starts_with('!')) {
      pattern.negated = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) line.remove_suffix(1);
    pattern.anchored = line.find('/') != std::string_view::npos && !line.starts_with("**/");
    if (line.starts_with("**/")) line.remove_prefix(3);
    if (line.starts_with('/')) line.remove_prefix(1);
    pattern.glob = std::string(line);
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

/// Does the pattern match the path itself or one of its parent folders?
bool covers(const IgnorePattern& pattern, std::string_view path) {
  for (size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string_view part = path.substr(0, end);
    if (fnmatch(pattern.anchored ? part : part.substr(part.rfind('/') + 1), pattern.glob)) return true;
    if (end == std::string_view::npos) return false;
  }
}

bool is_ignored(const std::vector<IgnorePattern>& patterns, std::string_view path) {
  bool ignored = false;
  for (const auto& pattern : patterns) {
    if (covers(pattern, path)) ignored = !pattern.negated;
  }
  return ignored;
}

bool has_suffix(std::string_view path, const std::vector<std::string_view>& suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
    return path.size() > suffix.size() && equals_ignore_case(path.substr(path.size() - suffix.size()), suffix);
  });
}

bool is_below_any(std::string_view path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& f) { return path.starts_with(f + "/"); });
}

}  // namespace

std::vector<ProjectSourceFile> scan_package_files(const FileSystem& fs, const ProjectFile& project) {
  const auto rules = rules_of(project);
  const auto ignore = read_ignore_file(fs, project.root);
  std::map<std::string, std::vector<std::string>> listings;  // every folder is walked once
  std::vector<ProjectSourceFile> files;
  for (const auto& rule : rules) {
    std::set<std::string> seen;
    for (const auto& folder : rule.folders) {
      auto [entry, is_new] = listings.try_emplace(folder);
      if (is_new) entry->second = fs.list_recursive(path_join(project.root, folder));
      for (const auto& relative : entry->second) {
        if (!has_suffix(relative, rule.suffixes)) continue;
        std::string path = path_join(folder, relative);
        if (rule.kind == FileKind::singular_test_sql &&
            (is_below_any(path, below(project.test_paths, "generic")) || is_below_any(path, below(project.test_paths, "fixtures")))) {
          continue;
        }
        if (!ignore.empty() && is_ignored(ignore, path)) continue;
        if (!seen.insert(path).second) continue;
        files.push_back({rule.kind, std::move(path), folder, relative, 0});
      }
    }
  }
  std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.path < b.path;
  });
  return files;
}

}  // namespace modelc
