// compile and show: SQL or rows of selected models or of inline SQL, printed.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/execute.h"
#include "jinja/json.h"

namespace modelc {
namespace {

constexpr std::string_view inline_name = "inline_query";

/// dbt prints the nodes whose name stands literally in the first --select argument.
bool is_named(const Session& session, const Node& node) {
  const auto& select = session.flags().select;
  return !select.empty() && std::any_of(select.begin(), select.end(), [&](const std::string& spec) {
    return spec.find(node.name) != std::string::npos;
  });
}

void print_compiled(Session& session, std::string_view name, const std::string& unique_id, const std::string& sql,
                    bool is_inline) {
  const bool json = session.flags().output.value_or("text") == "json";
  std::string text;
  if (json) {
    jinja::Value dict = jinja::Value::dict();
    if (!is_inline) dict.as_dict().set("node", jinja::Value(name));
    dict.as_dict().set("compiled", jinja::Value(sql));
    text = jinja::to_json(dict, false, 2);
  } else if (session.flags().quiet) {
    text = sql;
  } else if (is_inline) {
    text = "Compiled inline node is:\n" + sql;
  } else {
    text = fmt::format("Compiled node '{}' is:\n{}", name, sql);
  }
  Event event{"CompiledNode",
              "Q042",
              EventLevel::info,
              text,
              jinja::Value::dict({{"node_name", jinja::Value(name)},
                                  {"compiled", jinja::Value(sql)},
                                  {"is_inline", jinja::Value(is_inline)},
                                  {"output_format", jinja::Value(json ? "json" : "text")},
                                  {"unique_id", jinja::Value(unique_id)}}),
              {}};
  event.print_only = true;
  session.events->fire(event);
}

void print_preview(Session& session, std::string_view name, const std::string& unique_id, const Table& table,
                   bool is_inline) {
  const bool json = session.flags().output.value_or("text") == "json";
  std::string text, preview;
  if (json) {
    jinja::Value rows = jinja::Value::list();
    for (const auto& row : table.rows) {
      jinja::Value item = jinja::Value::dict();
      for (size_t i = 0; i < row.size(); ++i) item.as_dict().set(table.column_names[i], row[i]);
      rows.as_list().push_back(item);
    }
    jinja::Value dict = jinja::Value::dict();
    if (!is_inline) dict.as_dict().set("node", jinja::Value(name));
    dict.as_dict().set("show", rows);
    preview = jinja::to_json(rows);
    text = jinja::to_json(dict, false, 2);
  } else {
    preview = print_table(table);
    if (session.flags().quiet)
      text = preview;
    else if (is_inline)
      text = "Previewing inline node:\n" + preview;
    else
      text = fmt::format("Previewing node '{}':\n{}", name, preview);
  }
  Event event{"ShowNode",
              "Q041",
              EventLevel::info,
              text,
              jinja::Value::dict({{"node_name", jinja::Value(name)},
                                  {"preview", jinja::Value(preview)},
                                  {"is_inline", jinja::Value(is_inline)},
                                  {"output_format", jinja::Value(json ? "json" : "text")},
                                  {"unique_id", jinja::Value(unique_id)}}),
              {}};
  event.print_only = true;
  session.events->fire(event);
}

std::unique_ptr<Connection> inline_connection(Session& session) {
  return session.adapter && session.flags().introspect ? session.adapter->connect("inline") : nullptr;
}

std::unique_ptr<Node> parse_inline_sql(Session& session) {
  try {
    return parse_inline(session.invocation, *session.parsed, std::string(inline_name), *session.flags().inline_sql);
  } catch (Error& error) {
    Diagnostic& fault = error.diagnostic();
    const std::string text = render_brief(fault);
    say(session, "ParseInlineNodeError", "I069", EventLevel::error, "Error while parsing node: " + text,
        jinja::Value::dict({{"exc", jinja::Value(text)}}));
    fault.message = "Error parsing inline query\n" + fault.message;
    throw;
  }
}

int compile_inline(Session& session, bool show) {
  const auto node = parse_inline_sql(session);
  const auto environment = compile_environment(session, {});
  Compiler compiler(environment);
  RunOutcome outcome;
  RunResult& result = outcome.results.emplace_back();
  result.unique_id = node->unique_id;
  result.timing = {{"compile", now_micros(), 0}, {"execute", 0, 0}};
  const auto connection = inline_connection(session);
  const Compiled compiled = compiler.compile(*node, connection.get());
  result.timing[0].completed_at = result.timing[1].started_at = now_micros();
  if (!show) {
    print_compiled(session, node->name, node->unique_id, compiled.sql, true);
  } else {
    const auto table =
        show_rows(environment, *node, compiled, *session.adapter->connect("show"), session.flags().show_limit);
    print_preview(session, node->name, node->unique_id, *table, true);
  }
  result.timing[1].completed_at = now_micros();
  outcome.elapsed_seconds = static_cast<double>(result.timing[1].completed_at - result.timing[0].started_at) / 1e6;
  result.execution_time = outcome.elapsed_seconds;
  result.compiled = true;
  result.compiled_code = compiled.sql;
  write_run_artifacts(session, outcome);
  return exit_success;
}

std::string versioned_name(const Node& node) {
  if (!node.model || node.model->version.is_undefined() || node.model->version.is_none()) return node.name;
  return fmt::format("{}.v{}", node.name, jinja::to_str(node.model->version));
}

}  // namespace

int command_compile(Session& session) {
  load_and_parse(session);
  load_state(session);
  // Without a connection, nodes that ask nothing of the database still compile.
  if (adapter_traits(session.parsed->project.target.type).built_in) connect(session);
  if (session.flags().inline_sql) return compile_inline(session, false);
  const RunOutcome outcome =
      execute_nodes(session, TaskKind::compile, select_for(session, task_types("compile")), nullptr);
  for (const auto& result : outcome.results) {
    if (result.node == no_id || result.status != RunStatus::success) continue;
    const Node& node = session.parsed->manifest.node(result.node);
    if (is_named(session, node)) print_compiled(session, node.name, node.unique_id, result.compiled_code, false);
  }
  write_run_artifacts(session, outcome);
  return outcome.exit_code();
}

int command_show(Session& session) {
  const Flags& flags = session.flags();
  if (flags.select.empty() && !flags.inline_sql && !flags.inline_direct) {
    throw Error(ErrorKind::runtime, "cli/show-what", "Either --select or --inline must be passed to show");
  }
  load_and_parse(session);
  load_state(session);
  connect(session);
  if (flags.inline_direct) {
    const auto limit = flags.show_limit < 0 ? std::optional<int64_t>() : std::optional<int64_t>(flags.show_limit);
    const auto result = session.adapter->connect("show")->execute(*flags.inline_direct, true, limit);
    print_preview(session, "direct-query", "direct-query", *result.table, true);
    return exit_success;
  }
  if (flags.inline_sql) return compile_inline(session, true);
  const RunOutcome outcome =
      execute_nodes(session, TaskKind::show, select_for(session, task_types("compile")), nullptr);
  for (const auto& result : outcome.results) {
    if (result.node == no_id || result.status != RunStatus::success) continue;
    const Node& node = session.parsed->manifest.node(result.node);
    const auto table = table_of(result.extra);
    if (table && is_named(session, node)) print_preview(session, versioned_name(node), node.unique_id, *table, false);
  }
  write_run_artifacts(session, outcome);
  return outcome.exit_code();
}

}  // namespace modelc
