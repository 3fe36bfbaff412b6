#include "run/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace modelc {

using jinja::Value;

namespace {

std::string plural(size_t count, std::string_view singular, std::string_view plural_form = {}) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural_form.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural_form);
}

std::string counted(size_t count, ResourceType type) {
  return replace_all(plural(count, resource_type_name(type), resource_type_plural(type)), "_", " ");
}

bool is_failure(const RunResult& result) {
  return result.status == RunStatus::error || result.status == RunStatus::fail || result.status == RunStatus::runtime_error;
}

/// "OK", "SELECT 3": what an adapter says of a success; dbt prints it in the brackets.
std::string success_text(const RunResult& result) { return result.message.empty() ? "OK" : result.message; }

bool is_relation_kind(ResourceType type) {
  return type == ResourceType::model || type == ResourceType::seed || type == ResourceType::snapshot;
}

std::string versioned_name(const Node& node) {
  const Value& version = node.unit_test ? node.unit_test->version : node.model ? node.model->version : Value::none();
  if (version.is_none() || version.is_undefined()) return node.name;
  return fmt::format("{}_v{}", node.name, jinja::to_str(version));
}

std::string test_name(const Node& node) {
  return node.unit_test ? fmt::format("{}::{}", node.unit_test->model_name, versioned_name(node)) : node.name;
}

}  // namespace

std::string Printer::green(std::string_view text) const { return colorize(text, Color::green, invocation_.events->options().colors); }
std::string Printer::yellow(std::string_view text) const { return colorize(text, Color::yellow, invocation_.events->options().colors); }
std::string Printer::red(std::string_view text) const { return colorize(text, Color::red, invocation_.events->options().colors); }

void Printer::fire(std::string name, std::string code, EventLevel level, std::string message, Value data, const Value& info) const {
  invocation_.events->fire(Event{std::move(name), std::move(code), level, std::move(message), std::move(data), info});
}

std::string Printer::line(LineNumber at, std::string_view message, std::string_view status, std::optional<double> seconds, bool truncate) const {
  const size_t width = static_cast<size_t>(std::max(20, invocation_.flags.printer_width));
  std::string text = at.total ? fmt::format("{} of {} {} ", at.index, at.total, message) : fmt::format("{} ", message);
  if (text.size() < width) text.append(width - text.size(), '.');
  if (truncate && text.size() > width - 3) text = text.substr(0, width - 3) + "...";
  return seconds ? fmt::format("{} [{} in {}]", text, status, format_seconds(*seconds)) : fmt::format("{} [{}]", text, status);
}

void Printer::found(std::string_view stat_line) const {
  fire("FoundStats", "W006", EventLevel::info, fmt::format("Found {}", stat_line), Value::dict({{"stat_line", Value(stat_line)}}));
}

void Printer::concurrency(int threads, std::string_view target_name) const {
  fire("ConcurrencyLine", "Q027", EventLevel::info, fmt::format("Concurrency: {} threads (target='{}')", threads, target_name),
       Value::dict({{"num_threads", Value(threads)}, {"target_name", Value(target_name)}}));
}

void Printer::nothing_to_do() const {
  invocation_.events->warn_or_error(Event{"NothingToDo", "Q035", EventLevel::warn,
                                          "Nothing to do. Try checking your model configs and model specification args", Value::dict(), {}});
}

void Printer::blank() const { fire("Formatting", "Z017", EventLevel::info, "", Value::dict({{"msg", Value("")}})); }

void Printer::finished(std::string_view stat_line, double seconds) const {
  const int64_t whole = static_cast<int64_t>(seconds);
  const std::string execution = fmt::format(" in {} hours {} minutes and {:.2f} seconds", whole / 3600, whole / 60 % 60,
                                            seconds - static_cast<double>(whole / 60 * 60));
  blank();
  fire("FinishedRunningStats", "E047", EventLevel::info, fmt::format("Finished running {}{} ({}).", stat_line, execution, format_seconds(seconds)),
       Value::dict({{"stat_line", Value(stat_line)}, {"execution", Value(execution)}, {"execution_time", Value(seconds)}}));
}

void Printer::failure(const RunResult& result, bool is_warning) const {
  const Node* node = result.node == no_id ? nullptr : &manifest_.node(result.node);
  const Value info = node ? node_info(*node, run_status_name(result.status), 0, 0) : Value();
  const bool is_fault = is_failure(result) || is_warning;
  blank();
  if (is_fault && node) {
    const std::string where = fmt::format("{} in {} {} ({})", is_warning ? "Warning" : "Failure", resource_type_name(node->resource_type),
                                          node->name, node->original_file_path);
    const Value data = Value::dict({{"node_name", Value(node->name)}, {"path", Value(node->original_file_path)},
                                    {"resource_type", Value(resource_type_name(node->resource_type))}});
    if (is_warning) fire("RunResultWarning", "Z021", EventLevel::warn, yellow(where), data, info);
    else fire("RunResultFailure", "Z022", EventLevel::error, red(where), data, info);
  }
  std::string message = result.message;
  if (result.diagnostic) {
    if (const std::string details = render_details(*result.diagnostic); !details.empty()) message += "\n" + details;
  }
  if (message.empty()) {
    fire("RunResultErrorNoMessage", "Z025", EventLevel::error, fmt::format("  Status: {}", run_status_name(result.status)), Value::dict(), info);
  } else if (is_warning) {
    fire("RunResultWarningMessage", "Z046", EventLevel::warn, message, Value::dict({{"msg", Value(message)}}), info);
  } else {
    fire("RunResultError", "Z024", EventLevel::error, "  " + message, Value::dict({{"msg", Value(message)}}), info);
  }
  if (!is_fault || !node) return;
  if (const Value path = result.extra.get("compiled_path"); path.is_string()) {
    blank();
    fire("SQLCompiledPath", "Z026", EventLevel::info, fmt::format("  compiled code at {}", path.as_string()), Value::dict({{"path", path}}), info);
  }
  if (result.extra.get_bool("stores_failures") && !result.relation_name.empty()) {
    const std::string query = "select * from " + result.relation_name, border(query.size(), '-');
    blank();
    fire("CheckNodeTestFailure", "Z027", EventLevel::info, fmt::format("  See test failures:\n  {0}\n  {1}\n  {0}", border, query),
         Value::dict({{"relation_name", Value(result.relation_name)}}), info);
  }
}

void Printer::summary(const std::vector<RunResult>& results, bool interrupted) const {
  std::vector<const RunResult*> errors, warnings;
  size_t partial = 0, passed = 0, skipped = 0, no_op = 0, failed = 0;
  for (const auto& result : results) {
    const bool skipped_by_fault = result.status == RunStatus::skipped && !result.message.empty();
    if (is_failure(result) || skipped_by_fault) errors.push_back(&result);
    if (result.status == RunStatus::warn) warnings.push_back(&result);
    if (result.status == RunStatus::partial_success) ++partial;
    if (is_failure(result) || result.status == RunStatus::partial_success) ++failed;
    if (result.status == RunStatus::skipped) ++skipped;
    if (result.status == RunStatus::no_op) ++no_op;
    if (result.status == RunStatus::pass || result.status == RunStatus::success) ++passed;
  }
  const std::string partial_text = fmt::format("{} partial {}", partial, partial == 1 ? "success" : "successes");
  std::string text = green("Completed successfully");
  if (interrupted) text = yellow("Exited because of keyboard interrupt");
  else if (!errors.empty()) text = red(fmt::format("Completed with {}, {}, and {}:", plural(errors.size(), "error"), partial_text, plural(warnings.size(), "warning")));
  else if (partial) text = yellow(fmt::format("Completed with {} and {}", partial_text, plural(warnings.size(), "warning")));
  else if (!warnings.empty()) text = yellow(fmt::format("Completed with {}:", plural(warnings.size(), "warning")));
  blank();
  fire("EndOfRunSummary", "Z030", EventLevel::info, text,
       Value::dict({{"keyboard_interrupt", Value(interrupted)}, {"num_errors", Value(errors.size())}, {"num_partial_success", Value(partial)},
                    {"num_warnings", Value(warnings.size())}}));
  for (const RunResult* error : errors) failure(*error, false);
  for (const RunResult* warning : warnings) failure(*warning, true);
  blank();
  fire("StatsLine", "Z023", EventLevel::info,
       fmt::format("Done. PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}", passed, warnings.size(), failed, skipped, no_op, results.size()),
       Value::dict({{"stats", Value::dict({{"error", Value(failed)}, {"noop", Value(no_op)}, {"pass", Value(passed)}, {"skip", Value(skipped)},
                                           {"total", Value(results.size())}, {"warn", Value(warnings.size())}})}}));
}

void Printer::node_start(const Node& node, const Value& info) const {
  fire("NodeStart", "Q024", EventLevel::debug, "Began running node " + node.unique_id, Value::dict(), info);
}
void Printer::node_compiling(const Node& node, const Value& info) const {
  fire("NodeCompiling", "Q030", EventLevel::debug, "Began compiling node " + node.unique_id, Value::dict(), info);
}
void Printer::node_executing(const Node& node, const Value& info) const {
  fire("NodeExecuting", "Q031", EventLevel::debug, "Began executing node " + node.unique_id, Value::dict(), info);
}
void Printer::node_finished(const Node& node, const Value& info) const {
  fire("NodeFinished", "Q025", EventLevel::debug, "Finished running node " + node.unique_id, Value::dict(), info);
}

void Printer::start_line(LineNumber at, std::string_view description, const Value& info) const {
  fire("LogStartLine", "Q011", EventLevel::info, line(at, fmt::format("START {}", description), "RUN", {}),
       Value::dict({{"description", Value(description)}, {"index", Value(at.index)}, {"total", Value(at.total)}}), info);
}

void Printer::result_line(LineNumber at, const Node& node, std::string_view description, const RunResult& result, const Value& info) const {
  struct Words {
    const char *name, *code, *good, *bad;
  };
  static constexpr Words model{"LogModelResult", "Q012", "OK created", "ERROR creating"};
  static constexpr Words seed{"LogSeedResult", "Q016", "OK loaded", "ERROR loading"};
  static constexpr Words snapshot{"LogSnapshotResult", "Q015", "OK snapshotted", "ERROR snapshotting"};
  static constexpr Words function{"LogFunctionResult", "Q047", "OK created", "ERROR creating"};
  const Words& words = node.resource_type == ResourceType::seed       ? seed
                       : node.resource_type == ResourceType::snapshot ? snapshot
                       : node.resource_type == ResourceType::function ? function
                                                                      : model;
  const bool failed = is_failure(result), partial = result.status == RunStatus::partial_success;
  const std::string status = failed ? red("ERROR") : partial ? yellow(to_upper(result.message)) : green(success_text(result));
  fire(words.name, words.code, failed ? EventLevel::error : EventLevel::info,
       line(at, fmt::format("{} {}", failed ? words.bad : partial ? "PARTIALLY created" : words.good, description), status, result.execution_time),
       Value::dict({{"description", Value(description)}, {"execution_time", Value(result.execution_time)}, {"index", Value(at.index)},
                    {"status", Value(failed ? std::string("error") : success_text(result))}, {"total", Value(at.total)}}),
       info);
}

void Printer::test_line(LineNumber at, const Node& node, const RunResult& result, const Value& info) const {
  const int64_t failures = result.failures.value_or(0);
  const bool errored = result.status == RunStatus::error, passed = result.status == RunStatus::pass, warned = result.status == RunStatus::warn;
  const std::string word = errored ? "ERROR" : passed ? "PASS" : fmt::format("{} {}", warned ? "WARN" : "FAIL", failures);
  const std::string status = passed ? green(word) : warned ? yellow(word) : red(word);
  const EventLevel level = passed ? EventLevel::info : warned ? EventLevel::warn : EventLevel::error;
  const std::string name = test_name(node);
  fire("LogTestResult", "Q007", level, line(at, fmt::format("{} {}", word, name), status, result.execution_time),
       Value::dict({{"execution_time", Value(result.execution_time)}, {"index", Value(at.index)}, {"name", Value(name)},
                    {"num_failures", Value(failures)}, {"num_models", Value(at.total)}, {"status", Value(run_status_name(result.status))}}),
       info);
}

void Printer::freshness_line(LineNumber at, const Node& node, const RunResult& result, const Value& info) const {
  const bool broken = result.status == RunStatus::runtime_error, stale = result.status == RunStatus::error, warned = result.status == RunStatus::warn;
  const std::string word = broken ? "ERROR" : stale ? "ERROR STALE" : warned ? "WARN" : "PASS";
  const EventLevel level = broken || stale ? EventLevel::error : warned ? EventLevel::warn : EventLevel::info;
  fire("LogFreshnessResult", "Q018", level,
       line(at, fmt::format("{} freshness of {}.{}", word, node.source->source_name, node.name),
            broken || stale ? red(word) : warned ? yellow(word) : green(word), result.execution_time),
       Value::dict({{"execution_time", Value(result.execution_time)}, {"index", Value(at.index)}, {"source_name", Value(node.source->source_name)},
                    {"status", Value(run_status_name(result.status))}, {"table_name", Value(node.name)}, {"total", Value(at.total)}}),
       info);
}

void Printer::skip_line(LineNumber at, const Node& node, const Value& info) const {
  const std::string text = is_relation_kind(node.resource_type) ? fmt::format("SKIP relation {}.{}", node.schema, node.alias.empty() ? node.name : node.alias)
                                                                : fmt::format("SKIP {} {}", resource_type_name(node.resource_type), node.name);
  fire("SkippingDetails", "Q034", EventLevel::info, line(at, text, yellow("SKIP"), {}),
       Value::dict({{"index", Value(at.index)}, {"node_name", Value(node.name)}, {"resource_type", Value(resource_type_name(node.resource_type))},
                    {"schema", Value(node.schema)}, {"total", Value(at.total)}}),
       info);
}

void Printer::no_op_line(LineNumber at, std::string_view description, double seconds, const Value& info) const {
  fire("LogNodeNoOpResult", "Q019", EventLevel::info, line(at, fmt::format("NO-OP {}", description), yellow("NO-OP"), seconds),
       Value::dict({{"description", Value(description)}, {"index", Value(at.index)}, {"total", Value(at.total)}}), info);
}

void Printer::hook_start(LineNumber at, std::string_view statement, const Value& info) const {
  fire("LogHookStartLine", "Q032", EventLevel::info, line(at, fmt::format("START hook: {}", statement), "RUN", {}, true),
       Value::dict({{"index", Value(at.index)}, {"statement", Value(statement)}, {"total", Value(at.total)}}), info);
}

void Printer::hook_end(LineNumber at, std::string_view statement, RunStatus status, double seconds, const Value& info) const {
  const bool good = status == RunStatus::success, skipped = status == RunStatus::skipped;
  const char* word = good ? "OK" : skipped ? "SKIP" : "ERROR";
  fire("LogHookEndLine", "Q033", EventLevel::info,
       line(at, fmt::format("{} hook: {}", word, statement), good ? green(word) : skipped ? yellow(word) : red(word), seconds, true),
       Value::dict({{"execution_time", Value(seconds)}, {"index", Value(at.index)}, {"statement", Value(statement)},
                    {"status", Value(run_status_name(status))}, {"total", Value(at.total)}}),
       info);
}

void Printer::batch_start(LineNumber at, std::string_view description, const Value& info) const {
  fire("LogStartBatch", "Q045", EventLevel::info, "Batch " + line(at, fmt::format("START {}", description), "RUN", {}),
       Value::dict({{"batch_index", Value(at.index)}, {"description", Value(description)}, {"total_batches", Value(at.total)}}), info);
}

void Printer::batch_end(LineNumber at, std::string_view description, std::string_view status, double seconds, const Value& info) const {
  const bool failed = status == "error", skipped = status == "skipped";
  const std::string text = failed ? "ERROR creating" : skipped ? "SKIP" : "OK created";
  const std::string shown = failed ? red("ERROR") : skipped ? yellow("SKIPPED") : green(status);
  fire("LogBatchResult", "Q046", failed ? EventLevel::error : EventLevel::info,
       "Batch " + line(at, fmt::format("{} {}", text, description), shown, seconds),
       Value::dict({{"batch_index", Value(at.index)}, {"description", Value(description)}, {"execution_time", Value(seconds)},
                    {"status", Value(status)}, {"total_batches", Value(at.total)}}),
       info);
}

Value node_info(const Node& node, std::string_view status, Micros started_at, Micros finished_at) {
  const auto time = [](Micros t) { return Value(t ? format_iso_naive(t) : std::string()); };
  const std::string materialized = node.config.get_string("materialized");
  return Value::dict({{"materialized", Value(materialized)},
                      {"meta", node.meta.is_dict() ? jinja::deep_copy(node.meta) : Value::dict()},
                      {"node_checksum", Value(node.checksum)},
                      {"node_finished_at", time(finished_at)},
                      {"node_name", Value(node.name)},
                      {"node_path", Value(node.path)},
                      {"node_relation", Value::dict({{"alias", Value(node.alias)}, {"database", Value(node.database)},
                                                     {"relation_name", Value(node.relation_name)}, {"schema", Value(node.schema)}})},
                      {"node_started_at", time(started_at)},
                      {"node_status", Value(status)},
                      {"resource_type", Value(resource_type_name(node.resource_type))},
                      {"unique_id", Value(node.unique_id)}});
}

std::string count_line(const Manifest& manifest, const std::vector<NodeId>& nodes, bool by_materialization) {
  std::map<std::pair<std::string, std::string>, size_t> counts;  // singular and plural name
  for (NodeId id : nodes) {
    const Node& node = manifest.node(id);
    std::string singular(resource_type_name(node.resource_type)), many(resource_type_plural(node.resource_type));
    if (node.resource_type == ResourceType::operation) {
      singular = "project hook";
      many = "project hooks";
    } else if (node.resource_type == ResourceType::model && by_materialization) {
      singular = node.materialized() + " model";
      many = singular + "s";
    }
    ++counts[{singular, many}];
  }
  std::vector<std::string> parts;
  for (const auto& [names, count] : counts) parts.push_back(replace_all(plural(count, names.first, names.second), "_", " "));
  return join(parts, ", ");
}

std::string project_stat_line(const Manifest& manifest) {
  using enum ResourceType;
  std::vector<std::pair<ResourceType, size_t>> counts;  // dbt counts in the order in which kinds first appear
  const auto add = [&](ResourceType type) {
    const auto it = std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == type; });
    if (it == counts.end()) counts.emplace_back(type, 1);
    else ++it->second;
  };
  const auto is_late = [](ResourceType type) {
    return type == source || type == exposure || type == metric || type == semantic_model || type == saved_query || type == unit_test;
  };
  for (const Node& node : manifest.nodes) {
    if (!is_late(node.resource_type)) add(node.resource_type);
  }
  std::vector<std::string> parts;
  for (const auto& [type, count] : counts) parts.push_back(counted(count, type));
  const auto late = [&](ResourceType type) {
    const auto count = std::count_if(manifest.nodes.begin(), manifest.nodes.end(), [&](const Node& n) { return n.resource_type == type; });
    if (count) parts.push_back(counted(static_cast<size_t>(count), type));
  };
  for (ResourceType type : {source, exposure, metric}) late(type);
  if (!manifest.macros.empty()) parts.push_back(plural(manifest.macros.size(), "macro"));
  if (!manifest.groups.empty()) parts.push_back(plural(manifest.groups.size(), "group"));
  for (ResourceType type : {semantic_model, saved_query, unit_test}) late(type);
  return join(parts, ", ");
}

}  // namespace modelc
