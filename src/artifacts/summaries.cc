// semantic_manifest.json (what MetricFlow reads) and graph_summary.json (dbt's diagnostic of the graph).
#include <array>
#include <initializer_list>
#include <unordered_map>

#include "artifacts/artifacts.h"
#include "artifacts/fields.h"
#include "artifacts/sink.h"
#include "base/text.h"
#include "manifest/find.h"

namespace modelc {
namespace {

using jinja::Value;
using Keys = std::initializer_list<std::string_view>;

/// The named keys of `dict` in this order; null where it has none.
void pick(JsonSink& sink, const Value& dict, Keys keys) {
  for (std::string_view key : keys) {
    sink.key(key);
    sink.value(dict.get(key));
  }
}

/// An element's config holds only `meta` here.
void element_config(JsonSink& sink, const Value& config) {
  sink.key("config");
  if (!config.is_dict()) return sink.null();
  sink.begin_object();
  pick(sink, config, {"meta"});
  sink.end_object();
}

template <class Write>
void each(JsonSink& sink, std::string_view key, const Value& items, Write write) {
  sink.key(key);
  sink.begin_array();
  if (items.is_sequence()) {
    for (const Value& item : items.as_items()) {
      sink.begin_object();
      write(item);
      sink.end_object();
    }
  }
  sink.end_array();
}

void semantic_model(JsonSink& sink, const Value& entry) {
  sink.begin_object();
  pick(sink, entry, {"name", "defaults", "description", "node_relation", "primary_entity"});
  each(sink, "entities", entry.get("entities"), [&](const Value& e) {
    pick(sink, e, {"name", "description", "type", "role", "expr", "metadata", "label"});
    element_config(sink, e.get("config"));
  });
  each(sink, "measures", entry.get("measures"), [&](const Value& e) {
    pick(sink, e,
         {"name", "agg", "description", "create_metric", "expr", "agg_params", "metadata", "non_additive_dimension",
          "agg_time_dimension", "label"});
    element_config(sink, e.get("config"));
  });
  each(sink, "dimensions", entry.get("dimensions"), [&](const Value& e) {
    pick(sink, e, {"name", "description", "type", "is_partition", "type_params", "expr", "metadata", "label"});
    element_config(sink, e.get("config"));
  });
  pick(sink, entry, {"label", "metadata"});
  element_config(sink, entry.get("config"));
  sink.end_object();
}

/// Granularities that the manifest holds as they were written are in lower case for MetricFlow.
Value with_lower_case(const Value& dict, std::string_view key) {
  if (!dict.is_dict() || !dict.get(key).is_string()) return dict;
  Value copy = jinja::deep_copy(dict);
  copy.as_dict().set(key, Value(to_lower(dict.get_string(key))));
  return copy;
}

void metric_type_params(JsonSink& sink, const Value& params) {
  sink.begin_object();
  pick(sink, params, {"measure", "numerator", "denominator", "expr", "window", "grain_to_date"});
  sink.key("metrics");
  sink.begin_array();
  if (const Value inputs = params.get("metrics"); inputs.is_list())
    for (const Value& input : inputs.as_list()) sink.value(with_lower_case(input, "offset_to_grain"));
  sink.end_array();
  pick(sink, params, {"conversion_type_params"});
  sink.key("cumulative_type_params");
  if (const Value cumulative = with_lower_case(params.get("cumulative_type_params"), "grain_to_date");
      cumulative.is_dict()) {
    sink.begin_object();
    pick(sink, cumulative, {"window", "grain_to_date", "period_agg"});
    sink.end_object();
  } else {
    sink.null();
  }
  pick(sink, params, {"input_measures"});
  sink.end_object();
}

void metric(JsonSink& sink, const Value& entry) {
  sink.begin_object();
  pick(sink, entry, {"name", "description", "type"});
  sink.key("type_params");
  metric_type_params(sink, entry.get("type_params"));
  pick(sink, entry, {"filter", "metadata", "label"});
  element_config(sink, entry.get("config"));
  pick(sink, entry, {"time_granularity"});
  sink.end_object();
}

void saved_query(JsonSink& sink, const Value& entry) {
  sink.begin_object();
  pick(sink, entry, {"name"});
  sink.key("query_params");
  sink.begin_object();
  pick(sink, entry.get("query_params"), {"metrics", "group_by", "order_by", "limit", "where"});
  sink.end_object();
  pick(sink, entry, {"description", "metadata", "label"});
  each(sink, "exports", entry.get("exports"), [&](const Value& e) {
    pick(sink, e, {"name"});
    sink.key("config");
    sink.begin_object();
    pick(sink, e.get("config"), {"export_as", "schema_name", "alias"});
    sink.end_object();
  });
  pick(sink, entry, {"tags"});
  sink.end_object();
}

void relation(JsonSink& sink, const Node& node) {
  sink.key("node_relation");
  sink.begin_object();
  for (const auto& [key, text] : {std::pair<std::string_view, std::string_view>{"alias", node.alias},
                                  {"schema_name", node.schema},
                                  {"database", node.database},
                                  {"relation_name", node.relation_name}}) {
    sink.key(key);
    sink.string(text);
  }
  sink.end_object();
}

void time_spine(JsonSink& sink, const Node& node) {
  const std::string name = node.model->time_spine.get_string("standard_granularity_column");
  std::string granularity;
  for (const ColumnInfo& column : node.columns)
    if (column.name == name) granularity = column.granularity.value_or("");
  sink.begin_object();
  relation(sink, node);
  sink.key("primary_column");
  sink.begin_object();
  sink.key("name");
  sink.string(name);
  sink.key("time_granularity");
  sink.string(granularity);
  sink.end_object();
  each(sink, "custom_granularities", node.model->time_spine.get("custom_granularities"), [&](const Value& e) {
    pick(sink, e, {"name", "column_name"});
  });
  sink.end_object();
}

void project_configuration(JsonSink& sink, const Manifest& manifest, bool has_semantic_models) {
  sink.key("project_configuration");
  sink.begin_object();
  sink.key("time_spine_table_configurations");
  sink.begin_array();
  if (const Node* legacy = has_semantic_models ? legacy_time_spine(manifest) : nullptr) {
    sink.begin_object();
    for (const auto& [key, text] : {std::pair<std::string_view, std::string_view>{"location", legacy->relation_name},
                                    {"column_name", "date_day"},
                                    {"grain", "day"}}) {
      sink.key(key);
      sink.string(text);
    }
    sink.end_object();
  }
  sink.end_array();
  sink.key("metadata");
  sink.null();
  sink.key("dsi_package_version");
  sink.begin_object();
  for (const auto& [key, text] :
       {std::pair("major_version", "0"), std::pair("minor_version", "9"), std::pair("patch_version", "0")}) {
    sink.key(key);
    sink.string(text);
  }
  sink.end_object();
  sink.key("time_spines");
  sink.begin_array();
  for (const Node& node : manifest.nodes)
    if (node.model && node.model->time_spine.is_dict()) time_spine(sink, node);
  sink.end_array();
  sink.end_object();
}

/// The graph as networkx holds it in dbt: nodes in the order in which they are first named, edges as they are added.
class Summary {
 public:
  explicit Summary(const Manifest& manifest)
      : manifest_(manifest), place_(manifest.nodes.size(), no_id), children_(manifest.nodes.size()) {
    for (std::string_view section :
         {"sources", "nodes", "semantic_models", "exposures", "functions", "metrics", "unit_tests", "saved_queries"}) {
      for (const Node& node : manifest.nodes)
        if (manifest_section(node.resource_type) == section) link(node);
    }
  }

  void write(JsonSink& sink) const {
    sink.begin_object();
    for (size_t i = 0; i < order_.size(); ++i) {
      const Node& node = manifest_.node(order_[i]);
      sink.key(std::to_string(i));
      sink.begin_object();
      sink.key("name");
      sink.string(node.unique_id);
      sink.key("type");
      sink.string(resource_type_name(node.resource_type));
      if (!children_[node.id].empty()) {
        sink.key("succ");
        sink.begin_array();
        for (NodeId child : children_[node.id]) sink.integer(place_[child]);
        sink.end_array();
      }
      sink.end_object();
    }
    sink.end_object();
  }

 private:
  void add(NodeId id) {
    if (place_[id] != no_id) return;
    place_[id] = static_cast<uint32_t>(order_.size());
    order_.push_back(id);
  }
  void link(const Node& node) {
    add(node.id);
    if (node.resource_type == ResourceType::seed) return;
    for (NodeId parent : node.depends_on) {
      add(parent);
      children_[parent].push_back(node.id);
    }
  }

  const Manifest& manifest_;
  std::vector<NodeId> order_;
  std::vector<uint32_t> place_;
  std::vector<std::vector<NodeId>> children_;
};

}  // namespace

std::string semantic_manifest_json(const Manifest& manifest) {
  JsonSink sink;
  bool has_semantic_models = false;
  auto section = [&](std::string_view key, ResourceType type, auto write) {
    sink.key(key);
    sink.begin_array();
    for (const Node& node : manifest.nodes) {
      if (node.resource_type != type || !node.semantic) continue;
      write(sink, node.semantic->manifest_entry);
      has_semantic_models |= type == ResourceType::semantic_model;
    }
    sink.end_array();
  };
  sink.begin_object();
  section("semantic_models", ResourceType::semantic_model, semantic_model);
  section("metrics", ResourceType::metric, metric);
  project_configuration(sink, manifest, has_semantic_models);
  section("saved_queries", ResourceType::saved_query, saved_query);
  sink.end_object();
  return sink.take();
}

std::string graph_summary_json(const Manifest& manifest, const Invocation& invocation) {
  JsonSink sink;
  sink.begin_object();
  sink.key("_invocation_id");
  sink.string(invocation.invocation_id);
  sink.key("linked");
  Summary(manifest).write(sink);
  sink.end_object();
  return sink.take();
}

}  // namespace modelc
