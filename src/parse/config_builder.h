// The config of a node from all its levels, lowest first: defaults, the package's project file from the outermost
// folder inwards, the YAML entry, config() calls in the file, the root project's file when the node belongs to a
// package (dbt: context/context_config.py).
#pragma once

#include "parse/state.h"

namespace modelc {

/// dbt's complete config. `patch` and `calls` are dicts or undefined. Throws Error{parsing, "parse/config-type"}. Any
/// thread. A None in a later level does not take back an earlier level's value in the result; `as_said` gets the config
/// in which it does, which is what names are made from.
jinja::Value build_config(ParseState& state, const Package& package, ResourceType type,
                          const std::vector<std::string>& fqn, const jinja::Value& patch, const jinja::Value& calls,
                          jinja::Value* as_said = nullptr);
/// The same levels laid over one another as they are written, for state comparison: only what somebody set.
jinja::Value build_unrendered_config(ParseState& state, const Package& package, ResourceType type,
                                     const std::vector<std::string>& fqn, const jinja::Value& patch,
                                     const jinja::Value& calls);

/// Computes everything that follows from the config: node.config, unrendered_config, tags, meta, group, access, names
/// in the database, relation_name; renders the hooks for their refs. Uses draft.patch and draft.calls. Throws Error
/// with the draft as subject.
void finish_config(ParseState& state, Draft& draft);

/// A group's config: dbt lays it over the `models:` tree, as it knows no tree for groups.
jinja::Value build_group_config(const ParseState& state, const Package& package, const std::vector<std::string>& fqn,
                                const jinja::Value& patch);

/// The part of finish_config that looks at a dict of keys: adds tags, copies meta, group and access.
void copy_config_to_node(Node& node, const jinja::Value& config);

/// generate_database_name, generate_schema_name, generate_alias_name; then relation_name. `config` is the node's,
/// without keys that are None.
void generate_names(ParseState& state, Draft& draft, const jinja::Value& config);
/// Finds out whether the project replaces dbt's generate_*_name macros; call once when macros are known.
void find_name_macros(ParseState& state);

/// A colour name of CSS, or "#rgb" or "#rrggbb".
bool is_html_color(std::string_view text);

}  // namespace modelc
