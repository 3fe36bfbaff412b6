// Getting one package: from the hub, by git, out of a tar archive. Internal to the project folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "project/package_spec.h"
#include "project/semver.h"

namespace modelc {

/// What the hub says of one version of a package.
struct HubVersion {
  std::string text;          ///< "1.3.0"
  std::string project_name;  ///< "dbt_utils"
  std::string tarball;       ///< URL
  std::vector<PackageSpec> packages;
  std::vector<std::string> require_dbt_version;
};

/// The hub's JSON API (DBT_PACKAGE_HUB_URL or https://hub.getdbt.com/); each package is asked for once.
class Hub {
 public:
  explicit Hub(const Invocation& invocation) : invocation_(invocation) {}
  /// Throws Error{dependency, "project/deps-not-in-index"} in dbt's words when the hub has no such package.
  const std::vector<HubVersion>& versions(const std::string& package);
  struct Choice {
    const HubVersion* version;
    std::string latest;  ///< the newest one that would do but for the versions asked for
  };
  /// The highest version that satisfies all specifiers and this dbt. Throws Error{dependency} with what there is.
  Choice choose(const PackageSpec& spec);

 private:
  std::string url(const std::string& name) const;
  const Invocation& invocation_;
  std::map<std::string, std::vector<HubVersion>> cache_;
};

struct GitCheckout {
  std::string folder;  ///< of the package: the repository or its subdirectory
  std::string sha;
};

/// Clones `spec` at its revision into `folder`, which must not exist. Refuses protocols other than https, http, ssh,
/// git and file, and anything that git could take for an option. Throws Error{dependency, "project/deps-git..."}.
GitCheckout git_checkout(const PackageSpec& spec, const std::string& folder);

/// Throws Error{dependency, "project/deps-git-refused"} for a location, revision or subdirectory that must not reach
/// git.
void check_git_words(const PackageSpec& spec);

/// Downloads and unpacks an archive into `folder`; gives the one folder that it holds.
std::string fetch_tarball(const std::string& url, const std::string& folder);

}  // namespace modelc
