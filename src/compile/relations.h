// From nodes to names in the database (dbt: Relation.create_from).
#pragma once

#include <string>

#include "compile/compile.h"

namespace modelc {

/// The name under which the node stands in the database: its alias, a source's identifier.
const std::string& node_identifier(const Node& node);
/// The node's relation with the engine's, the project's and its own quoting. Of sources the project's quoting does not
/// count, as in dbt.
Relation node_relation(const CompileEnvironment& environment, const Node& node);
/// The relation that an entry of another manifest names (--defer, clone).
Relation state_relation(const CompileEnvironment& environment, const jinja::Value& entry);
/// The entry of --defer's manifest that stands in for the node, or undefined.
jinja::Value defer_entry(const CompileEnvironment& environment, const Node& node);
/// What log lines call the node: "main.customers", unquoted, with the database only when it is not the target's.
std::string node_representation(const CompileEnvironment& environment, const Node& node);
/// Does the node have a relation that a run builds or reads (dbt: is_relational)?
bool is_relational(const Node& node);
/// Are the test's failures stored: config, else --store-failures (dbt: should_store_failures)?
bool stores_failures(const CompileEnvironment& environment, const Node& node);

/// "target/<kind>/<package>/<path>", dbt's place for compiled and run SQL, relative to the project.
std::string target_file(const CompileEnvironment& environment, const Node& node, std::string_view kind,
                        std::string_view split_suffix = {});

}  // namespace modelc
