// Reading files: all of all packages at once, on all cores; SQL compiled, YAML loaded, checksums taken.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Adds "dbt" and "dbt_<engine>" to the project's packages, with the files that the binary carries.
void append_embedded_packages(const Invocation& invocation, Project& project);

/// Fills state.files; faults go to each file's `errors`.
void load_files(ParseState& state);

/// Python's str.strip(): white space by Unicode. `lines` gets the number of line breaks cut off in front.
std::string_view strip_text(std::string_view text, uint32_t* lines = nullptr);

}  // namespace modelc
