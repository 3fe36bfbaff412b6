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
  for (const auto* paths : {&p.model_paths, &p.seed_paths, &p.snapshot_paths, &p.analysis_paths, &p.macro_paths,
                            &p.test_paths, &p.function_paths}) {
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
      {FileKind::function_sql, p.function_paths, {".sql", ".py"}},
  };
}

/// One line of .dbtignore in git's syntax.
struct IgnorePattern {
  std::vector<std::string> parts;  ///< between the '/'
  bool negated = false;
  bool anchored = false;  ///< has a '/' that is not the last character: matched from the package's root
  bool folders_only = false;
};

std::vector<IgnorePattern> read_ignore_file(const FileSystem& fs, const std::string& root) {
  std::vector<IgnorePattern> patterns;
  const std::string path = path_join(root, ".dbtignore");
  if (!fs.exists(path)) return patterns;
  const std::string text = fs.read(path);
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    IgnorePattern pattern;
    if (line.starts_with('!')) {
      pattern.negated = true;
      line.remove_prefix(1);
    }
    if (line.starts_with('\\')) line.remove_prefix(1);  // "\#" and "\!" at the beginning are themselves
    if (line.ends_with('/')) {
      pattern.folders_only = true;
      line.remove_suffix(1);
    }
    pattern.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    for (std::string_view part : split(line, '/')) pattern.parts.emplace_back(part);
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

/// Part by part: '*' stays within a part, a part "**" stands for any number of them.
bool match_parts(const std::vector<std::string>& pattern, size_t p, const std::vector<std::string_view>& path,
                 size_t t) {
  if (p == pattern.size()) return t == path.size();
  if (pattern[p] == "**") {
    if (p + 1 == pattern.size()) return t < path.size();  // "a/**": what is in a, not a itself
    for (size_t skip = t; skip <= path.size(); ++skip) {
      if (match_parts(pattern, p + 1, path, skip)) return true;
    }
    return false;
  }
  return t < path.size() && fnmatch(path[t], pattern[p]) && match_parts(pattern, p + 1, path, t + 1);
}

/// Does the pattern match the path itself or one of its parent folders?
bool covers(const IgnorePattern& pattern, std::string_view path) {
  const auto parts = split(path, '/');
  for (size_t n = 1; n <= parts.size(); ++n) {
    if (pattern.folders_only && n == parts.size()) break;
    const std::vector<std::string_view> part(parts.begin() + static_cast<ptrdiff_t>(pattern.anchored ? 0 : n - 1),
                                             parts.begin() + static_cast<ptrdiff_t>(n));
    if (match_parts(pattern.parts, 0, part, 0)) return true;
  }
  return false;
}

bool is_ignored(const std::vector<IgnorePattern>& patterns, std::string_view path) {
  bool ignored = false;
  for (const auto& pattern : patterns) {
    if (covers(pattern, path)) ignored = !pattern.negated;
  }
  return ignored;
}

/// dbt looks for "[!.#~]*.sql": hidden files and the leftovers of editors are none of ours.
bool is_wanted(std::string_view path, const std::vector<std::string_view>& suffixes) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.starts_with('.') || name.starts_with('#') || name.starts_with('~')) return false;
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
    return name.size() > suffix.size() && equals_ignore_case(name.substr(name.size() - suffix.size()), suffix);
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
        if (!is_wanted(relative, rule.suffixes)) continue;
        std::string path = path_join(folder, relative);
        if (rule.kind == FileKind::singular_test_sql && (is_below_any(path, below(project.test_paths, "generic")) ||
                                                         is_below_any(path, below(project.test_paths, "fixtures")))) {
          continue;
        }
        if (!ignore.empty() && is_ignored(ignore, path)) continue;
        if (!seen.insert(path).second) continue;
        const uint64_t size = rule.kind == FileKind::seed_csv ? fs.stat(path_join(project.root, path)).size : 0;
        files.push_back({rule.kind, std::move(path), folder, relative, size});
      }
    }
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.kind != b.kind ? a.kind < b.kind : a.path < b.path; });
  return files;
}

}  // namespace modelc
