// Arguments of a call as text, for comparing templates without rendering them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/source.h"

namespace modelc::jinja {

/// The named arguments of the call that the whole text is ("config(a=env_var('X'))"), each written as Python's Jinja2
/// prints its syntax tree: {"a", "Keyword(key='a', value=Call(node=Name(name='env_var', ctx='load'), ...))"}. Empty
/// when the text is something else than a call. Throws as compile_expression. Any thread.
std::vector<std::pair<std::string, std::string>> call_keywords(const SourceFile& text);

}  // namespace modelc::jinja
