// The entries of manifest.json, field by field in dbt's order (manifest v12). Internal to the artifacts folder.
//
// This is the one list to change when an entry gets a new key. Each function writes one object to a sink (sink.h).
#pragma once

#include "artifacts/artifacts.h"

namespace modelc {

/// Writes a node of any kind. `compiled` null: the entry of a node that was not compiled.
template <class Sink>
void write_node(Sink& sink, const Manifest& manifest, const Node& node, const CompiledCode* compiled);
template <class Sink>
void write_macro(Sink& sink, const Manifest& manifest, const Macro& macro);
template <class Sink>
void write_group(Sink& sink, const Group& group);
template <class Sink>
void write_doc(Sink& sink, const DocBlock& doc);

/// The key of manifest.json under which a node of this kind stands: "nodes", "sources", ...
std::string_view manifest_section(ResourceType type);

}  // namespace modelc
