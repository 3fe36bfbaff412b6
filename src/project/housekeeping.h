// init and clean: the commands that make and remove files of a project.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "project/project.h"

namespace modelc {

/// Letters, digits and underscores, the first no digit.
bool is_project_name(std::string_view name);

/// Writes a new project into the folder `name` below the working directory: a seed, two models, a test and a project
/// file that runs on `profile`, or without one on the embedded SQLite default. Returns the files written, relative to
/// the working directory.
std::vector<std::string> init_project(const Invocation& invocation, const std::string& name,
                                      const std::optional<std::string>& profile);

/// Removes the project's clean-targets and returns them. Refuses, before anything is removed, source paths of the
/// project and (unless --no-clean-project-files-only) folders outside of it, in dbt's wording.
std::vector<std::string> clean_project(const Invocation& invocation, const ProjectFile& project);

}  // namespace modelc
