// Where nodes end in a YAML text: yaml-cpp says only where they begin. Internal to the base folder.
#pragma once

#include <cstdint>
#include <string_view>

namespace modelc::yaml_detail {

/// Skips tag and anchor before a node's content; the result is at the content.
size_t skip_properties(std::string_view text, size_t at);
/// Skips blanks, line breaks and comments.
size_t skip_space(std::string_view text, size_t at);
/// The end of the plain or block scalar whose content starts at `at` and whose value is `value`.
size_t scalar_end(std::string_view text, size_t at, std::string_view value);
/// The line breaks from the last text of a block scalar, whose end is `at`, up to the next text.
size_t breaks_behind(std::string_view text, size_t at);
/// The end of an anchor's or alias's name that starts at `at`, with its indicator.
size_t anchor_end(std::string_view text, size_t at);

}  // namespace modelc::yaml_detail
