#include "project_fixture.h"

#include "artifacts/artifacts.h"
#include "jinja/json.h"

namespace modelc::test {
namespace {

struct World {
  MemoryFileSystem fs;
  SourceMap sources;
  std::vector<std::string> lines;
  std::unique_ptr<EventBus> bus;
  ParsedCommandLine command_line;
};

/// Names and texts of the events in JSON log lines.
void read_events(const std::vector<std::string>& lines, ParsedText& out) {
  for (const std::string& line : lines) {
    if (line.empty() || line[0] != '{') continue;
    const jinja::Value info = jinja::parse_json(line).get("info");
    out.events.push_back(info.get_string("name"));
    out.messages.push_back(info.get_string("msg"));
  }
}

std::string shown(const Diagnostic& diagnostic) {
  std::string place = format_place(diagnostic.span);
  std::string text = (place.empty() ? "" : place + ": ") + render_brief(diagnostic);
  return diagnostic.hint.empty() ? text : text + "\nhint: " + diagnostic.hint;
}

}  // namespace

ParsedText parse_text_project(std::map<std::string, std::string> files, const std::vector<std::string>& arguments) {
  auto world = std::make_shared<World>();
  if (!files.contains("dbt_project.yml")) files["dbt_project.yml"] = "name: p\nversion: '1.0'\nconfig-version: 2\n";
  files["dbt_project.yml"] += "\nprofile: test\n";
  for (auto& [path, text] : files) world->fs.files["/p/" + path] = text;
  world->fs.files["/profiles/profiles.yml"] =
      "test:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: 1, database: db, schema: main, "
      "schemas_and_paths: {main: /p/main.db}, schema_directory: /p}\n";
  std::vector<std::string> line = {"modelc", "parse"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  world->command_line = parse_command_line(line, {});
  Invocation& invocation = world->command_line.invocation;
  invocation.flags.project_dir = "/p";  // in memory: the command line would look for it on the disk
  invocation.flags.profiles_dir = "/profiles";
  invocation.fs = &world->fs;
  invocation.sources = &world->sources;
  invocation.started_at = 1'700'000'000'000'000;
  EventBusOptions options;
  options.format = LogFormat::json;
  options.level = EventLevel::debug;
  options.show_all_deprecations = true;
  World* raw = world.get();
  options.write_terminal = [raw](std::string_view text) { raw->lines.emplace_back(text); };
  world->bus = std::make_unique<EventBus>(options);
  invocation.events = world->bus.get();

  ParsedText out;
  out.keeper = world;
  out.invocation = &invocation;
  try {
    apply_project_flags(world->command_line, read_project_flags(invocation, "/p"));
    out.parsed = parse_project(invocation, load_project(invocation));
    out.manifest = jinja::parse_json(manifest_json(invocation, out.parsed->project, out.parsed->manifest, {}));
    out.manifest.as_dict().set("semantic_manifest", jinja::parse_json(semantic_manifest_json(out.parsed->manifest)));
  } catch (const ParseErrors& errors) {
    for (const Diagnostic& diagnostic : errors.all()) out.faults.push_back(shown(diagnostic));
  } catch (const Error& error) {
    out.faults.push_back(shown(error.diagnostic()));
  }
  read_events(world->lines, out);
  return out;
}

}  // namespace modelc::test
