// Models of plain text with {{ ref('a') }}, {{ source('a', 'b') }} and {{ config(k='v') }} need no rendering: dbt reads
// them with a small grammar (dbt_extractor), and what it then does not record, such as macros of the engine, we do not
// record either.
#pragma once

#include <optional>

#include "parse/state.h"

namespace modelc {

struct StaticModel {
  std::vector<RefArgs> refs;
  std::vector<SourceRef> sources;  ///< each once
  std::vector<std::pair<std::string, jinja::Value>> configs;
};

/// Std::nullopt when the text holds anything beyond that grammar.
std::optional<StaticModel> parse_static_model(const SourceFile& file);

}  // namespace modelc
