// HTML texts: references and tags.
#pragma once

#include <string>
#include <string_view>

namespace modelc::jinja {

/// html.unescape: "&amp;", "&#38;", "&#x26;" and their like become characters.
std::string unescape_html(std::string_view text);
/// markupsafe's striptags: tags and comments dropped, blanks folded, references resolved.
std::string strip_tags(std::string_view text);

}  // namespace modelc::jinja
