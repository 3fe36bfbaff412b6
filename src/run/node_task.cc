#include "run/node_task.h"

#include <fmt/format.h>

#include <new>

#include "base/text.h"
#include "compile/relation_lookup.h"
#include "compile/relations.h"

namespace modelc {

using jinja::Value;

namespace {

bool shows_lines(const RunShared& shared, const Node& node) {
  const TaskKind kind = shared.request.kind;
  return !node.is_ephemeral() && kind != TaskKind::compile && kind != TaskKind::show && kind != TaskKind::clone;
}

bool has_start_line(const Node& node) {
  return node.resource_type != ResourceType::exposure && node.resource_type != ResourceType::saved_query;
}

/// What the command does with this node.
Outcome execute(NodeTask& task) {
  if (const Diagnostic* fault = task.shared.external_faults.find(task.node.id)) throw Error(*fault);
  switch (task.shared.request.kind) {
    case TaskKind::compile:
      return execute_compile(task);
    case TaskKind::show:
      return execute_show(task);
    case TaskKind::clone:
      return execute_clone(task);
    case TaskKind::freshness:
      return execute_freshness(task);
    default:
      break;
  }
  if (task.node.is_ephemeral()) return execute_compile(task);
  switch (task.node.resource_type) {
    case ResourceType::test:
      return execute_data_test(task);
    case ResourceType::unit_test:
      return execute_unit_test(task);
    case ResourceType::exposure:
    case ResourceType::saved_query: {
      Outcome outcome;
      outcome.status = RunStatus::no_op;
      outcome.message = "NO-OP";
      outcome.failures = 0;
      return outcome;
    }
    case ResourceType::analysis:
      return execute_compile(task);
    default:
      break;
  }
  if (runs_in_batches(task.shared, task.node)) return execute_microbatch(task);
  return execute_model(task);
}

/// A failed node has been rolled back: what the cache says of its names must be what the database says.
void restore_cache(NodeTask& task) {
  if (!is_relational(task.node) || !task.session.connected()) return;
  RelationCache& cache = task.shared.compiler.shared().cache();
  if (!cache.has_schema(task.node.schema)) return;
  try {
    const std::string& name = node_identifier(task.node);
    for (const Relation& known : cache.list(task.node.schema)) {
      if (known.identifier && to_lower(*known.identifier).starts_with(to_lower(name))) {
        const std::string_view rest = std::string_view(*known.identifier).substr(name.size());
        if (rest.empty() || rest.starts_with("__dbt_")) cache.drop(known);
      }
    }
    for (const auto& entry : task.session.connection().list_relations(task.node.schema)) {
      const std::string identifier = entry.relation.identifier.value_or("");
      if (!to_lower(identifier).starts_with(to_lower(name))) continue;
      const std::string_view rest = std::string_view(identifier).substr(name.size());
      if (rest.empty() || rest.starts_with("__dbt_")) cache.add(entry.relation);
    }
  } catch (const Error&) {
    // The connection is gone; whoever needs the cache next will say so.
  }
}

const Macro* macro_at(const Manifest& manifest, const Span& span) {
  for (const Macro& macro : manifest.macros) {
    if (&macro.tmpl->file() != span.file) continue;
    const Span& whole = macro.tmpl->macros()[macro.index].span;
    if (span.begin >= whole.begin && span.begin < whole.end) return &macro;
  }
  return nullptr;
}

/// The macros that a compilation error came through, innermost first, as dbt puts them behind the message.
std::string macro_stack(const Manifest& manifest, const Diagnostic& diagnostic) {
  if (diagnostic.kind != ErrorKind::compilation && diagnostic.kind != ErrorKind::contract) return {};
  std::string lines;
  const auto add = [&](const Span& span) {
    const Macro* macro = span ? macro_at(manifest, span) : nullptr;
    if (macro)
      lines += fmt::format("\n  > {} macro {} ({})", lines.empty() ? "in" : "called by", macro->name,
                           macro->original_file_path);
  };
  add(diagnostic.span);
  for (const auto& note : diagnostic.notes) add(note.span);
  return lines.empty() ? lines : "\n  " + lines + "\n  > called by " + diagnostic.subject;
}

void fail_with(RunResult& result, NodeTask& task, Error& error) {
  if (error.diagnostic().subject.empty()) error.diagnostic().subject = node_subject(task.node);
  const std::string stack = macro_stack(task.shared.manifest, error.diagnostic());
  keep_project_places(task.shared.compiler.shared(), error.diagnostic());
  result.status = task.shared.request.kind == TaskKind::freshness ? RunStatus::runtime_error : RunStatus::error;
  result.message = error_message(error, task.build_path) + stack;
  result.diagnostic = error.diagnostic();
  task.shared.log.caught_error(task.info(), result.message);
}

void execute_guarded(NodeTask& task, RunResult& result) {
  try {
    Outcome outcome = execute(task);
    result.status = outcome.status;
    result.message = std::move(outcome.message);
    result.adapter_response = std::move(outcome.adapter_response);
    result.failures = outcome.failures;
    result.batch_results = std::move(outcome.batch_results);
    result.extra = std::move(outcome.extra);
    task.session.rollback();  // what a materialization left open it did not want kept
  } catch (DatabaseError& error) {
    task.session.rollback();
    if (task.compiled) locate_database_error(error, task.node, *task.compiled);
    fail_with(result, task, error);
    restore_cache(task);
  } catch (Error& error) {
    task.session.rollback();
    fail_with(result, task, error);
    restore_cache(task);
  } catch (const std::bad_alloc&) {
    task.session.rollback();
    Error error(ErrorKind::runtime, "run/out-of-memory", "Out of memory", {}, "fewer --threads need less");
    fail_with(result, task, error);
    restore_cache(task);
  } catch (const std::exception& other) {
    task.session.rollback();
    Error error(ErrorKind::internal, "run/internal", other.what());
    fail_with(result, task, error);
    restore_cache(task);
  }
}

}  // namespace

void NodeTask::enter(std::string status) {
  state.status = std::move(status);
  session.node_info = shared.log.node_info(state);
}

std::string error_message(const Error& error, const std::string& build_path) {
  std::string text = render_brief(error.diagnostic());
  if (error.diagnostic().kind == ErrorKind::database && !build_path.empty())
    text += "\n  compiled code at " + build_path;
  return text;
}

std::string describe_node(const RunShared& shared, const Node& node) {
  switch (node.resource_type) {
    case ResourceType::seed:
      return "seed file " + node_representation(shared.environment, node);
    case ResourceType::snapshot:
      return "snapshot " + node_representation(shared.environment, node);
    case ResourceType::function:
      return "function " + node_representation(shared.environment, node);
    case ResourceType::test:
      return "test " + node.name;
    case ResourceType::unit_test: {
      std::string name = node.name;
      const Value& version = node.unit_test->version;
      if (!version.is_undefined() && !version.is_none()) name += "_v" + jinja::to_str(version);
      return fmt::format("unit_test {}::{}", node.unit_test->model_name, name);
    }
    case ResourceType::source:
      return fmt::format("freshness of {}.{}", node.source->source_name, node.name);
    case ResourceType::exposure:
      return "exposure " + node.name;
    case ResourceType::saved_query:
      return "saved query " + node.name;
    default:
      break;
  }
  const std::string kind =
      node.config.get_string("incremental_strategy") == "microbatch" && node.materialized() == "incremental"
          ? "microbatch"
          : node.materialized();
  return fmt::format("{} {} model {}", node.language, kind, node_representation(shared.environment, node));
}

void compile_task(NodeTask& task, RuntimeContext& context, std::string_view split_suffix) {
  StepTimer timer(task.timing, "compile");
  task.enter("compiling");
  task.shared.log.node_compiling(task.info(), task.node);
  task.compiled = task.shared.compiler.compile(context, split_suffix);
}

RunResult run_node(RunShared& shared, SqlSession& session, const Node& node, Position position) {
  NodeTask task(shared, session, node, position);
  const int64_t started = monotonic_nanos();
  task.state.started_at = now_micros();
  RunResult result;
  result.node = node.id;
  result.unique_id = node.unique_id;
  result.thread_id = thread_name();
  result.relation_name = node.relation_name;
  const std::string description = shows_lines(shared, node) ? describe_node(shared, node) : std::string();
  try {
    session.use(node.unique_id, &node);
  } catch (Error& error) {  // a query comment that does not render
    fail_with(result, task, error);
  }
  task.enter("started");
  shared.log.node_start(task.info(), node);
  if (!description.empty() && has_start_line(node)) shared.log.start_line(task.info(), description, position);

  if (!result.diagnostic) execute_guarded(task, result);

  result.execution_time = static_cast<double>(monotonic_nanos() - started) / 1e9;
  result.timing = std::move(task.timing);
  if (task.compiled) {
    result.compiled = true;
    result.compiled_code = task.compiled->sql;
  }
  if (!task.build_path.empty()) shared.compiler.note_build_path(node.id, task.build_path);
  task.state.finished_at = now_micros();
  task.enter(std::string(run_status_name(result.status)));
  if (!description.empty())
    shared.log.result_line(task.info(), node, result, description, position, shared.environment);
  shared.log.node_finished(task.info(), node, result);
  session.use("master", nullptr);
  return result;
}

RunResult skip_node(RunShared& shared, const Node& node, Position position, const RunResult* cause) {
  RunResult result;
  result.node = node.id;
  result.unique_id = node.unique_id;
  result.thread_id = thread_name();
  result.status = RunStatus::skipped;
  result.relation_name = node.relation_name;
  NodeState state{&node, now_micros(), 0, "started", {}};
  shared.log.node_start(shared.log.node_info(state), node);
  state.status = "skipped";
  const Value info = shared.log.node_info(state);
  if (node.is_ephemeral()) {
    // nothing is shown of ephemeral models
  } else if (cause) {
    shared.log.ephemeral_skip_line(node, position, *cause);
    shared.log.failure(shared.manifest, shared.compiler.codes(), *cause, false);
    result.message =
        fmt::format("Compilation Error in {}, caused by compilation error in referenced ephemeral model {}",
                    node.unique_id, cause->unique_id);
  } else {
    shared.log.skip_line(info, node, position);
  }
  shared.log.node_finished(info, node, result);
  return result;
}

}  // namespace modelc
