// `deps`: resolving packages.yml / dependencies.yml and installing what they name.
#pragma once

#include <string>

#include "project/invocation.h"

namespace modelc {

/// The whole command: reads packages.yml or dependencies.yml of `root`, resolves (hub, git, tarball, local), writes
/// package-lock.yml, installs into packages-install-path, reports through invocation.events in dbt's lines. Honours
/// --lock, --upgrade and --add-package. Nothing outside of packages-install-path and the lock file is written; on
/// failure the packages that were installed before still stand. Throws Error{dependency or runtime,
/// "project/deps-..."}.
void install_packages(const Invocation& invocation, const std::string& root);

}  // namespace modelc
