#include "parse/semantic/entry_builder.h"
#include "parse/sql_nodes.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

/// Configs of the semantic model count for its elements too.
Value element_config(const Value& element, const Node& node) {
  Value meta = Value::dict();
  for (const Value& level : {node.config.get("meta"), element.get("config").get("meta")})
    if (level.is_dict()) meta.as_dict().update(level.as_dict());
  return Value::dict({{"meta", meta}});
}

Value aggregation_params(const Value& given) {
  if (!given.is_dict()) return Value::none();
  return Value::dict(
      {{"percentile", or_none(given.get("percentile"))},
       {"use_discrete_percentile", or_default(given.get("use_discrete_percentile"), Value(false))},
       {"use_approximate_percentile", or_default(given.get("use_approximate_percentile"), Value(false))}});
}

Value validity_params(const Value& given) {
  if (!given.is_dict()) return Value::none();
  return Value::dict({{"is_start", or_default(given.get("is_start"), Value(false))},
                      {"is_end", or_default(given.get("is_end"), Value(false))}});
}

Value ref_values(const std::vector<RefArgs>& refs) {
  Value out = Value::list();
  for (const RefArgs& ref : refs)
    out.as_list().push_back(Value::dict({{"name", Value(ref.name)},
                                         {"package", ref.package ? Value(*ref.package) : Value::none()},
                                         {"version", or_none(ref.version)}}));
  return out;
}

}  // namespace

Value EntryBuilder::entity(const Node& node, const Value& given, const YamlPath& path) {
  Value type = enum_value(entry_, entity_type, given.get("type"), with(path, "type"));
  return Value::dict({{"name", given.get("name")},
                      {"type", type},
                      {"description", described_or_none(node, given.get("description"), with(path, "description"))},
                      {"label", or_none(given.get("label"))},
                      {"role", or_none(given.get("role"))},
                      {"expr", or_none(given.get("expr"))},
                      {"config", element_config(given, node)}});
}

Value EntryBuilder::dimension(const Node& node, const Value& given, const YamlPath& path) {
  Value type = enum_value(entry_, dimension_type, given.get("type"), with(path, "type"));
  Value params = Value::none();
  if (Value p = given.get("type_params"); p.is_dict()) {
    Value granularity = enum_value(entry_, time_granularity, p.get("time_granularity"),
                                   with(with(path, "type_params"), "time_granularity"));
    params = Value::dict(
        {{"time_granularity", granularity}, {"validity_params", validity_params(p.get("validity_params"))}});
  }
  return Value::dict({{"name", given.get("name")},
                      {"type", type},
                      {"description", described_or_none(node, given.get("description"), with(path, "description"))},
                      {"label", or_none(given.get("label"))},
                      {"is_partition", or_default(given.get("is_partition"), Value(false))},
                      {"type_params", params},
                      {"expr", or_none(given.get("expr"))},
                      {"metadata", Value::none()},
                      {"config", element_config(given, node)}});
}

Value EntryBuilder::measure(const Node& node, const Value& given, const YamlPath& path) {
  Value aggregation = enum_value(entry_, aggregation_type, given.get("agg"), with(path, "agg"));
  Value non_additive = Value::none();
  if (Value n = given.get("non_additive_dimension"); n.is_dict()) {
    Value choice = enum_value(entry_, aggregation_type, n.get("window_choice"),
                              with(with(path, "non_additive_dimension"), "window_choice"));
    non_additive = Value::dict({{"name", n.get("name")},
                                {"window_choice", choice},
                                {"window_groupings", list_or_empty(n.get("window_groupings"))}});
  }
  return Value::dict({{"name", given.get("name")},
                      {"agg", aggregation},
                      {"description", described_or_none(node, given.get("description"), with(path, "description"))},
                      {"label", or_none(given.get("label"))},
                      {"create_metric", Value(false)},  // dbt does not keep it either
                      {"expr", text_or_none(given.get("expr"))},
                      {"agg_params", aggregation_params(given.get("agg_params"))},
                      {"non_additive_dimension", non_additive},
                      {"agg_time_dimension", or_none(given.get("agg_time_dimension"))},
                      {"config", element_config(given, node)}});
}

void EntryBuilder::semantic_model(std::vector<DraftPtr>& out_drafts) {
  const Value& data = entry_.data;
  DraftPtr draft = make(ResourceType::semantic_model, entry_.name, data.get("config"));
  Node& node = draft->node;
  RefOrSource target = parse_ref_or_source(state_.invocation, data.get_string("model"), yaml_place(entry_, {"model"}));
  if (target.ref) node.refs.push_back(*target.ref);
  Value description = described_or_none(node, data.get("description"), {"description"});
  node.description = description.is_string() ? description.as_string() : std::string();
  Value defaults = Value::none();
  if (data.get("defaults").is_dict())
    defaults = Value::dict({{"agg_time_dimension", or_none(data.get("defaults").get("agg_time_dimension"))}});
  Value entry = start(node);
  auto& out = entry.as_dict();
  out.set("model", data.get("model"));
  out.set("node_relation", Value::none());
  out.set("description", description);
  out.set("label", or_none(data.get("label")));
  out.set("defaults", defaults);
  out.set("entities", each("entities", [&](const Value& e, const auto& path) { return entity(node, e, path); }));
  out.set("measures", each("measures", [&](const Value& m, const auto& path) { return measure(node, m, path); }));
  out.set("dimensions", each("dimensions", [&](const Value& d, const auto& path) { return dimension(node, d, path); }));
  out.set("metadata", Value::none());
  out.set("depends_on", no_dependencies());
  out.set("refs", ref_values(node.refs));
  out.set("created_at", Value(node.created_at));
  out.set("config", node.config);
  out.set("unrendered_config", node.unrendered_config);
  out.set("primary_entity", or_none(data.get("primary_entity")));
  out.set("group", group_of(node));
  node.semantic->manifest_entry = entry;
  bool enabled = draft->enabled;
  Value meta = node.config.get("meta");
  out_drafts.push_back(std::move(draft));
  for (const Value held = list_or_empty(data.get("measures")); const Value& m : held.as_list())
    if (m.get_bool("create_metric")) out_drafts.push_back(metric_of_measure(m, enabled, meta));
}

}  // namespace modelc::semantic
