// The comment that dbt puts before (or behind) every statement.
#pragma once

#include <string>
#include <string_view>

#include "compile/compile.h"

namespace modelc {

class SharedCompilation;

/// The comment's text for a connection of that name which works for `node` (may be null); "" = none. Renders the
/// project's `query-comment:`. Throws Error{runtime, "compile/query-comment"} when it holds "*/".
std::string query_comment(SharedCompilation& shared, const std::string& connection_name, const Node* node);

/// The statement with the comment in place. `append`: behind the text, before a final semicolon.
std::string add_query_comment(std::string_view sql, std::string_view comment, bool append);

}  // namespace modelc
