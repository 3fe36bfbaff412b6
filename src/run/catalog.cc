// docs generate: what the database says of every relation that the project knows.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "run/run.h"

namespace modelc {
namespace {

bool has_relation(const Node& node) {
  return (node.is_refable() || node.resource_type == ResourceType::source) && !node.is_ephemeral();
}

Relation relation_of_node(const Node& node, const AdapterTraits& traits) {
  const std::string& name = node.resource_type == ResourceType::source ? node.source->identifier : node.alias;
  return make_relation(traits, node.database, node.schema, name, RelationType::unknown, node.quoting);
}

CatalogTable describe(const Node& node, const Relation& found, Connection& connection) {
  CatalogTable table;
  table.unique_id = node.unique_id;
  table.is_source = node.resource_type == ResourceType::source;
  table.type = std::string(relation_type_name(found.type));
  table.database = node.database;
  table.schema = found.schema.value_or(node.schema);
  table.name = found.identifier.value_or(node.alias);
  int index = 0;
  for (const Column& column : connection.columns(found)) {
    table.columns.push_back({column.data_type, column.name, "", index++});
  }
  return table;
}

}  // namespace

std::vector<CatalogTable> collect_catalog(const CompileEnvironment& environment, const std::vector<NodeId>& nodes,
                                          std::vector<std::string>* errors) {
  const Manifest& manifest = environment.parsed.manifest;
  const auto connection = environment.adapter->connect("generate_catalog");
  std::map<std::string, std::vector<Relation>> listings;  // one query a schema
  std::vector<CatalogTable> tables;
  for (NodeId id : nodes) {
    const Node& node = manifest.node(id);
    if (!has_relation(node)) continue;
    try {
      const Relation wanted = relation_of_node(node, environment.adapter->traits());
      auto [listing, is_new] = listings.try_emplace(to_lower(node.schema));
      if (is_new) {
        for (auto& entry : connection->list_relations(node.schema))
          listing->second.push_back(std::move(entry.relation));
      }
      const auto found = std::find_if(listing->second.begin(), listing->second.end(), [&](const Relation& r) {
        return equals_ignore_case(r.identifier.value_or(""), wanted.identifier.value_or(""));
      });
      if (found != listing->second.end()) tables.push_back(describe(node, *found, *connection));
    } catch (const Error& error) {
      errors->push_back(render_brief(error.diagnostic()));
    }
  }
  return tables;
}

}  // namespace modelc
