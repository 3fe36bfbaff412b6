#include "manifest/find.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace modelc {

Manifest::RefResult resolve_metric(const Manifest& manifest, const std::string& name,
                                   const std::optional<std::string>& package, const std::string& current_package) {
  auto is_named = [&](const Node& node) { return node.resource_type == ResourceType::metric && node.name == name; };
  std::vector<std::string> packages = {manifest.project_name, current_package};
  if (package) packages = {*package};
  for (const std::string& wanted : packages)
    if (NodeId id = manifest.find("metric." + wanted + "." + name); id != no_id) return {Manifest::Lookup::found, id};
  if (!package) {
    auto anywhere = std::find_if(manifest.nodes.begin(), manifest.nodes.end(), is_named);
    if (anywhere != manifest.nodes.end()) return {Manifest::Lookup::found, anywhere->id};
  }
  for (size_t i = 0; i < manifest.disabled.size(); ++i)
    if (is_named(manifest.disabled[i]) && (!package || manifest.disabled[i].package_name == *package))
      return {Manifest::Lookup::disabled, static_cast<NodeId>(i)};
  return {};
}

const Node* legacy_time_spine(const Manifest& manifest) {
  for (const Node& node : manifest.nodes) {
    if (node.name != "metricflow_time_spine" || !node.model) continue;
    return node.model->time_spine.is_dict() ? nullptr : &node;
  }
  return nullptr;
}

namespace {

std::optional<double> version_number(const jinja::Value& version) {
  if (version.is_number()) return version.as_float();
  const std::string text(trim(jinja::to_str(version)));
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return text.empty() || *end ? std::nullopt : std::optional<double>(number);
}

}  // namespace

int compare_model_versions(const jinja::Value& a, const jinja::Value& b) {
  const auto x = version_number(a), y = version_number(b);
  if (x && y) return *x < *y ? -1 : *x > *y;
  return jinja::to_str(a).compare(jinja::to_str(b));
}

jinja::Value greatest_version(const Manifest& manifest, const std::string& name) {
  jinja::Value greatest;
  for (const Node& node : manifest.nodes) {
    if (!node.is_versioned() || node.name != name) continue;
    if (greatest.is_undefined() || compare_model_versions(node.model->version, greatest) > 0)
      greatest = node.model->version;
  }
  return greatest;
}

Error duplicate_thing_error(std::string_view plural, const NamedThing& found, const NamedThing& existing) {
  Error error(
      ErrorKind::compilation, "manifest/duplicate-name",
      fmt::format("dbt found two {} with the name \"{}\".\n\nSince these resources have the same name, dbt will "
                  "be unable to find the correct resource\nwhen looking for {}.\n\nTo fix this, change the "
                  "name of one of these resources:\n- {} ({})\n- {} ({})",
                  plural, found.name, found.name, found.unique_id, found.original_file_path, existing.unique_id,
                  existing.original_file_path),
      found.declared_at);
  if (existing.declared_at) error.diagnostic().notes.push_back({"first defined here", existing.declared_at});
  return error;
}

}  // namespace modelc
