// Any bytes as manifest.json and as run_results.json of an earlier run: they are read and compared with, or refused.
#include <cstdlib>

#include "artifacts/artifacts.h"
#include "base/fs.h"
#include "select/select.h"

using namespace modelc;
using jinja::Value;

namespace {

/// A model with a contract, one that reads it, a source, a test and an exposure.
const Manifest& small_manifest() {
  static const Manifest manifest = [] {
    Manifest m;
    m.project_name = "p";
    for (const char* name : {"a", "b"}) {
      Node node;
      node.name = node.alias = name;
      node.package_name = "p";
      node.unique_id = std::string("model.p.") + name;
      node.fqn = {"p", name};
      node.raw_code = "select 1";
      node.config = Value::dict({{"materialized", Value("table")},
                                 {"enabled", Value(true)},
                                 {"contract", Value::dict({{"enforced", Value(true)}})}});
      node.unrendered_config = Value::dict();
      node.model = std::make_unique<ModelPart>();
      if (!m.nodes.empty()) node.depends_on = {0};
      m.nodes.push_back(std::move(node));
    }
    m.freeze();
    return m;
  }();
  return manifest;
}

template <class Read>
void expect_error_at_most(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (render_diagnostic(error.diagnostic()).empty()) std::abort();
  }
}

void select_with(const StateInputs& inputs) {
  MemoryFileSystem files;
  SourceMap sources;
  EventBusOptions quiet;
  quiet.level = EventLevel::none;
  EventBus events(quiet);
  Invocation invocation;
  invocation.fs = &files;
  invocation.sources = &sources;
  invocation.events = &events;
  Project project;
  project.packages.emplace_back();
  project.packages[0].project.root = "/p";
  for (const char* method : {"state:modified", "state:new", "state:old", "state:modified.contract", "result:error+",
                             "source_status:fresher", "state:modified.configs"}) {
    SelectionRequest request;
    request.select = {method};
    expect_error_at_most([&] { select_nodes(invocation, project, small_manifest(), request, inputs); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryFileSystem fs;
  fs.files["/s/file.json"] = std::string(reinterpret_cast<const char*>(data), size);
  std::optional<StateManifest> manifest;
  std::optional<StateRunResults> results;
  std::optional<Value> sources;
  expect_error_at_most([&] { manifest = read_manifest(fs, "/s/file.json"); });
  expect_error_at_most([&] { results = read_run_results(fs, "/s/file.json"); });
  expect_error_at_most([&] { sources = read_json_file(fs, "/s/file.json"); });
  if (!manifest && !results) return 0;
  StateInputs inputs;
  if (manifest) inputs.manifest = &*manifest;
  if (results) inputs.run_results = &*results;
  select_with(inputs);
  return 0;
}
