// The parts of a macro file that dbt reads (dbt: extract_toplevel_blocks).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc {

/// The text with everything outside of its macro, test and materialization blocks turned into blanks; line ends stay,
/// so places are the same. dbt never gives what stands between the blocks to Jinja, be it well formed or not.
/// std::nullopt when a block does not end.
std::optional<std::string> blocks_alone(std::string_view text);

/// The words of the tags that stand outside of the blocks of a file, in order: "set", "endmacro". The blocks are those
/// of blocks_alone(), or the snapshots of a snapshot file. dbt's deprecation D023 tells of them.
std::vector<std::string> tags_between_blocks(std::string_view text, bool of_snapshots);

}  // namespace modelc
