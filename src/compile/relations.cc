#include "compile/relations.h"

#include "base/text.h"
#include "context/sql_context.h"

namespace modelc {
namespace {

std::optional<std::string> optional_text(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

void overlay(QuotingOverride& base, const QuotingOverride& top) {
  if (top.database) base.database = top.database;
  if (top.schema) base.schema = top.schema;
  if (top.identifier) base.identifier = top.identifier;
}

}  // namespace

const std::string& node_identifier(const Node& node) {
  if (node.source && !node.source->identifier.empty()) return node.source->identifier;
  return node.alias.empty() ? node.name : node.alias;
}

Relation node_relation(const CompileEnvironment& environment, const Node& node) {
  QuotingOverride quoting;
  if (node.resource_type != ResourceType::source) quoting = project_quoting(environment.parsed.project);
  overlay(quoting, node.quoting);
  return make_relation(*environment.parsed.manifest.adapter, optional_text(node.database), optional_text(node.schema),
                       node_identifier(node), RelationType::unknown, quoting);
}

Relation state_relation(const CompileEnvironment& environment, const jinja::Value& entry) {
  QuotingOverride quoting = project_quoting(environment.parsed.project);
  const jinja::Value own = entry.get("config").get("quoting");
  const auto read = [&](std::string_view key, std::optional<bool>& part) {
    if (const auto value = own.get(key); value.is_bool()) part = value.as_bool();
  };
  read("database", quoting.database);
  read("schema", quoting.schema);
  read("identifier", quoting.identifier);
  std::string identifier = entry.get_string("alias");
  if (identifier.empty()) identifier = entry.get_string("name");
  return make_relation(*environment.parsed.manifest.adapter, optional_text(entry.get_string("database")),
                       optional_text(entry.get_string("schema")), identifier, RelationType::unknown, quoting);
}

jinja::Value defer_entry(const CompileEnvironment& environment, const Node& node) {
  if (!environment.defer_state || !(node.is_refable() || node.resource_type == ResourceType::function)) return {};
  jinja::Value entry = environment.defer_state->find(node.unique_id);
  if (!entry.is_dict() || entry.get("config").get_string("materialized") == "ephemeral") return {};
  return entry;
}

std::string node_representation(const CompileEnvironment& environment, const Node& node) {
  Relation relation = node_relation(environment, node);
  relation.quote = {false, false, false};
  if (node.database == environment.parsed.project.target.database) relation.include.database = false;
  return relation.render();
}

bool is_relational(const Node& node) {
  switch (node.resource_type) {
    case ResourceType::model:
    case ResourceType::seed:
    case ResourceType::snapshot:
    case ResourceType::function:
      return true;
    default:
      return false;
  }
}

bool stores_failures(const CompileEnvironment& environment, const Node& node) {
  if (node.resource_type != ResourceType::test) return false;
  const jinja::Value own = node.config.get("store_failures");
  return own.is_bool() ? own.as_bool() : environment.invocation.flags.store_failures;
}

std::string target_file(const CompileEnvironment& environment, const Node& node, std::string_view kind,
                        std::string_view split_suffix) {
  const std::string& target = environment.parsed.project.root().project.target_path;
  // A file with one node keeps its path; of a file with several (schema.yml), each gets a file in a folder of that
  // name.
  std::string path = path_filename(node.path) == path_filename(node.original_file_path)
                         ? node.original_file_path
                         : path_join(node.original_file_path, node.path);
  if (!split_suffix.empty()) {
    const std::string stem = path_stem(path);
    path = path_join(path_join(path_parent(path), stem), stem + "_" + std::string(split_suffix) + path_extension(path));
  }
  const std::string base = environment.invocation.flags.target_path.value_or(target);
  return path_join(path_join(path_join(base, kind), node.package_name), path);
}

}  // namespace modelc
