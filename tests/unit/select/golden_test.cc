// What dbt selects, recorded by tests/golden/select/record.py, against what we select on the same manifest.
#include <doctest/doctest.h>

#include <algorithm>

#include "artifacts/artifacts.h"
#include "base/fs.h"
#include "base/text.h"
#include "project/invocation.h"
#include "select/select.h"
#include "support/load_manifest.h"

using namespace modelc;
using jinja::Value;

namespace {

const std::string golden = MODELC_SOURCE_DIR "/tests/golden/select/";

/// A shell's reading of the arguments: blanks divide, quotes hold together.
std::vector<std::string> arguments_of(std::string_view line) {
  std::vector<std::string> out;
  std::string current;
  bool open = false;
  char quote = 0;
  for (char c : line) {
    if (quote) {
      if (c == quote)
        quote = 0;
      else
        current += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = true;
    } else if (c == ' ') {
      if (open || !current.empty()) out.push_back(std::move(current));
      current.clear();
      open = false;
    } else {
      current += c;
    }
  }
  if (open || !current.empty()) out.push_back(std::move(current));
  return out;
}

struct Block {
  std::string title;
  std::vector<std::string> lines;
};

std::vector<Block> blocks_of(const std::string& path) {
  std::vector<Block> blocks;
  const std::string text = real_file_system().read(path);
  for (std::string_view line : split(text, '\n')) {
    if (line.starts_with("$ ") || line == "$")
      blocks.push_back({std::string(line.substr(std::min<size_t>(2, line.size()))), {}});
    else if (!line.empty())
      blocks.back().lines.emplace_back(line);
  }
  return blocks;
}

struct World {
  SourceMap sources;
  Manifest manifest;
  Project project;
  std::optional<StateManifest> state_manifest;
  std::optional<StateRunResults> state_results;
  std::optional<Value> state_sources, current_sources;
  std::vector<std::string> messages;
  std::unique_ptr<EventBus> events;
  Invocation invocation;

  World() {
    testing::ManifestLoader(manifest, sources)
        .load(jinja::parse_json(real_file_system().read(golden + "manifest.json")));
    manifest.selectors.clear();
    state_manifest = read_manifest(real_file_system(), golden + "state/manifest.json");
    state_results = read_run_results(real_file_system(), golden + "state/run_results.json");
    state_sources = read_json_file(real_file_system(), golden + "state/sources.json");
    current_sources = read_json_file(real_file_system(), golden + "target/sources.json");
    EventBusOptions options;
    options.write_terminal = [this](std::string_view line) { messages.emplace_back(line); };
    events = std::make_unique<EventBus>(options);
    invocation.command = "list";
    invocation.fs = &real_file_system();
    invocation.sources = &sources;
    invocation.events = events.get();
    Package root;
    root.is_root = true;
    root.project.name = "shop";
    root.project.root = golden + "project";
    project.packages.push_back(std::move(root));
    project.target.name = "dev";
    project.target.profile_name = "select";
    project.target.type = "sqlite";
    project.target.credentials = Value::dict();
    project.cli_vars = Value::dict();
  }

  StateInputs state(bool with_folder) const {
    StateInputs inputs;
    inputs.current_sources = &*current_sources;
    if (!with_folder) return inputs;
    inputs.manifest = &*state_manifest;
    inputs.run_results = &*state_results;
    inputs.sources = &*state_sources;
    return inputs;
  }

  static SelectionRequest list_request() {
    using enum ResourceType;
    SelectionRequest request;
    request.default_types = {model,  snapshot,    seed,           test,      source,  exposure,
                             metric, saved_query, semantic_model, unit_test, function};
    request.types = request.default_types;
    request.types.push_back(analysis);
    request.include_empty = true;
    return request;
  }

  /// The lines that record.py writes below a case.
  std::vector<std::string> run(const SelectionRequest& request, bool with_state) {
    messages.clear();
    std::vector<std::string> lines, ids;
    std::string error;
    try {
      for (NodeId id : select_nodes(invocation, project, manifest, request, state(with_state)))
        ids.push_back(manifest.node(id).unique_id);
    } catch (const Error& e) {
      error = "error: " + replace_all(render_brief(e.diagnostic()), "\n", "\\n");
    }
    for (const std::string& message : messages) {
      const size_t at = message.find("The selection criterion");
      if (at != std::string::npos)
        lines.push_back("NoNodesForSelectionCriteria: " + std::string(trim(std::string_view(message).substr(at))));
    }
    if (!error.empty()) {
      lines.push_back(error);
      return lines;
    }
    std::sort(ids.begin(), ids.end());
    lines.insert(lines.end(), ids.begin(), ids.end());
    return lines;
  }
};

World& world() {
  static World instance;
  return instance;
}

/// The class of Python's exception is not ours.
std::string without_class(const std::string& line) {
  return line.starts_with("error: ") ? "error: " + line.substr(line.find(": ", 7) + 2) : line;
}

void check_same(const std::string& title, const std::vector<std::string>& expected,
                const std::vector<std::string>& actual) {
  std::vector<std::string> wanted;
  for (const std::string& line : expected) wanted.push_back(without_class(line));
  INFO("$ ", title);
  if (expected.size() == 1 &&
      expected[0].starts_with("error: ValueError: ")) {  // a fault that dbt does not handle: it has no label
    CHECK(join(actual, "\n").ends_with(wanted[0].substr(7)));
    return;
  }
  CHECK(join(actual, "\n") == join(wanted, "\n"));
}

}  // namespace

TEST_CASE("selection is dbt's on every recorded case") {
  const std::vector<Block> blocks = blocks_of(golden + "expected.txt");
  REQUIRE(blocks.size() > 300);
  for (const Block& block : blocks) {
    SelectionRequest request = World::list_request();
    bool with_state = false;
    std::vector<std::string>* list = nullptr;
    for (const std::string& argument : arguments_of(block.title)) {
      if (argument == "--select")
        list = &request.select;
      else if (argument == "--exclude")
        list = &request.exclude;
      else if (argument == "--resource-type")
        list = &request.resource_types;
      else if (argument == "--exclude-resource-type")
        list = &request.exclude_resource_types;
      else if (argument == "--selector" || argument == "--indirect-selection" || argument == "--state")
        list = nullptr;
      else if (list)
        list->push_back(argument);
      if (argument == "--state") with_state = true;
    }
    const std::vector<std::string> arguments = arguments_of(block.title);
    for (size_t i = 0; i + 1 < arguments.size(); ++i) {
      if (arguments[i] == "--selector") request.selector = arguments[i + 1];
      if (arguments[i] == "--indirect-selection") request.indirect_selection = arguments[i + 1];
    }
    check_same(block.title, block.lines, world().run(request, with_state));
  }
}

TEST_CASE("selectors.yml is read and refused as dbt does") {
  MemoryFileSystem files;
  World& w = world();
  for (const Block& block : blocks_of(golden + "expected_selector_files.txt")) {
    files.files.clear();
    files.files["/shop/selectors.yml"] = block.title + "\n";
    w.invocation.fs = &files;
    w.project.packages[0].project.root = "/shop";
    SelectionRequest request = World::list_request();
    request.resource_types = {"model", "seed"};
    const std::vector<std::string> actual = w.run(request, false);
    if (block.lines == std::vector<std::string>{"everything"}) {
      INFO("$ ", block.title);
      CHECK(actual.size() == 21);
    } else {
      check_same(block.title, block.lines, actual);
    }
    w.invocation.fs = &real_file_system();
    w.project.packages[0].project.root = golden + "project";
  }
}

TEST_CASE("the manifest's form of selectors.yml is dbt's") {
  World& w = world();
  const Value expected = jinja::parse_json(real_file_system().read(golden + "manifest.json")).get("selectors");
  const std::vector<SelectorDefinition> selectors = load_selectors(w.invocation, w.project);
  REQUIRE(selectors.size() == expected.as_dict().size());
  for (const SelectorDefinition& selector : selectors)
    CHECK(jinja::to_json(selector.manifest_entry) == jinja::to_json(expected.get(selector.name)));
}
