// list and parse: what the project holds, without touching the database.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "jinja/json.h"

namespace modelc {
namespace {

using enum ResourceType;

std::string versioned(const Node& node) {
  const jinja::Value& version = node.resource_type == unit_test ? node.unit_test->version
                                : node.model                    ? node.model->version
                                                                : jinja::Value::none();
  if (version.is_undefined() || version.is_none()) return node.name;
  return fmt::format("{}.v{}", node.name, jinja::to_str(version));
}

/// The name by which --select finds the node again.
std::string selector_text(const Node& node) {
  switch (node.resource_type) {
    case source:
      return fmt::format("source:{}.{}.{}", node.package_name, node.source->source_name, node.name);
    case exposure:
      return fmt::format("exposure:{}.{}", node.package_name, node.name);
    case metric:
      return fmt::format("metric:{}.{}", node.package_name, node.name);
    case saved_query:
      return fmt::format("saved_query:{}.{}", node.package_name, node.name);
    case semantic_model:
      return fmt::format("semantic_model:{}.{}", node.package_name, node.name);
    case unit_test:
      return fmt::format("unit_test:{}.{}", node.package_name, versioned(node));
    default:
      return join(node.fqn, ".");
  }
}

std::string search_name(const Node& node) {
  if (node.resource_type == source) return fmt::format("{}.{}", node.source->source_name, node.name);
  return versioned(node);
}

jinja::Value nested(const jinja::Value& dict, std::string_view path) {
  jinja::Value current = dict;
  for (auto part : split(path, '.')) current = current.get(part);
  return current;
}

constexpr std::string_view default_keys[] = {
    "alias",  "name",          "package_name", "depends_on",         "tags",
    "config", "resource_type", "source_name",  "original_file_path", "unique_id"};

std::string json_text(const Session& session, const Node& node) {
  const jinja::Value whole = node_value(session.parsed->manifest, node);
  jinja::Value result = jinja::Value::dict();
  if (!session.flags().output_keys.empty()) {
    for (const auto& key : session.flags().output_keys) {
      const jinja::Value value = key.find('.') == std::string::npos ? whole.get(key) : nested(whole, key);
      if (!value.is_undefined()) result.as_dict().set(key, value);
    }
  } else {
    for (const auto& [key, value] : whole.as_dict().entries()) {
      if (std::find(std::begin(default_keys), std::end(default_keys), key.as_string()) != std::end(default_keys)) {
        result.as_dict().set(key, value);
      }
    }
  }
  return jinja::to_json(result);
}

std::string list_text(const Session& session, const Node& node) {
  const std::string output = session.flags().output.value_or("selector");
  if (output == "name") return search_name(node);
  if (output == "path") return node.original_file_path;
  if (output == "json") return json_text(session, node);
  return selector_text(node);
}

}  // namespace

int command_parse(Session& session) {
  load_and_parse(session);
  write_manifest(session, {});
  jinja::Value perf = jinja::Value::dict();
  for (const auto& stage : session.timings.stages()) perf.as_dict().set(stage.name, jinja::Value(stage.wall_ns / 1e9));
  if (session.flags().write_json) write_artifact(session, "perf_info.json", jinja::to_json(perf, false, 4));
  return exit_success;
}

int command_list(Session& session) {
  load_and_parse(session);
  load_state(session);
  auto nodes = select_for(session, {model, snapshot, seed, test, source, exposure, metric, saved_query, semantic_model,
                                    unit_test, function, analysis});
  const Manifest& manifest = session.parsed->manifest;
  if (nodes.empty()) {
    session.events->warn_or_error(
        Event{"NoNodesSelected", "Q038", EventLevel::warn, "No nodes selected!", jinja::Value::dict(), {}});
  }
  std::sort(nodes.begin(), nodes.end(),
            [&](NodeId a, NodeId b) { return manifest.node(a).unique_id < manifest.node(b).unique_id; });
  for (NodeId id : nodes) print_line(session, list_text(session, manifest.node(id)));
  write_manifest(session, {});
  return exit_success;
}

}  // namespace modelc
