// run-operation: one macro, called by name.
#include <fmt/format.h>

#include "cli/alerts.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/execute.h"
#include "jinja/json.h"

namespace modelc {
namespace {

jinja::Value parse_arguments(Session& session) {
  const auto& text = session.flags().args_yaml;
  if (!text) return jinja::Value::dict();
  const SourceFile* file = session.sources.add("<--args>", *text);
  jinja::Value args = jinja::from_yaml(load_yaml(*file).root);
  if (args.is_none()) return jinja::Value::dict();
  if (!args.is_dict()) {
    throw Error(ErrorKind::usage, "cli/bad-args",
                fmt::format("The YAML provided in the --args argument is not valid: expected a mapping, found {}",
                            jinja::type_name(args)),
                Span{file, 0, static_cast<uint32_t>(text->size())}, "write --args '{name: value}'");
  }
  return args;
}

}  // namespace

int command_run_operation(Session& session) {
  const jinja::Value args = parse_arguments(session);
  load_and_parse(session);
  connect(session);
  const auto environment = compile_environment(session, {});
  RunOutcome outcome;
  {
    StageTimer timer(session.timings, "run");
    outcome = run_operation(environment, session.flags().macro_name.value_or(""), args);
  }
  write_run_artifacts(session, outcome);
  alert_on_results(session, outcome);
  return outcome.exit_code();
}

}  // namespace modelc
