// manifest.json: metadata, the entries by kind, and the maps between them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "artifacts/artifacts.h"
#include "artifacts/fields.h"
#include "artifacts/metadata.h"
#include "artifacts/sink.h"
#include "base/hash.h"
#include "base/thread_pool.h"

namespace modelc {
namespace {

using jinja::Value;

constexpr size_t chunk_size = 32;     // entries that one job writes
constexpr size_t chunks_at_once = 4;  // a core: what stands in memory before it is handed on

void write_metadata(JsonSink& sink, const Invocation& invocation, const Project& project, const Manifest& manifest) {
  begin_metadata(sink, invocation, "manifest", 12);
  sink.key("project_name");
  sink.string(manifest.project_name);
  sink.key("project_id");
  sink.string(md5_hex(manifest.project_name));
  sink.key("user_id");
  if (manifest.user_id.empty()) {
    sink.null();
  } else {
    sink.string(manifest.user_id);
  }
  sink.key("send_anonymous_usage_stats");
  sink.boolean(invocation.flags.send_anonymous_usage_stats);
  sink.key("adapter_type");
  sink.string(project.target.type);
  sink.key("quoting");
  sink.begin_object();
  const RelationPolicy defaults =
      manifest.adapter ? manifest.adapter->default_quote : adapter_traits(project.target.type).default_quote;
  const Value& quoting = project.packages.empty() ? Value() : project.root().project.quoting;
  auto policy = [&](std::string_view part, bool fallback) {
    sink.key(part);
    sink.boolean(quoting.get_bool(part, fallback));
  };
  policy("database", defaults.database);
  policy("schema", defaults.schema);
  policy("identifier", defaults.identifier);
  sink.key("column");
  sink.value(quoting.get("column"));
  sink.end_object();
  sink.key("run_started_at");
  sink.string(format_iso_naive(invocation.started_at) + "+00:00");
  sink.end_object();
}

/// Hands on `"name": {`, the entries of `items` in their order, and `}`. `write` makes `"unique id": {...}` of one
/// item.
template <class Item, class Write>
void append_section(const TextSink& out, std::string_view name, const std::vector<Item>& items, Write write) {
  out(fmt::format(", \"{}\": {{", name));
  std::vector<std::string> texts(hardware_threads() * chunks_at_once);
  for (size_t first = 0; first < items.size(); first += texts.size() * chunk_size) {
    const size_t chunks = std::min(texts.size(), (items.size() - first + chunk_size - 1) / chunk_size);
    parallel_for(chunks, [&](size_t chunk) {
      JsonSink sink(std::move(texts[chunk]));
      sink.begin_object();
      const size_t begin = first + chunk * chunk_size, end = std::min(items.size(), begin + chunk_size);
      for (size_t i = begin; i < end; ++i) write(sink, items[i]);
      sink.end_object();
      texts[chunk] = sink.take();
    });
    for (size_t i = 0; i < chunks; ++i) {
      if (first + i > 0) out(", ");
      out(std::string_view(texts[i]).substr(1, texts[i].size() - 2));  // without the braces of the chunk
    }
  }
  out("}");
}

/// Node ids by the key of manifest.json that they belong to, in the order in which dbt walks the kinds for the maps.
struct Sections {
  static constexpr std::array<std::string_view, 8> names = {
      "nodes", "sources", "exposures", "functions", "metrics", "semantic_models", "saved_queries", "unit_tests"};
  std::array<std::vector<NodeId>, 8> ids;

  explicit Sections(const Manifest& manifest) {
    for (const Node& node : manifest.nodes) {
      const auto place = std::find(names.begin(), names.end(), manifest_section(node.resource_type));
      ids[static_cast<size_t>(place - names.begin())].push_back(node.id);
    }
  }
  const std::vector<NodeId>& of(std::string_view name) const {
    return ids[static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  }
};

void append_nodes(const TextSink& out, std::string_view name, const Sections& sections, const Manifest& manifest,
                  const CompiledCodes& compiled) {
  append_section(out, name, sections.of(name), [&](JsonSink& sink, NodeId id) {
    const Node& node = manifest.node(id);
    const auto code = compiled.find(id);
    sink.key(node.unique_id);
    write_node(sink, manifest, node, code == compiled.end() ? nullptr : &code->second);
  });
}

/// `nodes`: the enabled ones, and the tests that lost what they test.
void append_main_nodes(const TextSink& out, const Sections& sections, const Manifest& manifest,
                       const CompiledCodes& compiled) {
  std::vector<const Node*> nodes;
  for (NodeId id : sections.of("nodes")) nodes.push_back(&manifest.node(id));
  for (const Node& node : manifest.disabled)
    if (node.lost_target) nodes.push_back(&node);
  append_section(out, "nodes", nodes, [&](JsonSink& sink, const Node* node) {
    const auto code = node->lost_target ? compiled.end() : compiled.find(node->id);
    sink.key(node->unique_id);
    write_node(sink, manifest, *node, code == compiled.end() ? nullptr : &code->second);
  });
}

void append_disabled(const TextSink& out, const Manifest& manifest) {
  std::vector<std::vector<const Node*>> groups;  // several nodes may share an id here
  std::unordered_map<std::string_view, size_t> places;
  for (const Node& node : manifest.disabled) {
    if (node.lost_target) continue;
    const auto [place, is_new] = places.emplace(node.unique_id, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&node);
  }
  append_section(out, "disabled", groups, [&](JsonSink& sink, const std::vector<const Node*>& group) {
    sink.key(group.front()->unique_id);
    sink.begin_array();
    for (const Node* node : group) write_node(sink, manifest, *node, nullptr);
    sink.end_array();
  });
}

void write_ids(JsonSink& sink, std::vector<std::string_view>& ids) {
  std::sort(ids.begin(), ids.end());
  sink.begin_array();
  for (std::string_view id : ids) sink.string(id);
  sink.end_array();
}

/// What dbt takes for a node's parents: seeds and sources have none, whatever their hooks name.
bool has_parents(const Node& node) {
  return node.resource_type != ResourceType::seed && node.resource_type != ResourceType::source;
}

void append_maps(const TextSink& out, const Sections& sections, const Manifest& manifest) {
  std::vector<const Node*> order;
  for (const auto& ids : sections.ids)
    for (NodeId id : ids) order.push_back(&manifest.node(id));
  std::unordered_multimap<NodeId, const Node*> lost_children;
  for (const Node& node : manifest.disabled) {
    if (!node.lost_target) continue;
    order.push_back(&node);
    for (NodeId parent : node.depends_on) lost_children.emplace(parent, &node);
  }
  append_section(out, "parent_map", order, [&](JsonSink& sink, const Node* node) {
    std::vector<std::string_view> ids;
    if (has_parents(*node))
      for (NodeId parent : node->depends_on) ids.push_back(manifest.node(parent).unique_id);
    sink.key(node->unique_id);
    write_ids(sink, ids);
  });
  const Graph& graph = manifest.graph();
  append_section(out, "child_map", order, [&](JsonSink& sink, const Node* node) {
    std::vector<std::string_view> ids;
    if (!node->lost_target) {
      for (NodeId child : graph.children(node->id))
        if (has_parents(manifest.node(child))) ids.push_back(manifest.node(child).unique_id);
      const auto [begin, end] = lost_children.equal_range(node->id);
      for (auto child = begin; child != end; ++child) ids.push_back(child->second->unique_id);
    }
    sink.key(node->unique_id);
    write_ids(sink, ids);
  });
}

void append_group_map(const TextSink& out, const Sections& sections, const Manifest& manifest) {
  std::unordered_map<std::string_view, std::vector<std::string_view>> members;
  for (std::string_view section : {"nodes", "saved_queries", "semantic_models", "metrics"}) {
    for (NodeId id : sections.of(section)) {
      const Node& node = manifest.node(id);
      if (node.group) members[*node.group].push_back(node.unique_id);
    }
  }
  append_section(out, "group_map", manifest.groups, [&](JsonSink& sink, const Group& group) {
    sink.key(group.name);
    sink.begin_array();
    if (auto found = members.find(group.name); found != members.end())
      for (std::string_view id : found->second) sink.string(id);
    sink.end_array();
  });
}

void append_selectors(const TextSink& out, const Manifest& manifest) {
  append_section(out, "selectors", manifest.selectors, [](JsonSink& sink, const SelectorDefinition& selector) {
    sink.key(selector.name);
    sink.value(selector.manifest_entry);
  });
}

}  // namespace

void write_manifest_json(const TextSink& out, const Invocation& invocation, const Project& project,
                         const Manifest& manifest, const CompiledCodes& compiled) {
  JsonSink metadata;
  write_metadata(metadata, invocation, project, manifest);
  out("{\"metadata\": " + metadata.take());
  const Sections sections(manifest);
  append_main_nodes(out, sections, manifest, compiled);
  append_nodes(out, "sources", sections, manifest, compiled);
  append_section(out, "macros", manifest.macros, [&](JsonSink& sink, const Macro& macro) {
    sink.key(macro.unique_id);
    write_macro(sink, manifest, macro);
  });
  append_section(out, "docs", manifest.docs, [](JsonSink& sink, const DocBlock& doc) {
    sink.key(doc.unique_id);
    write_doc(sink, doc);
  });
  append_nodes(out, "exposures", sections, manifest, compiled);
  append_nodes(out, "metrics", sections, manifest, compiled);
  append_section(out, "groups", manifest.groups, [](JsonSink& sink, const Group& group) {
    sink.key(group.unique_id);
    write_group(sink, group);
  });
  append_selectors(out, manifest);
  append_disabled(out, manifest);
  append_maps(out, sections, manifest);
  append_group_map(out, sections, manifest);
  append_nodes(out, "saved_queries", sections, manifest, compiled);
  append_nodes(out, "semantic_models", sections, manifest, compiled);
  append_nodes(out, "unit_tests", sections, manifest, compiled);
  append_nodes(out, "functions", sections, manifest, compiled);
  out("}");
}

std::string manifest_json(const Invocation& invocation, const Project& project, const Manifest& manifest,
                          const CompiledCodes& compiled) {
  std::string text;
  write_manifest_json([&](std::string_view piece) { text += piece; }, invocation, project, manifest, compiled);
  return text;
}

jinja::Value node_value(const Manifest& manifest, const Node& node, const CompiledCode* compiled) {
  ValueSink sink;
  write_node(sink, manifest, node, compiled);
  return sink.take();
}

jinja::Value macro_value(const Manifest& manifest, const Macro& macro) {
  ValueSink sink;
  write_macro(sink, manifest, macro);
  return sink.take();
}

jinja::Value graph_value(const Manifest& manifest) {
  Value graph = Value::dict();
  for (std::string_view section : {"exposures", "functions", "groups", "metrics", "nodes", "sources", "semantic_models",
                                   "saved_queries", "unit_tests"})
    graph.as_dict().set(section, Value::dict());
  for (const Node& node : manifest.nodes)
    graph.as_dict()
        .find(manifest_section(node.resource_type))
        ->as_dict()
        .set(node.unique_id, node_value(manifest, node));
  for (const Group& group : manifest.groups) {
    ValueSink sink;
    write_group(sink, group);
    graph.as_dict().find("groups")->as_dict().set(group.unique_id, sink.take());
  }
  return graph;
}

}  // namespace modelc
