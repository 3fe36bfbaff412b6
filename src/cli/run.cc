// run, test, build, seed, snapshot, clone, compile, docs generate, source freshness: everything that walks selected
// nodes.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/alerts.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/execute.h"
#include "jinja/json.h"

namespace modelc {
namespace {

using enum ResourceType;

struct TaskOfCommand {
  std::string_view command;
  TaskKind kind;
  std::vector<ResourceType> types;
};

const std::vector<TaskOfCommand>& tasks() {
  static const std::vector<TaskOfCommand> table = {
      {"run", TaskKind::run, {model}},
      {"test", TaskKind::test, {test, unit_test}},
      {"build", TaskKind::build, {model, seed, snapshot, test, unit_test, saved_query, exposure, function}},
      {"seed", TaskKind::seed, {seed}},
      {"snapshot", TaskKind::snapshot, {snapshot}},
      {"clone", TaskKind::clone, {model, seed, snapshot}},
      {"compile", TaskKind::compile, {model, test, snapshot, analysis, operation, seed, sql_operation, function}},
      {"docs generate", TaskKind::compile, {model, test, snapshot, analysis, operation, seed, sql_operation, function}},
  };
  return table;
}

const TaskOfCommand& task_of(std::string_view command) {
  for (const auto& task : tasks()) {
    if (task.command == command) return task;
  }
  throw Error(ErrorKind::internal, "cli/no-task", fmt::format("no task for the command '{}'", command));
}

}  // namespace

TaskKind task_kind(std::string_view command) { return task_of(command).kind; }
std::vector<ResourceType> task_types(std::string_view command) { return task_of(command).types; }

CompileEnvironment compile_environment(Session& session, std::vector<NodeId> selected) {
  return CompileEnvironment{session.invocation,
                            *session.parsed,
                            session.adapter.get(),
                            &session.cache,
                            session.defer_manifest ? &*session.defer_manifest : nullptr,
                            std::move(selected)};
}

RunOutcome execute_nodes(Session& session, TaskKind kind, std::vector<NodeId> nodes, const StateRunResults* previous) {
  RunRequest request;
  request.kind = kind;
  request.nodes = nodes;
  request.state = state_inputs(session);
  request.previous = previous;
  request.timings = &session.timings;
  const CompileEnvironment environment = compile_environment(session, std::move(nodes));
  try {
    StageTimer timer(session.timings, "run");
    RunOutcome outcome = run_nodes(environment, request);
    if (session.flags().timings) session.finished = outcome.results;
    return outcome;
  } catch (...) {
    write_manifest(session, {});
    throw;
  }
}

void write_run_artifacts(Session& session, const RunOutcome& outcome) {
  write_manifest(session, outcome.compiled);
  if (session.flags().write_json) {
    StageTimer timer(session.timings, "write run_results");
    write_artifact(session, "run_results.json",
                   run_results_json(session.invocation, outcome.results, outcome.elapsed_seconds));
  }
  if (outcome.failure) std::rethrow_exception(outcome.failure);
}

int command_run(Session& session) {
  const auto& task = task_of(session.invocation.command);
  load_and_parse(session);
  load_state(session);
  connect(session);
  const RunOutcome outcome = execute_nodes(session, task.kind, select_for(session, task.types), nullptr);
  write_run_artifacts(session, outcome);
  alert_on_results(session, outcome);
  return outcome.exit_code();
}

namespace {

/// dbt: FreshnessThreshold.__bool__: one of the two ages is given in full.
bool has_freshness(const Node& source) {
  const jinja::Value& freshness = source.source->freshness;
  auto is_given = [&](std::string_view key) {
    const jinja::Value age = freshness.get(key);
    return age.is_dict() && !age.get("count").is_none() && !age.get("period").is_none();
  };
  return freshness.is_dict() && (is_given("warn_after") || is_given("error_after"));
}

void deprecate_freshness_usage(const Session& session) {
  const Manifest& manifest = session.parsed->manifest;
  const bool has_hooks = !manifest.on_run_start.empty() || !manifest.on_run_end.empty();
  if (has_hooks && !session.flags().behavior.at("source_freshness_run_project_hooks")) {
    deprecate(session, "SourceFreshnessProjectHooksNotRun", "D017",
              "`source freshness` does not run the project's `on-run-start` and `on-run-end` hooks, because the flag "
              "source_freshness_run_project_hooks is off. It will not be possible to switch it off.");
  }
  if (const auto& path = session.flags().output_path) {
    deprecate(
        session, "CustomOutputPathInSourceFreshnessDeprecation", "D029",
        fmt::format("Custom output path usage `--output {}` usage detected in `source freshness` command.", *path),
        jinja::Value::dict({{"path", jinja::Value(*path)}}));
  }
}

}  // namespace

int command_freshness(Session& session) {
  load_and_parse(session);
  load_state(session);
  connect(session);
  auto nodes = select_for(session, {source});
  const Manifest& manifest = session.parsed->manifest;
  deprecate_freshness_usage(session);
  std::erase_if(nodes, [&](NodeId id) { return !has_freshness(manifest.node(id)); });
  const RunOutcome outcome = execute_nodes(session, TaskKind::freshness, std::move(nodes), nullptr);
  write_manifest(session, outcome.compiled);
  const std::string text = sources_json(session.invocation, outcome.results, outcome.elapsed_seconds);
  if (const auto& path = session.flags().output_path) {
    session.invocation.fs->write(*path, text);
  } else {
    write_artifact(session, "sources.json", text);
  }
  alert_on_results(session, outcome);
  say(session, "FreshnessCheckComplete", "Q003", EventLevel::info, "Done.");
  return outcome.exit_code();
}

/// The folders of `asset-paths`, for the pictures that descriptions show: each anew, with what is in it now.
void copy_assets(Session& session) {
  const ProjectFile& project = session.parsed->project.root().project;
  FileSystem& files = *session.invocation.fs;
  for (const auto& folder : project.asset_paths) {
    const std::string relative = path_normalize(folder);
    if (relative.empty() || relative == "." || relative.starts_with("..") || relative.starts_with("/")) continue;
    const std::string from = path_join(project.root, relative), to = target_path(session, relative);
    files.remove_all(to);
    for (const auto& name : files.list_recursive(from))
      files.write(path_join(to, name), files.read(path_join(from, name)));
  }
}

int generate_docs(Session& session, std::vector<NodeId> nodes, const StateRunResults* previous) {
  RunOutcome outcome;
  if (session.flags().compile_docs) {
    outcome = execute_nodes(session, TaskKind::compile, nodes, previous);
    write_run_artifacts(session, outcome);
    if (outcome.exit_code() != exit_success) {
      say(session, "CannotGenerateDocs", "E043", EventLevel::error, "compile failed, cannot generate docs");
      return outcome.exit_code();
    }
  }
  copy_assets(session);
  std::vector<std::string> errors;
  std::vector<CatalogTable> tables;
  if (!session.flags().empty_catalog) {
    say(session, "BuildingCatalog", "E044", EventLevel::info, "Building catalog");
    StageTimer timer(session.timings, "catalog");
    auto catalogued = nodes;
    for (NodeId id : select_for(session, {source})) catalogued.push_back(id);
    tables = collect_catalog(compile_environment(session, nodes), catalogued, &errors);
  }
  write_artifact(session, "catalog.json", catalog_json(session.invocation, tables, errors));
  say(session, "CatalogWritten", "E042", EventLevel::info,
      fmt::format("Catalog written to {}", path_absolute(target_path(session, "catalog.json"))));
  return errors.empty() ? exit_success : exit_node_failed;
}

int command_docs_generate(Session& session) {
  load_and_parse(session);
  load_state(session);
  connect(session);
  return generate_docs(session, select_for(session, task_types("docs generate")), nullptr);
}

}  // namespace modelc
