// What may stand in a project file (dbt: contracts/project.py). Internal to the project folder.
#pragma once

#include <span>
#include <string_view>

#include "base/yaml.h"
#include "project/invocation.h"

namespace modelc {

/// Keys of the config trees ("models", "seeds", ...).
std::span<const std::string_view> config_tree_keys();

/// Checks keys, types and names. Throws one Error{project, "project/invalid-project-file"} for all faults, in dbt's
/// words.
void check_project_structure(const YamlDocument& document);

/// Fires dbt's warnings: keys that stand twice, and those that were renamed or are going away.
void warn_of_project_file(const Invocation& invocation, const YamlDocument& document);

}  // namespace modelc
