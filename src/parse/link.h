// Drafts become the manifest: refs resolved, access checked, tests attached, unit tests bound to their models.
#pragma once

#include "parse/state.h"

namespace modelc {

/// Moves all drafts into the manifest and freezes it. Missing targets are recorded for every node, in dbt's words, with
/// a hint; tests whose target is missing or disabled are disabled with a warning. Throws ParseErrors.
void link_manifest(ParseState& state, std::vector<DraftPtr> drafts);

/// Resolves one node's refs, sources, metrics and functions against an indexed manifest, into depends_on (ids). False
/// when a test lost its target: it is then to be disabled. Throws Error for other nodes.
bool resolve_dependencies(const ParseState& state, const Manifest& manifest, Node& node);

}  // namespace modelc
