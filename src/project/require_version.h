// require-dbt-version: does the dbt that modelc stands for satisfy what a project asks for?
#pragma once

#include "project/project.h"

namespace modelc {

/// Throws Error{project, "project/version-mismatch"} in dbt's wording.
void check_required_version(const ProjectFile& project);

/// True when `version` ("1.11.16") satisfies `specifier` (">=1.3.0", "=1.0.0", "1.2.3", "<2"); throws Error{project}
/// for a text that is no version specifier.
bool version_satisfies(std::string_view version, std::string_view specifier);

}  // namespace modelc
