// What relations exist: through the invocation's cache, filled by one listing a schema.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compile/runtime_context.h"

namespace modelc {

/// The relation of that name as the cache knows it, with its type. Lists the schema first when nobody has.
std::optional<Relation> find_relation(RuntimeContext& context, const Relation& wanted);
std::vector<Relation> list_relations(RuntimeContext& context, const std::optional<std::string>& database,
                                     const std::string& schema);
/// Makes sure that the schema's relations are cached.
void cache_schema(RuntimeContext& context, const std::optional<std::string>& database, const std::string& schema);
/// Columns as the database reports them; empty when the relation is absent.
std::vector<Column> relation_columns(RuntimeContext& context, const Relation& relation);
/// A macro that a project overrides is called, else the engine does the work itself.
void create_schema(RuntimeContext& context, const Relation& relation);
void drop_schema(RuntimeContext& context, const Relation& relation);
std::vector<std::string> list_schemas(RuntimeContext& context, const std::optional<std::string>& database);

}  // namespace modelc
