// The parts of a macro file that dbt reads (dbt: extract_toplevel_blocks).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelc {

/// The text with everything outside of its macro, test and materialization blocks turned into blanks; line ends stay,
/// so places are the same. dbt never gives what stands between the blocks to Jinja, be it well formed or not.
/// std::nullopt when a block does not end.
std::optional<std::string> blocks_alone(std::string_view text);

}  // namespace modelc
