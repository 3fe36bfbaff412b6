// What is on disk: the project file, its packages, and the files of both.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "jinja/value.h"
#include "project/invocation.h"

namespace modelc {

/// One entry of `dispatch:`.
struct DispatchRule {
  std::string macro_namespace;
  std::vector<std::string> search_order;
};

struct QueryComment {
  std::optional<std::string> comment;  ///< nullopt = dbt's default comment; "" = none
  bool append = false;
  bool job_label = false;
};

/// A project file (project.yml or dbt_project.yml), rendered and validated; of the root or of a package.
struct ProjectFile {
  std::string root;  ///< folder, as given or absolute
  const SourceFile* file = nullptr;
  std::string name;
  std::string version;
  std::optional<std::string> profile;
  std::vector<std::string> model_paths, seed_paths, snapshot_paths, test_paths, analysis_paths, macro_paths, docs_paths,
      asset_paths, function_paths;
  std::string target_path, log_path, packages_install_path;  ///< relative to root unless absolute
  std::vector<std::string> clean_targets;
  std::vector<std::string> require_dbt_version;
  std::vector<DispatchRule> dispatch;
  jinja::Value vars;     ///< dict: global ones and per-package dicts, unrendered as in dbt
  jinja::Value quoting;  ///< dict
  jinja::Value flags;    ///< dict; only the root's count
  QueryComment query_comment;
  std::vector<std::string> on_run_start, on_run_end;  ///< unrendered SQL
  bool restrict_access = false;
  /// Config trees by dbt's key ("models", "seeds", "snapshots", "data_tests", "sources", "unit_tests", "exposures",
  /// "metrics", "semantic-models", "saved-queries", "functions", "analyses"), rendered except hooks; undefined when
  /// absent.
  std::map<std::string, jinja::Value> configs;
  std::map<std::string, jinja::Value> unrendered_configs;
  std::map<std::string, std::string> env_vars_used;
};

/// A file of a package, found by its suffix below one of the configured paths.
enum class FileKind : uint8_t {
  macro,
  model_sql,
  model_python,
  snapshot_sql,
  analysis_sql,
  singular_test_sql,
  generic_test_sql,
  seed_csv,
  docs_md,
  schema_yaml,
  fixture,
  function_sql
};
struct ProjectSourceFile {
  FileKind kind;
  std::string path;           ///< relative to the package root, '/' separated: original_file_path
  std::string search_path;    ///< the configured path that it was found under ("models")
  std::string relative_path;  ///< path below search_path: dbt's `path`
  uint64_t size = 0;          ///< bytes; of seeds alone
};

struct Package {
  ProjectFile project;
  bool is_root = false;
  bool embedded = false;                 ///< "dbt" and "dbt_<engine>": files come from the binary
  std::vector<ProjectSourceFile> files;  ///< sorted by kind, then path
};

/// The chosen output of the chosen profile.
struct Target {
  std::string profile_name;
  std::string name;  ///< "dev"
  std::string type;  ///< "sqlite"
  int threads = 1;
  std::string database;
  std::string schema;
  jinja::Value credentials;   ///< dict: every key of the output, rendered, aliases resolved (pass -> password)
  std::string profiles_path;  ///< file that it was read from; empty for the embedded default
};

/// Everything of the "project" stage. Immutable once loaded.
struct Project {
  std::vector<Package>
      packages;  ///< [0] is the root; then installed packages in order of their names; the embedded ones last
  Target target;
  jinja::Value cli_vars;
  const Package& root() const { return packages[0]; }
  const Package* find(std::string_view name) const;
};

/// Finds the project folder: --project-dir, else the working directory or the nearest parent that holds project.yml or
/// dbt_project.yml (project.yml wins where both exist). Throws Error{project, "project/not-found"} with a hint.
std::string find_project_root(const Invocation& invocation);

/// Reads and checks one project file; collects all faults of it into one Error.
ProjectFile load_project_file(const Invocation& invocation, const std::string& root, const Target* target);

/// Only root, name and profile of the project file, unchecked: what load_target needs of it. Either may be empty.
ProjectFile read_profile_name(const Invocation& invocation, const std::string& root);

/// Only the `flags:` of the root project, unrendered, as dbt reads them before anything else; undefined when absent.
jinja::Value read_project_flags(const Invocation& invocation, const std::string& root);

/// profiles.yml as dbt finds it: --profiles-dir, else the working directory, the project, ~/.dbt, whichever has one.
std::optional<std::string> find_profiles_file(const Invocation& invocation, const std::string& project_root);

/// `config:` of profiles.yml, where flags stood before `flags:` of the project file; undefined when absent or
/// unreadable.
jinja::Value read_profile_flags(const Invocation& invocation, const std::string& project_root);

/// Resolves profiles.yml as dbt does (--profiles-dir, DBT_PROFILES_DIR, project folder, ~/.dbt). Without any
/// profiles.yml and without a `profile:` that demands one: the embedded default (SQLite file <name>.db beside the
/// project, schema main). Errors: missing profile or target with the list of those that exist, wrong types, missing
/// required keys per adapter.
Target load_target(const Invocation& invocation, const ProjectFile& root_for_profile_name);

/// `target` as templates see it: every key of the output under all its spellings, without passwords and tokens, and
/// type, threads, name, target_name, profile_name.
jinja::Value target_dict(const Target& target);

/// The whole stage. `need_target` false: commands such as deps and clean run without a profile.
Project load_project(const Invocation& invocation, bool need_target = true);

/// Which installed packages are missing or have the wrong version: the text of dbt's "run dbt deps" error, or empty.
std::string check_installed_packages(const Invocation& invocation, const ProjectFile& root);

}  // namespace modelc
