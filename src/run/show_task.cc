// show: the rows that a node's compiled SQL gives, through the macro get_show_sql.
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

std::shared_ptr<const Table> preview(RuntimeContext& context, const std::string& sql, int limit) {
  jinja::CallArgs args;
  const Value header = context.config().get("sql_header");
  args.named.emplace_back("compiled_code", Value(sql));
  args.named.emplace_back("sql_header", header.is_undefined() ? Value::none() : header);
  args.named.emplace_back("limit", limit < 0 ? Value::none() : Value(limit));
  const std::string text = jinja::to_str(context.call_macro("get_show_sql", std::move(args)));
  QueryResult result = context.session().execute(text, false, true);
  return result.table;
}

}  // namespace

Outcome execute_show(NodeTask& task) {
  RuntimeContext context(task.shared.compiler.shared(), task.session, task.node);
  Outcome outcome;
  if (task.node.resource_type == ResourceType::seed) {
    Value load;
    context.lookup("load_agate_table", load);
    outcome.extra = jinja::call_value(load, {}, context);
    return outcome;
  }
  compile_task(task, context);
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  outcome.extra =
      table_value(preview(context, task.compiled->sql, task.shared.environment.invocation.flags.show_limit));
  return outcome;
}

std::shared_ptr<const Table> show_rows(const CompileEnvironment& environment, const Node& node,
                                       const Compiled& compiled, Connection& connection, int limit) {
  SharedCompilation shared(environment);
  SqlSession session(shared, &connection);
  load_external_sources_of(shared, session, node);
  session.use(node.unique_id, &node);
  RuntimeContext context(shared, session, node);
  context.set_compiled(compiled);
  try {
    return preview(context, compiled.sql, limit);
  } catch (DatabaseError& error) {
    session.rollback();
    locate_database_error(error, node, compiled);
    throw;
  }
}

}  // namespace modelc
