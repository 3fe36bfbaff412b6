#include "parse/semantic/entry_builder.h"

#include "base/text.h"
#include "parse/config_builder.h"
#include "parse/patches.h"
#include "parse/yaml_nodes.h"

namespace modelc {
namespace semantic {

using jinja::Value;

Value group_of(const Node& node) { return node.group ? Value(*node.group) : Value::none(); }

Value strings(const std::vector<std::string>& items) {
  return Value::list(std::vector<Value>(items.begin(), items.end()));
}

Value no_dependencies() { return Value::dict({{"macros", Value::list()}, {"nodes", Value::list()}}); }

YamlPath with(YamlPath path, std::string_view key) {
  path.emplace_back(key);
  return path;
}

void EntryBuilder::build(std::vector<DraftPtr>& out) {
  if (entry_.key == "metrics") {
    check_metric_name(entry_.name);
    out.push_back(metric(entry_.data));
  } else if (entry_.key == "semantic_models") {
    semantic_model(out);
  } else {
    out.push_back(saved_query());
  }
}

DraftPtr EntryBuilder::make(ResourceType type, const std::string& name, const Value& config_patch) {
  auto draft = std::make_unique<Draft>();
  draft->package = entry_.file->package;
  draft->entry = &entry_;
  Node& node = draft->node;
  node.resource_type = type;
  node.semantic = std::make_unique<SemanticPart>();
  node.name = name;
  node.package_name = entry_.file->package->project.name;
  node.unique_id = std::string(resource_type_name(type)) + "." + node.package_name + "." + name;
  node.path = entry_.file->source->relative_path;
  node.original_file_path = entry_.file->source->path;
  node.fqn = {node.package_name};
  std::vector<std::string_view> folders = split(node.path, '/');
  for (size_t i = 0; i + 1 < folders.size(); ++i) node.fqn.emplace_back(folders[i]);
  node.fqn.push_back(name);
  node.declared_at = entry_.span();
  node.created_at = state_.created_at;
  node.checksum_name.clear();
  node.config = build_config(state_, *draft->package, type, node.fqn, config_patch, Value());
  node.unrendered_config = build_unrendered_config(state_, *draft->package, type, node.fqn, config_patch, Value());
  draft->enabled = node.config.get_bool("enabled", true);
  if (std::string group = node.config.get_string("group"); !group.empty()) node.group = group;
  node.meta = node.config.get("meta");
  return draft;
}

/// The keys with which every entry of the manifest begins.
Value EntryBuilder::start(const Node& node) const {
  return Value::dict({{"name", Value(node.name)},
                      {"resource_type", Value(resource_type_name(node.resource_type))},
                      {"package_name", Value(node.package_name)},
                      {"path", Value(node.path)},
                      {"original_file_path", Value(node.original_file_path)},
                      {"unique_id", Value(node.unique_id)},
                      {"fqn", strings(node.fqn)}});
}

std::string EntryBuilder::described(const Node& node, const Value& text, const YamlPath& path) {
  return render_description(state_, text.is_string() ? text.as_string() : std::string(), node, nullptr,
                            yaml_place(entry_, path));
}

Value EntryBuilder::described_or_none(const Node& node, const Value& text, const YamlPath& path) {
  return text.is_string() ? Value(described(node, text, path)) : Value::none();
}

}  // namespace semantic

std::vector<DraftPtr> build_semantic(ParseState& state, const std::vector<SchemaFile>& files) {
  std::vector<DraftPtr> out;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "metrics" && entry->key != "semantic_models" && entry->key != "saved_queries") continue;
      try {
        semantic::EntryBuilder(state, *entry).build(out);
      } catch (Error& error) {
        if (!error.diagnostic().span) error.diagnostic().span = entry->span();
        state.errors.push_back(error.diagnostic());
      }
    }
  }
  return out;
}

}  // namespace modelc
