#include "run/hooks.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "compile/relations.h"
#include "jinja/json.h"
#include "run/result_object.h"

namespace modelc {

using jinja::Value;

namespace {

std::string_view hook_type(HookKind kind) { return kind == HookKind::on_run_start ? "on-run-start" : "on-run-end"; }

/// A hook may also be written as {"sql": "...", "transaction": ...}, which before_begin() and its kin give.
std::string hook_sql(const std::string& text) {
  const std::string_view trimmed = trim(text);
  if (!trimmed.starts_with("{")) return text;
  try {
    const Value dict = jinja::parse_json(trimmed);
    return dict.is_dict() ? dict.get_string("sql", text) : text;
  } catch (const Error&) {
    return text;
  }
}

struct HookOutcome {
  RunStatus status = RunStatus::success;
  std::string message;
  std::optional<Diagnostic> diagnostic;
};

HookOutcome execute_hook(SqlSession& session, const Node& node, const Compiled& compiled) {
  HookOutcome outcome;
  const std::string sql = hook_sql(compiled.sql);
  if (trim(sql).empty()) return outcome;
  try {
    session.execute(sql, false, false);
    session.commit();
  } catch (DatabaseError& error) {
    session.rollback();
    locate_database_error(error, node, compiled);
    outcome = {RunStatus::error, error.what(), error.diagnostic()};
  } catch (const Error& error) {
    session.rollback();
    outcome = {RunStatus::error, error.what(), error.diagnostic()};
  }
  return outcome;
}

}  // namespace

bool run_hooks(RunShared& shared, SqlSession& session, HookKind kind,
               const std::vector<std::pair<std::string, Value>>& extra, std::vector<RunResult>& results) {
  const auto& hooks = kind == HookKind::on_run_start ? shared.manifest.on_run_start : shared.manifest.on_run_end;
  if (hooks.empty()) return true;
  if (kind == HookKind::on_run_end) shared.log.blank();
  bool failed = false;
  for (size_t i = 0; i < hooks.size(); ++i) {
    const Node& node = shared.manifest.node(hooks[i]);
    const Position position{static_cast<int>(i) + 1, static_cast<int>(hooks.size())};
    const std::string name = fmt::format("{}.{}.{}", node.package_name, hook_type(kind), i);
    NodeState state{&node, now_micros(), 0, "started", {}};
    RunResult result;
    result.node = node.id;
    result.unique_id = node.unique_id;
    result.thread_id = "main";
    result.failures = 1;
    if (failed) {
      result.status = RunStatus::skipped;
      result.message = name + " skipped";
    } else {
      session.use(node.unique_id, &node);
      session.node_info = shared.log.node_info(state);
      RuntimeContext context(shared.compiler.shared(), session, node);
      for (const auto& [key, value] : extra) context.shadow(key, value);
      Compiled compiled;
      {
        StepTimer timer(result.timing, "compile");
        compiled = shared.compiler.compile(context);
      }
      shared.log.hook_start(session.node_info, name, position);
      HookOutcome outcome;
      {
        StepTimer timer(result.timing, "execute");
        outcome = execute_hook(session, node, compiled);
      }
      failed = outcome.status != RunStatus::success;
      result.status = outcome.status;
      result.failures = failed ? 1 : 0;
      result.message = failed ? fmt::format("{} failed, error:\n {}", name, outcome.message) : name + " passed";
      result.diagnostic = outcome.diagnostic;
      result.execution_time = static_cast<double>(result.timing[1].completed_at - result.timing[0].started_at) / 1e6;
      result.compiled = true;
      result.compiled_code = compiled.sql;
      state.finished_at = result.timing[1].completed_at;
    }
    state.status = std::string(run_status_name(result.status));
    shared.log.hook_end(shared.log.node_info(state), name, result.status, position, result.execution_time);
    results.push_back(std::move(result));
  }
  session.use("master", nullptr);
  if (kind == HookKind::on_run_start) shared.log.blank();
  return !failed;
}

std::vector<std::pair<std::string, Value>> end_hook_names(RunShared& shared, const std::vector<RunResult>& results) {
  Value list = Value::list(), schemas = Value::list(), pairs = Value::list();
  std::set<std::pair<std::string, std::string>> seen;
  std::set<std::string> seen_schemas;
  for (const RunResult& result : results) {
    if (result.thread_id == "main" && result.status != RunStatus::error) continue;
    list.as_list().push_back(result_object(shared, result));
    if (result.node == no_id || result.status == RunStatus::error || result.status == RunStatus::fail ||
        result.status == RunStatus::skipped)
      continue;
    const Node& node = shared.manifest.node(result.node);
    if (!is_relational(node)) continue;
    if (seen_schemas.insert(node.schema).second) schemas.as_list().push_back(Value(node.schema));
    if (seen.insert({node.database, node.schema}).second)
      pairs.as_list().push_back(Value::tuple({Value(node.database), Value(node.schema)}));
  }
  return {{"schemas", schemas}, {"results", list}, {"database_schemas", pairs}};
}

}  // namespace modelc
