// Microbatch models: one run of the materialization for each batch of event time (dbt: MicrobatchModelRunner).
#include <fmt/format.h>

#include <algorithm>

#include "compile/event_time.h"
#include "compile/relation_lookup.h"
#include "compile/relations.h"
#include "jinja/pymodules.h"
#include "run/interrupt.h"
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

using Window = std::pair<Micros, Micros>;

Error model_error(const Node& node, std::string code, std::string message) {
  Error error(ErrorKind::runtime, std::move(code), std::move(message), node.declared_at);
  error.diagnostic().subject = node_subject(node);
  return error;
}

BatchSize batch_size_of(const Node& node) {
  if (const auto size = parse_batch_size(node.config.get_string("batch_size"))) return *size;
  throw model_error(node, "run/no-batch-size",
                    fmt::format("Microbatch model '{}' does not have a 'batch_size' config (one of ['hour', 'day', "
                                "'month', 'year']) specificed.",
                                node.name));
}

/// Does the table exist, and is this no full refresh?
bool is_incremental(NodeTask& task, RuntimeContext& context) {
  const auto relation = find_relation(context, context.this_relation());
  if (!relation || relation->type != RelationType::table) return false;
  const Value own = task.node.config.get("full_refresh");
  return !(own.is_bool() ? own.as_bool() : task.shared.environment.invocation.flags.full_refresh);
}

std::optional<Micros> flag_time(const std::optional<std::string>& text, std::string_view flag) {
  if (!text) return std::nullopt;
  return event_time_of(Value(*text), flag);
}

/// dbt: MicrobatchBuilder.build_end_time, build_start_time, build_batches.
std::vector<Window> build_windows(NodeTask& task, bool incremental) {
  const Invocation& invocation = task.shared.environment.invocation;
  const BatchSize size = batch_size_of(task.node);
  auto first = flag_time(invocation.flags.event_time_start, "--event-time-start");
  auto last = flag_time(invocation.flags.event_time_end, "--event-time-end");
  if (const auto& sample = task.shared.compiler.shared().sample()) {
    first = sample->first;
    last = sample->second;
  }
  const Micros default_end = task.shared.request.previous && task.shared.request.previous->generated_at
                                 ? task.shared.request.previous->generated_at
                                 : invocation.started_at;
  const Micros end = ceil_to_batch(last.value_or(default_end), size);
  Micros start;
  if (first) {
    start = truncate_to_batch(*first, size);
  } else if (!incremental) {
    const Value begin = task.node.config.get("begin");
    if (begin.is_undefined() || begin.is_none()) {
      throw model_error(task.node, "run/no-begin",
                        fmt::format("Microbatch model '{}' requires a 'begin' configuration.", task.node.name));
    }
    start = truncate_to_batch(event_time_of(begin, "begin of " + task.node.name), size);
  } else {
    const Value lookback = task.node.config.get("lookback");
    const int64_t back = lookback.is_int() ? lookback.as_int() : 1;
    start = offset_batches(end, size, -(back + (end == truncate_to_batch(end, size) ? 1 : 0)));
  }
  std::vector<Window> windows = {{start, offset_batches(start, size, 1)}};
  while (windows.back().second < end)
    windows.emplace_back(windows.back().second, offset_batches(windows.back().second, size, 1));
  windows.back().second = end;
  return windows;
}

/// retry: only the batches that failed, when some had succeeded.
const BatchResults* earlier_batches(const NodeTask& task) {
  if (!task.shared.request.previous) return nullptr;
  for (const auto& result : task.shared.request.previous->results) {
    if (result.unique_id != task.node.unique_id || !result.batch_results) continue;
    const BatchResults& batches = *result.batch_results;
    return batches.successful.empty() || batches.failed.empty() ? nullptr : &batches;
  }
  return nullptr;
}

/// The model's config for one batch: hooks run before the first and after the last one only.
Value batch_config(const Node& node, const Window& window, bool is_first, bool is_last) {
  Value config = jinja::deep_copy(node.config);
  if (!is_first) config.as_dict().set("pre-hook", Value::list());
  if (!is_last) config.as_dict().set("post-hook", Value::list());
  config.as_dict().set("__dbt_internal_microbatch_event_time_start", jinja::make_datetime(window.first));
  config.as_dict().set("__dbt_internal_microbatch_event_time_end", jinja::make_datetime(window.second));
  return config;
}

Value constant(std::string_view name, bool value) {
  return Value::function(std::string(name), [value](jinja::State&, jinja::CallArgs&) { return Value(value); });
}

struct BatchRun {
  const Window& window;
  size_t index, count;
  bool incremental;
};

/// Compiles and builds one batch. Errors are thrown.
std::string build_batch(NodeTask& task, const BatchRun& run, BatchSize size, Outcome& outcome) {
  RuntimeContext context(task.shared.compiler.shared(), task.session, task.node);
  context.batch = Batch{batch_id(run.window.first, size), run.window.first, run.window.second};
  context.set_config(batch_config(task.node, run.window, run.index == 0, run.index + 1 == run.count));
  task.compiled = task.shared.compiler.compile(context, format_batch_start(run.window.first, size));
  context.results().clear();
  if (run.incremental) {
    context.shadow("is_incremental", constant("is_incremental", true));
    context.shadow("should_full_refresh", constant("should_full_refresh", false));
  }
  try {
    const Value returned = call_materialization(task.shared, context, task.node.materialized());
    cache_relations(context, returned, task.node.materialized());
  } catch (...) {
    task.build_path = context.build_path;
    throw;
  }
  task.build_path = context.build_path;
  const Outcome main = outcome_of_main(context);
  outcome.adapter_response = main.adapter_response;
  task.session.rollback();
  return main.message;
}

void report_failure(NodeTask& task, Error& error) {
  keep_project_places(task.shared.compiler.shared(), error.diagnostic());
  const std::string text = error_message(error, task.build_path);
  std::string shown =
      fmt::format("Unhandled error while executing {}\nException on worker thread. {}", task.node.unique_id, text);
  if (const std::string details = render_details(error.diagnostic()); !details.empty()) shown += "\n" + details;
  task.shared.log.note("GenericExceptionOnRun", "W004", EventLevel::error, shown,
                       Value::dict({{"unique_id", Value(task.node.unique_id)}, {"exc", Value(text)}}), task.info());
}

/// One batch from its start line to its result line. False when it failed.
bool run_batch(NodeTask& task, const BatchRun& run, BatchSize size, Outcome& outcome) {
  const std::string description = fmt::format("batch {} of {}", format_batch_start(run.window.first, size),
                                              node_representation(task.shared.environment, task.node));
  const Position position{static_cast<int>(run.index) + 1, static_cast<int>(run.count)};
  task.shared.log.batch_start(task.info(), description, position);
  const int64_t started = monotonic_nanos();
  std::string status;
  bool ok = true;
  try {
    status = build_batch(task, run, size, outcome);
  } catch (DatabaseError& error) {
    task.session.rollback();
    if (task.compiled) locate_database_error(error, task.node, *task.compiled);
    report_failure(task, error);
    ok = false;
  } catch (Error& error) {
    task.session.rollback();
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = node_subject(task.node);
    report_failure(task, error);
    ok = false;
  }
  const double seconds = static_cast<double>(monotonic_nanos() - started) / 1e9;
  task.shared.log.batch_result(task.info(), description, ok ? status : "error", position, seconds);
  return ok;
}

void skip_batch(NodeTask& task, const Window& window, size_t index, size_t count, BatchSize size) {
  const std::string description = fmt::format("batch {} of {}", format_batch_start(window.first, size),
                                              node_representation(task.shared.environment, task.node));
  task.shared.log.batch_result(task.info(), description, "skipped",
                               {static_cast<int>(index) + 1, static_cast<int>(count)}, 0.0);
}

void conclude(Outcome& outcome, BatchResults batches, const BatchResults* earlier) {
  const size_t good = batches.successful.size(), bad = batches.failed.size();
  if (bad == 0) {
    outcome.status = RunStatus::success;
    outcome.message = "SUCCESS";
  } else if (good == 0) {
    outcome.status = RunStatus::error;
    outcome.message = "ERROR";
  } else {
    outcome.status = RunStatus::partial_success;
    outcome.message = fmt::format("PARTIAL SUCCESS ({}/{})", good, good + bad);
  }
  if (earlier)
    batches.successful.insert(batches.successful.end(), earlier->successful.begin(), earlier->successful.end());
  outcome.batch_results = std::move(batches);
}

}  // namespace

bool runs_in_batches(RunShared& shared, const Node& node) {
  if (node.resource_type != ResourceType::model || node.materialized() != "incremental" ||
      node.config.get_string("incremental_strategy") != "microbatch") {
    return false;
  }
  if (shared.compiler.shared().behavior("require_batched_execution_for_custom_microbatch_strategy")) return true;
  const MacroId macro = shared.compiler.shared().find_macro("get_incremental_microbatch_sql");
  return macro != no_id && shared.manifest.macros[macro].embedded;
}

Outcome execute_microbatch(NodeTask& task) {
  { StepTimer timer(task.timing, "compile"); }
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  const BatchSize size = batch_size_of(task.node);
  const BatchResults* earlier = earlier_batches(task);
  RuntimeContext looker(task.shared.compiler.shared(), task.session, task.node);
  const bool incremental = is_incremental(task, looker);
  const std::vector<Window> windows = earlier ? earlier->failed : build_windows(task, incremental);

  Outcome outcome;
  outcome.failures = 0;
  BatchResults batches;
  bool first_ok = true;
  for (size_t i = 0; i < windows.size(); ++i) {
    // Without its first batch the table does not exist: the others have nothing to add to.
    if ((i > 0 && !first_ok) || InterruptGuard::requested()) {
      skip_batch(task, windows[i], i, windows.size(), size);
      batches.failed.push_back(windows[i]);
      continue;
    }
    const bool ok = run_batch(task, {windows[i], i, windows.size(), i > 0 || incremental}, size, outcome);
    if (i == 0) first_ok = ok;
    (ok ? batches.successful : batches.failed).push_back(windows[i]);
  }
  conclude(outcome, std::move(batches), earlier);
  return outcome;
}

}  // namespace modelc
