// Which models dbt reads without rendering them (its static parser, dbt-extractor).
//
// modelc renders every model while parsing, so this decides one thing only: such a model's depends_on.macros stays empty until it
// is compiled, as in dbt's manifest.
#pragma once

#include <string_view>

namespace modelc {

/// True when all markup of the text is comments and `{{ }}` around literals or single calls of ref, source and config with literal
/// arguments: strings, True, False, lists, dicts; numbers only as ref's version; no statements, no `{{-`, no hooks.
bool is_statically_parsed(std::string_view sql);

}  // namespace modelc
