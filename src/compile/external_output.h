// The files of a model that is materialized as `external`: written beside their place, then moved there at once.
#pragma once

#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "tabular/row_text.h"

namespace modelc {

struct ExternalOutput {
  std::string location;  ///< absolute path of the file, or of the folder when it is partitioned
  RowTextStyle style;
  std::vector<std::string> partition_by;  ///< columns; one folder "column=value" a value, nested in this order
  bool keep_partition_columns = false;    ///< write them into the files too
  std::string file_name = "data_{i}";     ///< of files in partitions, without extension; {i} is 0
};

/// Writes what `sql` gives to a hidden file or folder beside the location, whose path it returns; nothing that was
/// there changes. The data is on disk when it returns. Throws Error{runtime, "compile/external-..."}: when a partition
/// column is not among the query's, when the location is a folder that holds files of others, and for what the disk
/// refuses.
std::string stage_output(Connection& connection, const std::string& sql, const ExternalOutput& output);

/// Puts what was staged in the place of what is at the location: a reader sees the old files or the new ones. What was
/// there before is removed.
void publish_output(const std::string& staged, const std::string& location);

}  // namespace modelc
