// A source's `external:` property as modelc loads it: where its files are and how they are read. Internal to the run
// folder. docs/external-files.md describes it for users.
#pragma once

#include <string>
#include <vector>

#include "manifest/node.h"
#include "tabular/records.h"

namespace modelc {

struct ExternalColumn {
  ColumnRule rule;
  std::string data_type;  ///< of the column in the database; empty = nothing was declared
};

struct ExternalDeclaration {
  std::string location;  ///< a path or a glob, relative to the project
  RecordFormat format;
  std::string encoding;  ///< empty = UTF-8
  std::vector<std::string> null_strings;
  bool metadata_columns = false;
  std::vector<ExternalColumn> columns;  ///< those of the YAML, in its order
  std::string fingerprint;              ///< changes with everything that decides what is loaded
};

/// Is the source one whose files modelc loads? Not without a location, and not when the declaration is meant for
/// another tool: it has one of the keys using, data_source, row_format, tbl_properties and partitions, or its location
/// is no path ("s3://...", "@stage").
bool is_external_file(const Node& source);

/// Throws Error{runtime, "run/external-option"} with the place and a hint for an unknown format or option, or a wrong
/// value of one.
ExternalDeclaration read_declaration(const Node& source);

}  // namespace modelc
