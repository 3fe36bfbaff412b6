// One run from the first line to the last: schemas, cache, hooks, nodes, hooks, summary.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "compile/relation_lookup.h"
#include "compile/relations.h"
#include "context/relation_object.h"
#include "run/executor.h"
#include "run/hooks.h"
#include "run/interrupt.h"
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

bool builds_relations(TaskKind kind) {
  switch (kind) {
    case TaskKind::build:
    case TaskKind::run:
    case TaskKind::test:
    case TaskKind::seed:
    case TaskKind::snapshot:
    case TaskKind::clone:
      return true;
    default:
      return false;
  }
}

/// Does the command read what sources hold?
bool reads_sources(TaskKind kind) {
  switch (kind) {
    case TaskKind::build:
    case TaskKind::run:
    case TaskKind::test:
    case TaskKind::snapshot:
    case TaskKind::show:
    case TaskKind::freshness:
      return true;
    default:
      return false;
  }
}

bool has_hooks(const RunShared& shared) {
  switch (shared.request.kind) {
    case TaskKind::build:
    case TaskKind::run:
    case TaskKind::test:
    case TaskKind::seed:
    case TaskKind::snapshot:
      return true;
    case TaskKind::freshness: {
      const auto& flags = shared.environment.invocation.flags.behavior;
      const auto found = flags.find("source_freshness_run_project_hooks");
      return found == flags.end() || found->second;
    }
    default:
      return false;
  }
}

using SchemaSet = std::set<std::pair<std::string, std::string>>;  // database, schema

void add_schema(SchemaSet& schemas, const Node& node) {
  if (is_relational(node) && !node.is_ephemeral() && !node.schema.empty()) schemas.emplace(node.database, node.schema);
}

/// Schemas that the selected nodes write to. A test writes when its failures are stored.
SchemaSet written_schemas(const RunShared& shared) {
  SchemaSet schemas;
  for (NodeId id : shared.request.nodes) {
    const Node& node = shared.manifest.node(id);
    add_schema(schemas, node);
    if (stores_failures(shared.environment, node)) schemas.emplace(node.database, node.schema);
  }
  return schemas;
}

/// Schemas whose relations the run may ask for.
SchemaSet cached_schemas(const RunShared& shared, const SchemaSet& written) {
  SchemaSet schemas = written;
  if (!shared.environment.invocation.flags.cache_selected_only) {
    for (const Node& node : shared.manifest.nodes) add_schema(schemas, node);
  }
  if (shared.request.kind == TaskKind::clone) {
    for (NodeId id : shared.request.nodes) {
      const Value entry = defer_entry(shared.environment, shared.manifest.node(id));
      if (entry.is_dict()) schemas.emplace(entry.get_string("database"), entry.get_string("schema"));
    }
  }
  return schemas;
}

std::optional<std::string> optional_text(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

void create_schemas(RunShared& shared, RuntimeContext& context, const SchemaSet& schemas,
                    std::set<std::string>& existing) {
  for (const auto& [database, schema] : schemas) {
    if (!existing.insert(to_lower(schema)).second) continue;
    Relation relation = make_relation(*shared.manifest.adapter, optional_text(database), schema, std::nullopt);
    relation.include.identifier = false;
    create_schema(context, relation);
  }
}

/// Before the first node: missing schemas are made, and what exists is listed once.
void prepare_schemas(RunShared& shared, SqlSession& session) {
  RuntimeContext context(shared.compiler.shared(), session, shared.environment.parsed.project.root().project.name);
  const SchemaSet written = builds_relations(shared.request.kind) ? written_schemas(shared) : SchemaSet();
  std::set<std::string> existing;
  const bool populates = shared.environment.invocation.flags.populate_cache;
  if (written.empty() && !populates) return;
  for (const auto& schema : list_schemas(context, optional_text(shared.environment.parsed.project.target.database)))
    existing.insert(to_lower(schema));
  create_schemas(shared, context, written, existing);
  if (!populates) return;
  for (const auto& [database, schema] : cached_schemas(shared, written)) {
    if (existing.contains(to_lower(schema)))
      cache_schema(context, optional_text(database), schema);
    else
      shared.compiler.shared().cache().fill(schema, {});
  }
}

int thread_count(const CompileEnvironment& environment) {
  return std::max(1, environment.invocation.flags.threads.value_or(environment.parsed.project.target.threads));
}

ExecutorOptions executor_options(const RunShared& shared) {
  const TaskKind kind = shared.request.kind;
  ExecutorOptions options;
  options.threads = thread_count(shared.environment);
  options.fail_fast = shared.environment.invocation.flags.fail_fast;
  options.keep_edges = kind != TaskKind::clone;
  options.skip_after_failed_tests = kind == TaskKind::build;
  if (shared.environment.adapter && builds_relations(kind))
    options.head_start = shared.environment.adapter->head_start();
  options.stop_at_first_error = kind == TaskKind::compile || kind == TaskKind::show;
  return options;
}

/// When on-run-start failed and the project wants that to stop the nodes.
void skip_everything(RunShared& shared, RunOutcome& outcome) {
  int index = 0;
  const int total = count_of_nodes(shared.manifest, shared.request.nodes);
  for (NodeId id : shared.request.nodes) {
    const Node& node = shared.manifest.node(id);
    if (node.is_ephemeral()) continue;
    outcome.results.push_back(skip_node(shared, node, {++index, total}, nullptr));
  }
}

/// compile and show end with the first error as the command's own.
[[noreturn]] void throw_first_error(const RunResult& result) {
  Diagnostic diagnostic;
  if (result.diagnostic) diagnostic = *result.diagnostic;
  diagnostic.kind = ErrorKind::runtime;
  diagnostic.message = result.message;
  diagnostic.subject.clear();
  throw Error(std::move(diagnostic));
}

void show_seeds(const RunShared& shared, const RunOutcome& outcome) {
  for (const auto& result : outcome.results) {
    const auto table = result.status == RunStatus::error ? nullptr : table_of(result.extra);
    if (!table || result.node == no_id) continue;
    const Node& node = shared.manifest.node(result.node);
    const std::string header = fmt::format("Random sample of table: {}.{}", node.schema, node_identifier(node));
    shared.log.blank();
    shared.log.note("SeedHeader", "Q004", EventLevel::info, header, Value::dict({{"header", Value(header)}}));
    shared.log.note("Formatting", "Z017", EventLevel::info, std::string(header.size(), '-'));
    std::string rows = print_table(*table, 10);
    while (!rows.empty() && rows.back() == '\n') rows.pop_back();
    Event event{"PrintEvent", "Z052", EventLevel::info, rows, Value::dict({{"msg", Value(rows)}}), {}};
    event.print_only = true;
    shared.environment.invocation.events->fire(event);
    shared.log.blank();
  }
}

/// The last lines of the command.
void print_end(const RunShared& shared, const RunOutcome& outcome) {
  const TaskKind kind = shared.request.kind;
  if (kind == TaskKind::compile || kind == TaskKind::show) return;
  if (kind != TaskKind::clone) shared.log.finished_running(shared.manifest, outcome.results, outcome.elapsed_seconds);
  if (kind == TaskKind::freshness) {
    for (const auto& result : outcome.results) {
      if (result.status == RunStatus::runtime_error || result.status == RunStatus::error)
        shared.log.failure(shared.manifest, outcome.compiled, result, false);
    }
    return;
  }
  if (kind == TaskKind::seed && shared.environment.invocation.flags.show) show_seeds(shared, outcome);
  shared.log.end_of_run(shared.manifest, outcome.compiled, outcome.results, outcome.interrupted);
}

std::unique_ptr<Connection> open_connection(const CompileEnvironment& environment, TaskKind kind) {
  const bool introspects = environment.invocation.flags.introspect || kind != TaskKind::compile;
  return environment.adapter && introspects ? environment.adapter->connect("master") : nullptr;
}

/// When a signal came before the nodes: what was not run says why.
void skip_after_interrupt(RunShared& shared, RunOutcome& outcome) {
  outcome.interrupted = true;
  for (NodeId id : shared.request.nodes) {
    const Node& node = shared.manifest.node(id);
    if (!node.is_ephemeral()) outcome.results.push_back(unrun_result(node, skipped_by_interrupt));
  }
}

Connection* connection_of(const SqlSession& session) { return session.connected() ? &session.connection() : nullptr; }

bool run_start_hooks(RunShared& shared, SqlSession& session, RunOutcome& outcome) {
  if (!has_hooks(shared)) return true;
  const InterruptWatch watch(connection_of(session));
  if (run_hooks(shared, session, HookKind::on_run_start, {}, outcome.results)) return true;
  return !shared.compiler.shared().behavior("skip_nodes_if_on_run_start_fails");
}

void run_with_hooks(RunShared& shared, SqlSession& session, RunOutcome& outcome) {
  const bool goes_on = run_start_hooks(shared, session, outcome);
  if (InterruptGuard::requested()) return skip_after_interrupt(shared, outcome);
  if (!goes_on) {
    skip_everything(shared, outcome);
    if (has_hooks(shared))
      run_hooks(shared, session, HookKind::on_run_end, end_hook_names(shared, {}), outcome.results);
    return;
  }
  const ExecutorOptions options = executor_options(shared);
  ExecutorResult executed = execute_nodes(shared, session, shared.request.nodes, options);
  outcome.interrupted = executed.interrupted;
  if (executed.stopped_by && options.stop_at_first_error) throw_first_error(*executed.stopped_by);
  if (executed.stopped_by && !executed.interrupted)
    shared.log.failure(shared.manifest, shared.compiler.codes(), *executed.stopped_by, false);
  for (auto& result : executed.results) outcome.results.push_back(std::move(result));
  if (!has_hooks(shared) || outcome.interrupted) return;
  const std::vector<RunResult> seen = outcome.results;  // hooks append to the list that their templates look at
  const InterruptWatch watch(connection_of(session));
  try {
    run_hooks(shared, session, HookKind::on_run_end, end_hook_names(shared, seen), outcome.results);
  } catch (const Error&) {
    outcome.failure = std::current_exception();
  }
  outcome.interrupted = InterruptGuard::requested();
}

}  // namespace

int RunOutcome::exit_code() const {
  if (interrupted) return 2;
  for (const auto& result : results) {
    switch (result.status) {
      case RunStatus::error:
      case RunStatus::fail:
      case RunStatus::runtime_error:
      case RunStatus::partial_success:
        return 1;
      case RunStatus::skipped:
        if (!result.unique_id.starts_with("exposure.")) return 1;
        break;
      default:
        break;
    }
  }
  return 0;
}

RunOutcome run_nodes(const CompileEnvironment& environment, const RunRequest& request) {
  RunShared shared(environment, request);
  RunOutcome outcome;
  shared.log.found_stats();
  if (request.nodes.empty()) {
    shared.log.nothing_to_do();
    return outcome;
  }
  shared.log.blank();
  shared.log.concurrency(thread_count(environment),
                         static_cast<size_t>(count_of_nodes(shared.manifest, request.nodes)));
  shared.log.blank();

  const InterruptGuard guard;
  const int64_t started = monotonic_nanos();
  const auto connection = open_connection(environment, request.kind);
  SqlSession session(shared.compiler.shared(), connection.get());
  if (connection) prepare_schemas(shared, session);
  if (connection && reads_sources(request.kind)) {
    std::optional<StageTimer> timer;
    if (request.timings) timer.emplace(*request.timings, "load sources");
    shared.external_faults = load_external_sources(shared.compiler.shared(), session, request.nodes);
  }
  run_with_hooks(shared, session, outcome);
  session.rollback();
  outcome.elapsed_seconds = static_cast<double>(monotonic_nanos() - started) / 1e9;
  outcome.compiled = shared.compiler.codes();
  if (!outcome.failure) print_end(shared, outcome);
  return outcome;
}

}  // namespace modelc
