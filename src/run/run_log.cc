#include "run/run_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "compile/relations.h"
#include "jinja/json.h"

namespace modelc {

using jinja::Value;

namespace {

Value text_or_none(const std::string& text) { return text.empty() ? Value::none() : Value(text); }
Value time_or_none(Micros time) { return time == 0 ? Value::none() : Value(format_iso_naive(time)); }

Value position_data(Position position) {
  return Value::dict({{"index", Value(position.index)}, {"total", Value(position.total)}});
}

Value extend(Value base, std::initializer_list<std::pair<std::string_view, Value>> items) {
  for (const auto& [key, value] : items) base.as_dict().set(key, value);
  return base;
}

/// Adds the node's group as dbt logs it. Events of nodes without one have no such key.
Value with_group(Value data, const Manifest& manifest, const Node& node) {
  if (!node.group) return data;
  for (const Group& group : manifest.groups) {
    if (group.name != *node.group || group.package_name != node.package_name) continue;
    return extend(data, {{"group", Value::dict({{"name", Value(group.name)},
                                                {"package_name", Value(group.package_name)},
                                                {"owner", group.owner}})}});
  }
  return data;
}

Value result_data(const RunResult& result) {
  Value timing = Value::list();
  for (const auto& step : result.timing) {
    timing.as_list().push_back(Value::dict({{"name", Value(step.name)},
                                            {"started_at", Value(format_iso_utc(step.started_at))},
                                            {"completed_at", Value(format_iso_utc(step.completed_at))}}));
  }
  Value data = Value::dict({{"status", Value(run_status_name(result.status))},
                            {"message", Value(result.message)},
                            {"timing_info", timing},
                            {"thread", Value(result.thread_id)},
                            {"execution_time", Value(result.execution_time)},
                            {"adapter_response", result.adapter_response}});
  if (result.failures) data.as_dict().set("num_failures", Value(*result.failures));
  return data;
}

/// What the brackets of a result line show, and the words before the description.
struct ResultWords {
  std::string info, status;
  Color color = Color::green;
  EventLevel level = EventLevel::info;
};

ResultWords test_words(const RunResult& result) {
  const int64_t failures = result.failures.value_or(0);
  switch (result.status) {
    case RunStatus::error:
      return {"ERROR", "ERROR", Color::red, EventLevel::error};
    case RunStatus::pass:
      return {"PASS", "PASS", Color::green, EventLevel::info};
    case RunStatus::warn:
      return {fmt::format("WARN {}", failures), fmt::format("WARN {}", failures), Color::yellow, EventLevel::warn};
    default:
      return {fmt::format("FAIL {}", failures), fmt::format("FAIL {}", failures), Color::red, EventLevel::error};
  }
}

ResultWords freshness_words(RunStatus status) {
  switch (status) {
    case RunStatus::runtime_error:
      return {"ERROR", "ERROR", Color::red, EventLevel::error};
    case RunStatus::error:
      return {"ERROR STALE", "ERROR STALE", Color::red, EventLevel::error};
    case RunStatus::warn:
      return {"WARN", "WARN", Color::yellow, EventLevel::warn};
    default:
      return {"PASS", "PASS", Color::green, EventLevel::info};
  }
}

/// "OK created", "ERROR loading", ...
ResultWords built_words(const RunResult& result, std::string_view done, std::string_view doing) {
  if (result.status == RunStatus::error)
    return {fmt::format("ERROR {}", doing), "ERROR", Color::red, EventLevel::error};
  if (result.status == RunStatus::partial_success)
    return {"PARTIALLY created", result.message, Color::yellow, EventLevel::info};
  return {fmt::format("OK {}", done), result.message, Color::green, EventLevel::info};
}

std::string type_label(const Node& node) {
  if (node.resource_type == ResourceType::model) return node.materialized() + " model";
  if (node.resource_type == ResourceType::operation) return "project hook";
  return std::string(resource_type_name(node.resource_type));
}

std::string counted(size_t count, const std::string& label) {
  std::string text;
  if (label == "test")
    text = pluralize(count, "test", "data_tests");
  else if (label == "analysis")
    text = pluralize(count, "analysis", "analyses");
  else if (label == "saved_query")
    text = pluralize(count, "saved_query", "saved_queries");
  else
    text = pluralize(count, label);
  return replace_all(text, "_", " ");
}

/// dbt's message, and below it what we know beyond: the place, its line, the hint.
std::string with_details(const RunResult& result) {
  const std::string details = result.diagnostic ? render_details(*result.diagnostic) : std::string();
  return details.empty() ? result.message : result.message + "\n" + indent(details, "  ");
}

/// "snapshot main.x" without its first word.
std::string behind_kind(const std::string& description) { return description.substr(description.find(' ') + 1); }

Value snapshot_settings(const Node& node) {
  Value settings = Value::dict();
  if (!node.config.is_dict()) return settings;
  for (const auto& [key, value] : node.config.as_dict().entries()) {
    if (!value.is_none()) settings.as_dict().set(key, Value(jinja::to_str(value)));
  }
  return settings;
}

/// The fields of a result line's event.
Value result_line_data(const Manifest& manifest, const Node& node, const RunResult& result,
                       const std::string& description, Position position) {
  Value data = extend(position_data(position), {{"execution_time", Value(result.execution_time)}});
  data = with_group(data, manifest, node);
  const Value status(run_status_name(result.status)), message(result.message);
  switch (node.resource_type) {
    case ResourceType::test:
    case ResourceType::unit_test: {
      const Value attached = node.test && node.test->attached_node != no_id
                                 ? Value(manifest.node(node.test->attached_node).unique_id)
                                 : Value("");
      data.as_dict().erase(Value("total"));
      return extend(data, {{"name", Value(behind_kind(description))},
                           {"status", status},
                           {"num_models", Value(position.total)},
                           {"num_failures", Value(result.failures.value_or(0))},
                           {"attached_node", attached}});
    }
    case ResourceType::seed:
      return extend(data, {{"status", status},
                           {"result_message", message},
                           {"schema", Value(node.schema)},
                           {"relation", Value(node_identifier(node))}});
    case ResourceType::snapshot:
      return extend(data, {{"status", status},
                           {"result_message", message},
                           {"description", Value(behind_kind(description))},
                           {"cfg", snapshot_settings(node)}});
    case ResourceType::source:
      return extend(
          data,
          {{"status", status}, {"source_name", Value(node.source->source_name)}, {"table_name", Value(node.name)}});
    case ResourceType::function:
      return extend(data, {{"status", status}, {"description", Value(description)}});
    case ResourceType::exposure:
    case ResourceType::saved_query:
      return extend(data, {{"description", Value(description)}, {"status", Value("no-op")}});
    default:
      return extend(data, {{"description", Value(description)},
                           {"status", result.status == RunStatus::error ? status : message}});
  }
}

const Node* node_of(const Manifest& manifest, const RunResult& result) {
  return result.node == no_id ? nullptr : &manifest.node(result.node);
}

}  // namespace

std::string pluralize(size_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

std::string progress_line(std::string_view message, std::string_view status, const std::optional<Position>& position,
                          int width, std::optional<double> seconds, bool truncate) {
  std::string line =
      position ? fmt::format("{} of {} {} ", position->index, position->total, message) : fmt::format("{} ", message);
  const size_t wanted = static_cast<size_t>(std::max(width, 0));
  if (line.size() < wanted) line.append(wanted - line.size(), '.');
  if (truncate && wanted > 3 && line.size() > wanted - 3) line = line.substr(0, wanted - 3) + "...";
  return seconds ? fmt::format("{} [{} in {:.2f}s]", line, status, *seconds) : fmt::format("{} [{}]", line, status);
}

RunLog::RunLog(const CompileEnvironment& environment)
    : environment_(environment),
      events_(*environment.invocation.events),
      width_(environment.invocation.flags.printer_width),
      json_(events_.wants_data()) {}

std::string RunLog::paint(std::string_view text, Color color) const {
  return colorize(text, color, events_.options().colors);
}

void RunLog::note(std::string name, std::string code, EventLevel level, std::string message, Value data,
                  Value info) const {
  events_.fire(Event{std::move(name), std::move(code), level, std::move(message), std::move(data), std::move(info)});
}

Value RunLog::node_info(const NodeState& state) const {
  if (!json_ || !state.node) return {};
  const Node& node = *state.node;
  const std::string& relation = state.relation_name.empty() ? node.relation_name : state.relation_name;
  return Value::dict({
      {"node_path", Value(node.path)},
      {"node_name", Value(node.name)},
      {"unique_id", Value(node.unique_id)},
      {"resource_type", Value(resource_type_name(node.resource_type))},
      {"materialized", text_or_none(node.materialized())},
      {"node_status", Value(state.status.empty() ? std::string("None") : state.status)},
      {"node_started_at", time_or_none(state.started_at)},
      {"node_finished_at", time_or_none(state.finished_at)},
      {"meta", node.meta.is_dict() ? node.meta : Value::dict()},
      {"node_relation", Value::dict({{"database", text_or_none(node.database)},
                                     {"schema", text_or_none(node.schema)},
                                     {"alias", text_or_none(node.alias)},
                                     {"relation_name", text_or_none(relation)}})},
      {"node_checksum", text_or_none(node.checksum)},
  });
}

void RunLog::blank() const { note("Formatting", "Z017", EventLevel::info, "", Value::dict({{"msg", Value("")}})); }

void RunLog::found_stats() const {
  const Manifest& manifest = environment_.parsed.manifest;
  std::vector<size_t> counts(static_cast<size_t>(ResourceType::function) + 1, 0);
  for (const Node& node : manifest.nodes) ++counts[static_cast<size_t>(node.resource_type)];
  std::vector<std::string> parts;
  const auto add = [&](size_t count, const std::string& label) {
    if (count > 0) parts.push_back(counted(count, label));
  };
  using enum ResourceType;
  // dbt counts in the order of its parsers: singular tests come before seeds, generic ones after everything.
  const bool has_singular = std::any_of(manifest.nodes.begin(), manifest.nodes.end(),
                                        [](const Node& n) { return n.test && !n.test->generic; });
  std::vector<ResourceType> order = {model, snapshot, analysis, seed, operation, test, source, exposure, metric};
  if (has_singular) order = {model, snapshot, analysis, test, seed, operation, source, exposure, metric};
  for (ResourceType type : order) add(counts[static_cast<size_t>(type)], std::string(resource_type_name(type)));
  add(manifest.macros.size(), "macro");
  add(manifest.groups.size(), "group");
  for (ResourceType type : {semantic_model, saved_query, unit_test, function}) {
    add(counts[static_cast<size_t>(type)], std::string(resource_type_name(type)));
  }
  const std::string line = join(parts, ", ");
  note("FoundStats", "W006", EventLevel::info, "Found " + line, Value::dict({{"stat_line", Value(line)}}));
}

void RunLog::concurrency(int threads, size_t nodes) const {
  const std::string& target = environment_.parsed.project.target.name;
  note("ConcurrencyLine", "Q027", EventLevel::info,
       fmt::format("Concurrency: {} threads (target='{}')", threads, target),
       Value::dict({{"num_threads", Value(threads)}, {"target_name", Value(target)}, {"node_count", Value(nodes)}}));
}

void RunLog::nothing_to_do() const {
  events_.warn_or_error(Event{"NothingToDo",
                              "Q035",
                              EventLevel::warn,
                              "Nothing to do. Try checking your model configs and model specification args",
                              Value::dict(),
                              {}});
}

void RunLog::node_start(const Value& info, const Node& node) const {
  if (wants_debug()) note("NodeStart", "Q024", EventLevel::debug, "Began running node " + node.unique_id, {}, info);
}

void RunLog::node_compiling(const Value& info, const Node& node) const {
  if (wants_debug())
    note("NodeCompiling", "Q030", EventLevel::debug, "Began compiling node " + node.unique_id, {}, info);
}

void RunLog::node_executing(const Value& info, const Node& node) const {
  if (wants_debug())
    note("NodeExecuting", "Q031", EventLevel::debug, "Began executing node " + node.unique_id, {}, info);
}

void RunLog::node_finished(const Value& info, const Node& node, const RunResult& result) const {
  if (!wants_debug()) return;
  note("NodeFinished", "Q025", EventLevel::debug, "Finished running node " + node.unique_id,
       json_ ? Value::dict({{"run_result", result_data(result)}}) : Value(), info);
}

void RunLog::start_line(const Value& info, const std::string& description, Position position) const {
  note("LogStartLine", "Q011", EventLevel::info, progress_line("START " + description, "RUN", position, width_),
       json_ ? extend(position_data(position), {{"description", Value(description)}}) : Value(), info);
}

void RunLog::result_line(const Value& info, const Node& node, const RunResult& result, const std::string& description,
                         Position position, const CompileEnvironment& environment) const {
  ResultWords words;
  std::string name, code, message;
  switch (node.resource_type) {
    case ResourceType::test:
    case ResourceType::unit_test:
      words = test_words(result);
      name = "LogTestResult", code = "Q007", message = words.info + " " + behind_kind(description);
      break;
    case ResourceType::seed:
      words = built_words(result, "loaded", "loading");
      name = "LogSeedResult", code = "Q016",
      message = fmt::format("{} seed file {}.{}", words.info, node.schema, node_identifier(node));
      break;
    case ResourceType::snapshot:
      words = built_words(result, "snapshotted", "snapshotting");
      name = "LogSnapshotResult", code = "Q015", message = words.info + " " + behind_kind(description);
      break;
    case ResourceType::source:
      words = freshness_words(result.status);
      name = "LogFreshnessResult", code = "Q018", message = words.info + " " + description;
      break;
    case ResourceType::function:
      words = built_words(result, "created", "creating");
      if (result.status != RunStatus::error) words.status = "SUCCESS";
      name = "LogFunctionResult", code = "Q047", message = words.info + " " + description;
      break;
    case ResourceType::exposure:
    case ResourceType::saved_query:
      words = {"NO-OP", "NO-OP", Color::yellow, EventLevel::info};
      name = "LogNodeNoOpResult", code = "Q019", message = "NO-OP " + description;
      break;
    default:
      words = built_words(result, "created", "creating");
      name = "LogModelResult", code = "Q012", message = words.info + " " + description;
  }
  note(std::move(name), std::move(code), words.level,
       progress_line(message, paint(words.status, words.color), position, width_, result.execution_time),
       json_ ? result_line_data(environment.parsed.manifest, node, result, description, position) : Value(), info);
}

void RunLog::skip_line(const Value& info, const Node& node, Position position) const {
  const bool relation = is_relational(node) && node.resource_type != ResourceType::function;
  const std::string message = relation ? fmt::format("SKIP relation {}.{}", node.schema, node.name)
                                       : fmt::format("SKIP {} {}", resource_type_name(node.resource_type), node.name);
  note("SkippingDetails", "Q034", EventLevel::info,
       progress_line(message, paint("SKIP", Color::yellow), position, width_),
       with_group(extend(position_data(position), {{"resource_type", Value(resource_type_name(node.resource_type))},
                                                   {"schema", Value(node.schema)},
                                                   {"node_name", Value(node.name)}}),
                  environment_.parsed.manifest, node),
       info);
}

void RunLog::ephemeral_skip_line(const Node& node, Position position, const RunResult& cause) const {
  const std::string status(run_status_name(cause.status));
  note("LogSkipBecauseError", "Z034", EventLevel::error,
       progress_line(
           fmt::format("SKIP relation {}.{} due to ephemeral model status '{}'", node.schema, node.name, status),
           paint("ERROR SKIP", Color::red), position, width_),
       extend(position_data(position),
              {{"schema", Value(node.schema)}, {"relation", Value(node.name)}, {"status", Value(status)}}));
}

void RunLog::caught_error(const Value& info, const std::string& text) const {
  if (wants_debug())
    note("CatchableExceptionOnRun", "W002", EventLevel::debug, text, Value::dict({{"exc", Value(text)}}), info);
}

void RunLog::marked_children(const RunResult& result) const {
  if (!wants_debug()) return;
  const std::string status(run_status_name(result.status));
  std::string text =
      fmt::format("Marking all children of '{}' to be skipped because of status '{}'. ", result.unique_id, status);
  if (!result.message.empty()) text += fmt::format(" Reason: {}.", result.message);
  note("MarkSkippedChildren", "Z033", EventLevel::debug, text,
       Value::dict({{"unique_id", Value(result.unique_id)}, {"status", Value(status)}}));
}

void RunLog::cancel_line(const std::string& name) const {
  note("LogCancelLine", "Q022", EventLevel::error,
       progress_line("CANCEL query " + name, paint("CANCEL", Color::red), std::nullopt, width_),
       Value::dict({{"conn_name", Value(name)}}));
}

void RunLog::hook_start(const Value& info, const std::string& statement, Position position) const {
  note("LogHookStartLine", "Q032", EventLevel::info,
       progress_line("START hook: " + statement, "RUN", position, width_, {}, true),
       extend(position_data(position), {{"statement", Value(statement)}}), info);
}

void RunLog::hook_end(const Value& info, const std::string& statement, RunStatus status, Position position,
                      double seconds) const {
  const bool ok = status == RunStatus::success, skipped = status == RunStatus::skipped;
  const std::string word = ok ? "OK" : skipped ? "SKIP" : "ERROR";
  const Color color = ok ? Color::green : skipped ? Color::yellow : Color::red;
  note("LogHookEndLine", "Q033", EventLevel::info,
       progress_line(word + " hook: " + statement, paint(word, color), position, width_, seconds, true),
       extend(position_data(position), {{"statement", Value(statement)},
                                        {"status", Value(run_status_name(status))},
                                        {"execution_time", Value(seconds)}}),
       info);
}

void RunLog::batch_start(const Value& info, const std::string& description, Position position) const {
  note("LogStartBatch", "Q045", EventLevel::info,
       "Batch " + progress_line("START " + description, "RUN", position, width_),
       Value::dict({{"description", Value(description)},
                    {"batch_index", Value(position.index)},
                    {"total_batches", Value(position.total)}}),
       info);
}

void RunLog::batch_result(const Value& info, const std::string& description, const std::string& status,
                          Position position, double seconds) const {
  const bool error = status == "error", skipped = status == "skipped";
  const std::string word = error ? "ERROR creating" : skipped ? "SKIP" : "OK created";
  const Color color = error ? Color::red : skipped ? Color::yellow : Color::green;
  note("LogBatchResult", "Q046", error ? EventLevel::error : EventLevel::info,
       "Batch " + progress_line(word + " " + description, paint(error || skipped ? to_upper(status) : status, color),
                                position, width_, seconds),
       Value::dict({{"description", Value(description)},
                    {"status", Value(status)},
                    {"batch_index", Value(position.index)},
                    {"total_batches", Value(position.total)},
                    {"execution_time", Value(seconds)}}),
       info);
}

void RunLog::finished_running(const Manifest& manifest, const std::vector<RunResult>& results, double seconds) const {
  std::map<std::string, size_t> counts;
  for (const auto& result : results) {
    if (const Node* node = node_of(manifest, result)) ++counts[type_label(*node)];
  }
  std::vector<std::string> parts;
  for (const auto& [label, count] : counts) parts.push_back(counted(count, label));
  const std::string line = join(parts, ", ");
  const int64_t whole = static_cast<int64_t>(seconds);
  const std::string execution = fmt::format(" in {} hours {} minutes and {:.2f} seconds", whole / 3600, whole / 60 % 60,
                                            seconds - static_cast<double>(whole / 60 * 60));
  blank();
  note("FinishedRunningStats", "E047", EventLevel::info,
       fmt::format("Finished running {}{} ({:.2f}s).", line, execution, seconds),
       Value::dict({{"stat_line", Value(line)}, {"execution", Value(execution)}, {"execution_time", Value(seconds)}}));
}

void RunLog::failure(const Manifest& manifest, const CompiledCodes& codes, const RunResult& result,
                     bool is_warning) const {
  const Node* node = node_of(manifest, result);
  const bool reported = result.status == RunStatus::error || result.status == RunStatus::fail ||
                        (is_warning && result.status == RunStatus::warn);
  if (!reported || !node) {
    if (result.message.empty()) return;
    const EventLevel level = result.status == RunStatus::skipped ? EventLevel::debug : EventLevel::error;
    note("Formatting", "Z017", level == EventLevel::debug ? level : EventLevel::info, "",
         Value::dict({{"msg", Value("")}}));
    note("RunResultError", "Z024", level, "  " + with_details(result), Value::dict({{"msg", Value(result.message)}}));
    return;
  }
  const Value info = node_info({node, 0, 0, std::string(run_status_name(result.status)), result.relation_name});
  blank();
  const std::string subject =
      fmt::format("{} {} ({})", resource_type_name(node->resource_type), node->name, node->original_file_path);
  const Value data = with_group(Value::dict({{"resource_type", Value(resource_type_name(node->resource_type))},
                                             {"node_name", Value(node->name)},
                                             {"path", Value(node->original_file_path)}}),
                                manifest, *node);
  if (is_warning)
    note("RunResultWarning", "Z021", EventLevel::warn, paint("Warning in " + subject, Color::yellow), data, info);
  else
    note("RunResultFailure", "Z022", EventLevel::error, paint("Failure in " + subject, Color::red), data, info);
  if (result.message.empty()) {
    const std::string status(run_status_name(result.status));
    note("RunResultErrorNoMessage", "Z025", EventLevel::error, "  Status: " + status,
         Value::dict({{"status", Value(status)}}), info);
  } else if (is_warning) {
    note("RunResultWarningMessage", "Z046", EventLevel::warn, result.message,
         Value::dict({{"msg", Value(result.message)}}), info);
  } else {
    note("RunResultError", "Z024", EventLevel::error, "  " + with_details(result),
         Value::dict({{"msg", Value(result.message)}}), info);
  }
  if (const auto code = codes.find(result.node); code != codes.end() && !code->second.path.empty()) {
    blank();
    note("SQLCompiledPath", "Z026", EventLevel::info, "  compiled code at " + code->second.path,
         Value::dict({{"path", Value(code->second.path)}}), info);
  }
  if (stores_failures(environment_, *node) && result.status != RunStatus::error) {
    const std::string query =
        "select * from " + (result.relation_name.empty() ? node->relation_name : result.relation_name);
    const std::string border(query.size(), '-');
    blank();
    note("CheckNodeTestFailure", "Z027", EventLevel::info,
         fmt::format("  See test failures:\n  {}\n  {}\n  {}", border, query, border),
         Value::dict({{"relation_name", Value(node->relation_name)}}), info);
  }
}

void RunLog::statistics(const std::vector<RunResult>& results) const {
  size_t pass = 0, warn = 0, error = 0, skip = 0, noop = 0;
  for (const auto& result : results) {
    switch (result.status) {
      case RunStatus::error:
      case RunStatus::fail:
      case RunStatus::runtime_error:
      case RunStatus::partial_success:
        ++error;
        break;
      case RunStatus::skipped:
        ++skip;
        break;
      case RunStatus::warn:
        ++warn;
        break;
      case RunStatus::no_op:
        ++noop;
        break;
      case RunStatus::pass:
      case RunStatus::success:
        ++pass;
        break;
    }
  }
  blank();
  const Value stats = Value::dict({{"error", Value(error)},
                                   {"noop", Value(noop)},
                                   {"pass", Value(pass)},
                                   {"skip", Value(skip)},
                                   {"total", Value(results.size())},
                                   {"warn", Value(warn)}});
  note("StatsLine", "Z023", EventLevel::info,
       fmt::format("Done. PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}", pass, warn, error, skip, noop,
                   results.size()),
       Value::dict({{"stats", stats}}));
}

void RunLog::end_of_run(const Manifest& manifest, const CompiledCodes& codes, const std::vector<RunResult>& results,
                        bool interrupted) const {
  std::vector<const RunResult*> errors, warnings;
  size_t partial = 0;
  for (const auto& result : results) {
    const Node* node = node_of(manifest, result);
    switch (result.status) {
      case RunStatus::runtime_error:
      case RunStatus::error:
      case RunStatus::fail:
        errors.push_back(&result);
        break;
      case RunStatus::skipped:
        if (!result.message.empty() && !(node && node->resource_type == ResourceType::exposure))
          errors.push_back(&result);
        break;
      case RunStatus::warn:
        warnings.push_back(&result);
        break;
      case RunStatus::partial_success:
        ++partial;
        break;
      default:
        break;
    }
  }
  const std::string partial_text = pluralize(partial, "partial success", "partial successes");
  const std::string warning_text = pluralize(warnings.size(), "warning");
  std::string line;
  if (interrupted)
    line = paint("Exited because of keyboard interrupt", Color::yellow);
  else if (!errors.empty())
    line = paint(
        fmt::format("Completed with {}, {}, and {}:", pluralize(errors.size(), "error"), partial_text, warning_text),
        Color::red);
  else if (partial > 0)
    line = paint(fmt::format("Completed with {} and {}", partial_text, warning_text), Color::yellow);
  else if (!warnings.empty())
    line = paint(fmt::format("Completed with {}:", warning_text), Color::yellow);
  else
    line = paint("Completed successfully", Color::green);
  blank();
  note("EndOfRunSummary", "Z030", EventLevel::info, line,
       Value::dict({{"num_errors", Value(errors.size())},
                    {"num_warnings", Value(warnings.size())},
                    {"num_partial_success", Value(partial)},
                    {"keyboard_interrupt", Value(interrupted)}}));
  for (const RunResult* result : errors) failure(manifest, codes, *result, false);
  for (const RunResult* result : warnings) failure(manifest, codes, *result, true);
  statistics(results);
}

}  // namespace modelc
