// run-operation: one macro in a transaction of its own.
#include <fmt/format.h>

#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

struct MacroName {
  std::optional<std::string> package;
  std::string name;
};

MacroName split_name(const std::string& text) {
  const size_t dot = text.find('.');
  if (dot == std::string::npos) return {std::nullopt, text};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

const Macro& find_operation(RunShared& shared, const MacroName& wanted) {
  const MacroNamespace& macros = *shared.environment.parsed.macros;
  const MacroId id = wanted.package ? macros.find_in_package(*wanted.package, wanted.name)
                                    : shared.compiler.shared().find_macro(wanted.name);
  if (id != no_id) return macros.macro(id);
  const std::string where = wanted.package ? fmt::format("the \"{}\" package", *wanted.package) : "any package";
  const std::string text =
      fmt::format("Runtime Error\n  dbt could not find a macro with the name \"{}\" in {}", wanted.name, where);
  shared.log.note("RunningOperationCaughtError", "Q001", EventLevel::error,
                  "Encountered an error while running operation: " + text, Value::dict({{"exc", Value(text)}}));
  std::vector<std::string> known;
  for (const Macro& macro : shared.manifest.macros) known.push_back(macro.name);
  const std::string close = closest_match(wanted.name, known);
  throw Error(ErrorKind::compilation, "run/no-macro",
              fmt::format("dbt could not find a macro with the name '{}' in any package. This can happen when calling "
                          "a macro that does not "
                          "exist. Check for typos and/or install package dependencies with \"dbt deps\".",
                          wanted.name),
              {}, close.empty() ? "" : fmt::format("did you mean '{}'?", close));
}

void fail(RunShared& shared, Error& error, RunResult& result) {
  keep_project_places(shared.compiler.shared(), error.diagnostic());
  std::string text = render_brief(error.diagnostic());
  if (const std::string details = render_details(error.diagnostic()); !details.empty()) text += "\n" + details;
  shared.log.note("RunningOperationCaughtError", "Q001", EventLevel::error,
                  "Encountered an error while running operation: " + text, Value::dict({{"exc", Value(text)}}));
  result.status = RunStatus::error;
  result.failures = 1;
  result.diagnostic = error.diagnostic();
}

void call_operation(RunShared& shared, const Macro& macro, const MacroName& wanted, const Value& args,
                    RunResult& result) {
  const auto connection = shared.environment.adapter->connect("macro_" + wanted.name);
  SqlSession session(shared.compiler.shared(), connection.get());
  session.use("macro_" + wanted.name, nullptr);
  session.always_begin = true;
  try {
    RuntimeContext context(shared.compiler.shared(), session,
                           wanted.package.value_or(shared.environment.parsed.project.root().project.name), &macro);
    jinja::CallArgs call;
    if (args.is_dict()) {
      for (const auto& [key, value] : args.as_dict().entries()) call.named.emplace_back(jinja::to_str(key), value);
    }
    jinja::call_value(context.bind(macro.id), std::move(call), context);
    session.commit();
    result.status = RunStatus::success;
    result.failures = 0;
  } catch (Error& error) {
    session.rollback();
    fail(shared, error, result);
  }
}

}  // namespace

RunOutcome run_operation(const CompileEnvironment& environment, const std::string& macro_name, const Value& args) {
  const RunRequest request{};
  RunShared shared(environment, request);
  RunOutcome outcome;
  RunResult result;
  { StepTimer timer(result.timing, "compile"); }
  shared.log.found_stats();
  const MacroName wanted = split_name(macro_name);
  const Macro& macro = find_operation(shared, wanted);
  result.unique_id = macro.unique_id;
  result.thread_id = thread_name();
  {
    StepTimer timer(result.timing, "execute");
    call_operation(shared, macro, wanted, args, result);
  }
  result.execution_time = static_cast<double>(result.timing[1].completed_at - result.timing[0].started_at) / 1e6;
  outcome.elapsed_seconds = result.execution_time;
  outcome.compiled = shared.compiler.codes();
  outcome.results.push_back(std::move(result));
  return outcome;
}

}  // namespace modelc
