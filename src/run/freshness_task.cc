// source freshness: the age of a source's newest row against warn_after and error_after.
#include <fmt/format.h>

#include "compile/event_time.h"
#include "compile/relations.h"
#include "context/relation_object.h"
#include "run/node_task.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr Micros year_one = -62'135'596'800'000'000;  ///< 0001-01-01: "infinitely long ago"

/// Seconds that the rule allows, or nothing when there is no rule.
std::optional<double> allowed_age(const Value& rule) {
  if (!rule.is_dict() || !rule.get("count").is_number()) return std::nullopt;
  const std::string period = rule.get_string("period");
  const double unit = period == "minute" ? 60 : period == "hour" ? 3600 : period == "day" ? 86400 : 0;
  if (unit == 0) return std::nullopt;
  return rule.get("count").as_float() * unit;
}

RunStatus status_of(const Value& freshness, double age) {
  const auto error_after = allowed_age(freshness.get("error_after")),
             warn_after = allowed_age(freshness.get("warn_after"));
  if (error_after && age > *error_after) return RunStatus::error;
  if (warn_after && age > *warn_after) return RunStatus::warn;
  return RunStatus::pass;
}

Value criteria_of(const Value& freshness) {
  const auto rule = [&](std::string_view key) {
    const Value found = freshness.get(key);
    return found.is_undefined() ? Value::none() : found;
  };
  return Value::dict(
      {{"warn_after", rule("warn_after")}, {"error_after", rule("error_after")}, {"filter", rule("filter")}});
}

Value call_freshness_macro(NodeTask& task, RuntimeContext& context) {
  const SourcePart& source = *task.node.source;
  jinja::CallArgs args;
  args.named.emplace_back("source", relation_value(node_relation(task.shared.environment, task.node)));
  if (source.loaded_at_query) {
    RuntimeContext of_source(task.shared.compiler.shared(), task.session, task.node, ContextMode::source);
    const auto tmpl = task.shared.compiler.shared().inline_template(*source.loaded_at_query);
    args.named.emplace_back("loaded_at_query", Value(jinja::render(*tmpl, of_source).text));
    return context.call_macro("collect_freshness_custom_sql", std::move(args));
  }
  if (!source.loaded_at_field) {
    throw Error(
        ErrorKind::runtime, "run/no-loaded-at",
        fmt::format(
            "Could not compute freshness for source {}: no 'loaded_at_field' provided and {} adapter does not support "
            "metadata-based freshness checks.",
            task.node.name, context.macros().traits().type),
        task.node.declared_at, "set loaded_at_field or loaded_at_query on the source or its table");
  }
  const Value filter = source.freshness.get("filter");
  args.named.emplace_back("loaded_at_field", Value(*source.loaded_at_field));
  args.named.emplace_back("filter", filter.is_undefined() ? Value::none() : filter);
  return context.call_macro("collect_freshness", std::move(args));
}

}  // namespace

Outcome execute_freshness(NodeTask& task) {
  { StepTimer timer(task.timing, "compile"); }
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  RuntimeContext context(task.shared.compiler.shared(), task.session,
                         task.shared.environment.parsed.project.root().project.name);
  const Value returned = call_freshness_macro(task, context);

  Outcome outcome;
  std::shared_ptr<const Table> table = table_of(returned);
  if (const auto* result = returned.as<StatementResult>()) {
    table = table_of(result->table());
    if (const auto* response = result->response().as<ResponseObject>())
      outcome.adapter_response = response->response().as_dict();
  }
  if (!table || table->rows.size() != 1 || table->rows[0].size() != 2) {
    throw Error(
        ErrorKind::compilation, "run/freshness-result",
        "Got an invalid result from \"collect_freshness\" macro: expected one row of max_loaded_at and snapshotted_at",
        task.node.declared_at);
  }
  const Value& loaded = table->rows[0][0];
  const std::string field = task.node.source->loaded_at_field.value_or("loaded_at_query");
  const Micros loaded_at =
      loaded.is_none() ? year_one
                       : event_time_of(loaded, fmt::format("the value of '{}' in {}", field, task.node.unique_id));
  const Micros now = event_time_of(table->rows[0][1], "snapshotted_at");
  const double age = static_cast<double>(now - loaded_at) / 1e6;
  outcome.status = status_of(task.node.source->freshness, age);
  outcome.extra = Value::dict({{"max_loaded_at", Value(format_iso_utc(loaded_at))},
                               {"snapshotted_at", Value(format_iso_utc(now))},
                               {"max_loaded_at_time_ago_in_s", Value(age)},
                               {"criteria", criteria_of(task.node.source->freshness)}});
  return outcome;
}

}  // namespace modelc
