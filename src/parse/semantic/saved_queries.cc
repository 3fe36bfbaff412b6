#include <algorithm>

#include "parse/config_builder.h"
#include "parse/semantic/entry_builder.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

/// A text or a list of texts at each level; sorted, each once.
std::vector<std::string> merged_tags(const std::vector<Value>& levels) {
  std::vector<std::string> tags;
  for (const Value& given : levels) {
    if (given.is_string()) tags.push_back(given.as_string());
    if (given.is_list())
      for (const Value& tag : given.as_list()) tags.push_back(jinja::to_str(tag));
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace

DraftPtr EntryBuilder::saved_query() {
  const Value& data = entry_.data;
  DraftPtr draft = make(ResourceType::saved_query, entry_.name, data.get("config"));
  Node& node = draft->node;
  if (Value as = node.config.get("export_as"); !as.is_none()) {
    Value config = Value::dict();
    config.as_dict().update(node.config.as_dict());
    config.as_dict().set("export_as", enum_value(entry_, export_type, as, {"config", "export_as"}));
    node.config = config;
  }
  node.tags = merged_tags({data.get("tags"), node.config.get("tags")});
  Value query = data.get("query_params");
  for (const Value held = list_or_empty(query.get("metrics")); const Value& metric : held.as_list())
    node.metrics.push_back({jinja::to_str(metric)});
  Value description = described_or_none(node, data.get("description"), {"description"});
  node.description = description.is_string() ? description.as_string() : std::string();
  Value entry = start(node);
  auto& out = entry.as_dict();
  out.set("query_params", Value::dict({{"metrics", list_or_empty(query.get("metrics"))},
                                       {"group_by", list_or_empty(query.get("group_by"))},
                                       {"where", where_filter(query.get("where"))},
                                       {"order_by", list_or_empty(query.get("order_by"))},
                                       {"limit", or_none(query.get("limit"))}}));
  out.set("exports", exports(*draft));
  out.set("description", description);
  out.set("label", or_none(data.get("label")));
  out.set("metadata", Value::none());
  out.set("config", node.config);
  out.set("unrendered_config", node.unrendered_config);
  out.set("group", group_of(node));
  out.set("depends_on", no_dependencies());
  out.set("created_at", Value(node.created_at));
  out.set("refs", Value::list());
  out.set("tags", strings(node.tags));
  node.semantic->manifest_entry = entry;
  return draft;
}

/// An export is named by the same macros as a node.
Value EntryBuilder::exports(const Draft& query) {
  return each("exports", [&](const Value& given_export, const YamlPath& path) {
    Value config = given_export.get("config");
    auto given = [&](std::string_view key) {
      Value own = config.get(key);
      return own.is_undefined() ? or_none(query.node.config.get(key)) : own;
    };
    Value as = given("export_as");
    if (!as.is_none()) as = enum_value(entry_, export_type, as, with(with(path, "config"), "export_as"));
    Draft scratch;
    scratch.package = query.package;
    scratch.node.resource_type = ResourceType::saved_query;
    scratch.node.name = given_export.get_string("name");
    scratch.node.package_name = query.node.package_name;
    scratch.node.original_file_path = query.node.original_file_path;
    Value schema = given("schema_name");
    if (schema.is_none()) schema = given("schema");
    Value names =
        Value::dict({{"schema", given("schema")}, {"alias", given("alias")}, {"database", given("database")}});
    generate_names(state_, scratch, names);
    Value alias = given("alias");
    return Value::dict(
        {{"name", given_export.get("name")},
         {"config", Value::dict({{"export_as", as},
                                 {"schema_name", jinja::truth(schema) ? schema : Value(scratch.node.schema)},
                                 {"alias", jinja::truth(alias) ? alias : Value(scratch.node.alias)},
                                 {"database", Value(scratch.node.database)}})},
         {"unrendered_config", config.is_dict() ? config : Value::dict()}});
  });
}

}  // namespace modelc::semantic
