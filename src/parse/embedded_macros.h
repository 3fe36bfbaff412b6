// The product's own Jinja-SQL, compiled into the binary: src/global_project (package "dbt") and
// src/adapters/<engine>/macros (package "dbt_<engine>").
#pragma once

#include <span>
#include <string_view>

namespace modelc {

struct EmbeddedFile {
  std::string_view
      path;  ///< relative to src/: "global_project/materializations/table.sql", "adapters/sqlite/macros/x.sql"
  std::string_view text;
};

/// All embedded files, sorted by path. Static data.
std::span<const EmbeddedFile> embedded_files();

}  // namespace modelc
