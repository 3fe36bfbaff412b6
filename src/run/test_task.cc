// Data tests: the materialization `test` gives one row of failures, should_warn, should_error.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "compile/relations.h"
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

struct TestRow {
  int64_t failures = 0;
  bool should_warn = false, should_error = false;
};

[[noreturn]] void internal(const Node& node, std::string message) {
  Error error(ErrorKind::internal, "run/test-result", std::move(message), node.test ? node.test->yaml_span : Span{});
  error.diagnostic().subject = node_subject(node);
  throw error;
}

/// Python's strtobool for texts; numbers and booleans by their truth.
bool read_flag(const Node& node, const Value& value) {
  if (!value.is_string()) return jinja::truth(value);
  const std::string text = to_lower(trim(value.as_string()));
  for (std::string_view yes : {"y", "yes", "t", "true", "on", "1"}) {
    if (text == yes) return true;
  }
  for (std::string_view no : {"n", "no", "f", "false", "off", "0"}) {
    if (text == no) return false;
  }
  Error error(
      ErrorKind::compilation, "run/test-flag",
      fmt::format(
          "Macro 'get_test_sql' returns '{}'.  It is not type 'bool' and cannot not be converted reliably to a bool.",
          value.as_string()));
  error.diagnostic().subject = node_subject(node);
  throw error;
}

int64_t read_count(const Node& node, const Value& value) {
  if (value.is_int() || value.is_bool()) return value.as_int();
  if (value.is_float()) return static_cast<int64_t>(value.as_float());
  internal(node,
           fmt::format("the fail_calc of {} gives {} instead of a number", node.unique_id, jinja::to_repr(value)));
}

TestRow read_row(const Node& node, const Table& table) {
  if (table.rows.size() != 1) {
    internal(node, fmt::format("dbt internally failed to execute {}: Returned {} rows, but expected 1 row",
                               node.unique_id, table.rows.size()));
  }
  if (table.column_names.size() != 3) {
    internal(node, fmt::format("dbt internally failed to execute {}: Returned {} columns, but expected 3 columns",
                               node.unique_id, table.column_names.size()));
  }
  TestRow row;
  for (size_t i = 0; i < 3; ++i) {
    const std::string name = to_lower(table.column_names[i]);
    const Value& cell = table.rows[0][i];
    if (name == "failures")
      row.failures = cell.is_none() ? 0 : read_count(node, cell);
    else if (name == "should_warn")
      row.should_warn = read_flag(node, cell);
    else if (name == "should_error")
      row.should_error = read_flag(node, cell);
  }
  return row;
}

/// --warn-error turns this test's warning into a failure.
bool warnings_fail(const Invocation& invocation) {
  const EventBusOptions& options = invocation.events->options();
  const auto names_tests = [](const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name == "LogTestResult" || name == "Q007"; });
  };
  if (names_tests(options.warn_names)) return false;
  return options.warn_error || options.warn_error_all || names_tests(options.error_names);
}

}  // namespace

Outcome execute_data_test(NodeTask& task) {
  const Node& node = task.node;
  RuntimeContext context(task.shared.compiler.shared(), task.session, node);
  compile_task(task, context);
  StepTimer timer(task.timing, "execute");
  if (stores_failures(task.shared.environment, node))
    task.state.relation_name = node_relation(task.shared.environment, node).render();
  task.enter("executing");
  task.shared.log.node_executing(task.info(), node);
  context.results().clear();
  try {
    call_materialization(task.shared, context, node.materialized().empty() ? "test" : node.materialized());
  } catch (...) {
    task.build_path = context.build_path;
    throw;
  }
  task.build_path = context.build_path;

  Outcome outcome = outcome_of_main(context);
  const TestRow row = read_row(node, *table_of(context.results().find("main")->table()));
  const std::string got = "Got " + pluralize(static_cast<size_t>(row.failures), "result");
  outcome.message.clear();
  outcome.failures = 0;
  if (to_upper(node.config.get_string("severity", "ERROR")) == "ERROR" && row.should_error) {
    outcome.status = RunStatus::fail;
    outcome.message = fmt::format("{}, configured to fail if {}", got, node.config.get_string("error_if", "!= 0"));
    outcome.failures = row.failures;
  } else if (row.should_warn) {
    const bool fails = warnings_fail(task.shared.environment.invocation);
    outcome.status = fails ? RunStatus::fail : RunStatus::warn;
    outcome.message = fmt::format("{}, configured to {} if {}", got, fails ? "fail" : "warn",
                                  node.config.get_string("warn_if", "!= 0"));
    outcome.failures = row.failures;
  } else {
    outcome.status = RunStatus::pass;
  }
  return outcome;
}

}  // namespace modelc
