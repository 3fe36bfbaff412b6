// YAML properties meet their nodes: who is patched by which entry, model versions, columns, constraints, descriptions
// (dbt: NodePatchParser, ModelPatchParser, MacroPatchParser and process_docs).
#pragma once

#include "parse/schema_yaml.h"
#include "parse/state.h"

namespace modelc {

/// Decides which drafts each entry patches, in dbt's order, and gives versioned models their names. Sets was_enabled.
void link_patches(ParseState& state, std::vector<DraftPtr>& drafts, const std::vector<SchemaFile>& files);

/// Puts the entry's properties on the draft: description, columns, version, constraints. After that comes
/// finish_config, then finish_properties. Any thread.
void apply_properties(ParseState& state, Draft& draft);
/// What depends on the final config: contract and constraints. Any thread.
void finish_properties(ParseState& state, Draft& draft);

/// Macro entries: arguments, description, meta.
void patch_macros(ParseState& state, const std::vector<SchemaFile>& files);

/// The columns of an entry or source table, in order. `analysis` columns have no quote and tags.
std::vector<ColumnInfo> read_columns(const jinja::Value& columns, const std::string& original_file_path);

/// A constraint in manifest form; with `columns` when it stands at the model.
jinja::Value constraint_value(const jinja::Value& constraint, bool model_level);
/// Python's repr of a list of dbt's constraint objects: it goes into the contract's checksum.
std::string constraint_repr(const jinja::Value& constraints, std::string_view type_name);

/// The `columns:` of one version: base columns by include/exclude, then its own. Values as in the YAML.
std::vector<jinja::Value> version_columns(const jinja::Value& entry, const jinja::Value& version);

/// Renders doc() in a description and lists the docs blocks that it names. Any thread. Throws dbt's "Documentation for
/// ... depends on doc ...".
std::string render_description(const ParseState& state, const std::string& text, const Node& node,
                               std::vector<std::string>* doc_blocks, Span span);
/// The same for things that are no nodes.
std::string render_text_with_docs(const ParseState& state, const std::string& text, const std::string& unique_id,
                                  const std::string& package, std::vector<std::string>* doc_blocks, Span span);
/// All descriptions of a node and its columns.
void render_descriptions(const ParseState& state, Draft& draft);

/// dbt's deep_merge of two dicts; lists of the second come first.
jinja::Value deep_merge(const jinja::Value& a, const jinja::Value& b);

}  // namespace modelc
