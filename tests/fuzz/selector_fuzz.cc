// Any bytes are a selection, a selectors.yml or both (divided by a line "---"): nodes come out in order, or an Error.
#include <cstdlib>

#include "base/fs.h"
#include "select/select.h"

using namespace modelc;
using jinja::Value;

namespace {

/// Four models in a chain, the last one with a dot in its name, a test on the second, a source.
const Manifest& small_manifest() {
  static const Manifest manifest = [] {
    Manifest m;
    m.project_name = "p";
    auto add = [&](ResourceType type, const char* name) -> Node& {
      Node node;
      node.resource_type = type;
      node.name = name;
      node.package_name = "p";
      node.alias = name;
      node.unique_id = std::string(resource_type_name(type)) + ".p." + name;
      node.fqn = {"p", "folder", name};
      node.original_file_path = std::string("models/folder/") + name + ".sql";
      node.raw_code = "select 1";
      node.tags = {"nightly"};
      node.config = Value::dict({{"materialized", Value("table")}, {"enabled", Value(true)}});
      if (type == ResourceType::model) node.model = std::make_unique<ModelPart>();
      if (type == ResourceType::source) node.source = std::make_unique<SourcePart>();
      if (type == ResourceType::test) node.test = std::make_unique<TestPart>();
      m.nodes.push_back(std::move(node));
      return m.nodes.back();
    };
    add(ResourceType::model, "a");
    add(ResourceType::model, "b").depends_on = {0};
    add(ResourceType::model, "c").depends_on = {1};
    add(ResourceType::model, "d.e").depends_on = {2};
    add(ResourceType::test, "t").depends_on = {1, 2};
    add(ResourceType::source, "s");
    m.nodes[2].model->version = 2;
    m.nodes[2].model->latest_version = 3;
    m.nodes[2].fqn.push_back("v2");
    m.freeze();
    return m;
  }();
  return manifest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t rule = text.find("\n---\n");
  MemoryFileSystem files;
  SourceMap sources;
  Invocation invocation;
  invocation.fs = &files;
  invocation.sources = &sources;
  Project project;
  project.packages.emplace_back();
  project.packages[0].project.root = "/p";
  if (rule != std::string::npos) files.files["/p/selectors.yml"] = text.substr(rule + 5);
  const StateManifest state{Value::dict()};
  StateInputs inputs;
  inputs.manifest = &state;
  for (const char* mode : {"eager", "cautious", "buildable", "empty"}) {
    SelectionRequest request;
    request.select = {text.substr(0, rule)};
    request.indirect_selection = mode;
    if (size % 3 == 0) std::swap(request.select, request.exclude);
    if (request.select == std::vector<std::string>{""}) request.select.clear();
    try {
      const std::vector<NodeId> nodes = select_nodes(invocation, project, small_manifest(), request, inputs);
      for (size_t i = 0; i < nodes.size(); ++i)
        if (nodes[i] >= small_manifest().nodes.size() || (i > 0 && nodes[i - 1] >= nodes[i])) std::abort();
    } catch (const Error& error) {
      render_diagnostic(error.diagnostic());
    }
  }
  return 0;
}
