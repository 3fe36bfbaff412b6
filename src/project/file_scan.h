// Which files of a package dbt reads, and as what (dbt: parser/read_files.py).
#pragma once

#include <vector>

#include "project/project.h"

namespace modelc {

/// Every file below the package's configured paths with a known suffix, sorted by kind, then path. .dbtignore is
/// honoured.
std::vector<ProjectSourceFile> scan_package_files(const FileSystem& fs, const ProjectFile& project);

}  // namespace modelc
