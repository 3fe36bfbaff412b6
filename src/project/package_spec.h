// What packages.yml, dependencies.yml and package-lock.yml ask for. Internal to the project folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jinja/value.h"
#include "project/invocation.h"

namespace modelc {

enum class PackageSource : uint8_t { hub, git, local, tarball };

/// One entry of `packages:`.
struct PackageSpec {
  PackageSource source = PackageSource::hub;
  std::string location;               ///< "dbt-labs/dbt_utils", a URL, a folder; rendered, secrets included
  std::string unrendered;             ///< the location as written: what goes to the lock file
  std::vector<std::string> versions;  ///< hub: version specifiers; git: revisions; all of them must hold
  std::string subdirectory;           ///< git
  std::string name;                   ///< tarball: the folder it is installed as
  bool warn_unpinned = true;
  bool install_prerelease = false;
  std::string hash_text;  ///< dbt's JSON of the entry, for sha1_hash
};

struct PackageList {
  std::vector<PackageSpec> packages;
  std::string file_name = "packages.yml";  ///< the one they came from
};

/// The packages that the project in `folder` names. packages.yml is rendered, dependencies.yml is not. Throws
/// Error{project, "project/deps-..."} with the place of a malformed entry.
PackageList read_package_list(const Invocation& invocation, const std::string& folder);
/// The name in the project file of `folder`, as written: nothing else of it matters until the project is loaded, and
/// much of it may need a profile. Throws Error{project, "project/not-found"} without such a file.
std::string read_project_name(const Invocation& invocation, const std::string& folder);
/// The packages of a lock file, and its hash in `hash`; nothing when there is no such file.
std::optional<PackageList> read_lock_file(const Invocation& invocation, const std::string& path, std::string& hash);
/// Entries in the form of the hub's answer: [{"package": .., "version": ..}, ...].
std::vector<PackageSpec> package_specs_from(const jinja::Value& entries, const SourceFile* file);

/// dbt's sha1_hash of a package list.
std::string package_list_hash(const std::vector<PackageSpec>& packages);
/// Two entries of the same package have the same key.
std::string package_key(const PackageSpec& spec);

}  // namespace modelc
