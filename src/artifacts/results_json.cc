// run_results.json, sources.json and catalog.json.
#include <algorithm>

#include "artifacts/artifacts.h"
#include "artifacts/metadata.h"
#include "artifacts/sink.h"

namespace modelc {
namespace {

constexpr std::pair<RunStatus, std::string_view> statuses[] = {
    {RunStatus::success, "success"},
    {RunStatus::error, "error"},
    {RunStatus::skipped, "skipped"},
    {RunStatus::partial_success, "partial success"},
    {RunStatus::no_op, "no-op"},
    {RunStatus::pass, "pass"},
    {RunStatus::fail, "fail"},
    {RunStatus::warn, "warn"},
    {RunStatus::runtime_error, "runtime error"},
};

void text(JsonSink& sink, std::string_view key, std::string_view value) {
  sink.key(key);
  sink.string(value);
}

void optional_text(JsonSink& sink, std::string_view key, std::string_view value) {
  sink.key(key);
  if (value.empty()) {
    sink.null();
  } else {
    sink.string(value);
  }
}

void timing(JsonSink& sink, const std::vector<TimingInfo>& timing) {
  sink.key("timing");
  sink.begin_array();
  for (const TimingInfo& step : timing) {
    sink.begin_object();
    text(sink, "name", step.name);
    for (const auto& [key, time] :
         {std::pair("started_at", step.started_at), std::pair("completed_at", step.completed_at)}) {
      sink.key(key);
      if (time == 0) {
        sink.null();
      } else {
        sink.string(format_iso_utc(time));
      }
    }
    sink.end_object();
  }
  sink.end_array();
}

/// What compiles: dbt writes null instead of its compiled code for everything else.
bool is_compilable(std::string_view unique_id) {
  for (std::string_view kind :
       {"seed.", "source.", "exposure.", "metric.", "saved_query.", "semantic_model.", "unit_test."})
    if (unique_id.starts_with(kind)) return false;
  return true;
}

void batches(JsonSink& sink, std::string_view key, const std::vector<std::pair<Micros, Micros>>& spans) {
  sink.key(key);
  sink.begin_array();
  for (const auto& [start, end] : spans) {
    sink.begin_array();
    sink.string(format_iso_utc(start));
    sink.string(format_iso_utc(end));
    sink.end_array();
  }
  sink.end_array();
}

void result_entry(JsonSink& sink, const RunResult& result) {
  const bool compilable = is_compilable(result.unique_id);
  sink.begin_object();
  text(sink, "status", run_status_name(result.status));
  timing(sink, result.timing);
  text(sink, "thread_id", result.thread_id);
  sink.key("execution_time");
  sink.floating(result.execution_time);
  sink.key("adapter_response");
  sink.value(result.adapter_response);
  optional_text(sink, "message", result.message);
  sink.key("failures");
  if (result.failures) {
    sink.integer(*result.failures);
  } else {
    sink.null();
  }
  text(sink, "unique_id", result.unique_id);
  sink.key("compiled");
  if (compilable) {
    sink.boolean(result.compiled);
  } else {
    sink.null();
  }
  sink.key("compiled_code");
  if (compilable && result.compiled) {
    sink.string(result.compiled_code);
  } else {
    sink.null();
  }
  optional_text(sink, "relation_name", compilable ? std::string_view(result.relation_name) : std::string_view());
  sink.key("batch_results");
  if (result.batch_results) {
    sink.begin_object();
    batches(sink, "successful", result.batch_results->successful);
    batches(sink, "failed", result.batch_results->failed);
    sink.end_object();
  } else {
    sink.null();
  }
  sink.end_object();
}

void freshness_entry(JsonSink& sink, const RunResult& result) {
  sink.begin_object();
  text(sink, "unique_id", result.unique_id);
  for (std::string_view key : {"max_loaded_at", "snapshotted_at", "max_loaded_at_time_ago_in_s"}) {
    sink.key(key);
    sink.value(result.extra.get(key));
  }
  text(sink, "status", run_status_name(result.status));
  sink.key("criteria");
  sink.value(result.extra.get("criteria"));
  sink.key("adapter_response");
  sink.value(result.adapter_response);
  timing(sink, result.timing);
  text(sink, "thread_id", result.thread_id);
  sink.key("execution_time");
  sink.floating(result.execution_time);
  sink.end_object();
}

void catalog_entry(JsonSink& sink, const CatalogTable& table) {
  sink.begin_object();
  sink.key("metadata");
  sink.begin_object();
  text(sink, "type", table.type);
  text(sink, "schema", table.schema);
  text(sink, "name", table.name);
  optional_text(sink, "database", table.database);
  optional_text(sink, "comment", table.comment);
  optional_text(sink, "owner", table.owner);
  sink.end_object();
  sink.key("columns");
  sink.begin_object();
  for (const CatalogColumn& column : table.columns) {
    sink.key(column.name);
    sink.begin_object();
    text(sink, "type", column.type);
    sink.key("index");
    sink.integer(column.index);
    text(sink, "name", column.name);
    optional_text(sink, "comment", column.comment);
    sink.end_object();
  }
  sink.end_object();
  sink.key("stats");
  if (table.stats.is_dict()) {
    sink.value(table.stats);
  } else {
    sink.begin_object();
    sink.key("has_stats");
    sink.begin_object();
    text(sink, "id", "has_stats");
    text(sink, "label", "Has Stats?");
    sink.key("value");
    sink.boolean(false);
    sink.key("include");
    sink.boolean(false);
    text(sink, "description", "Indicates whether there are statistics for this table");
    sink.end_object();
    sink.end_object();
  }
  optional_text(sink, "unique_id", table.unique_id);
  sink.end_object();
}

void catalog_section(JsonSink& sink, std::string_view key, const std::vector<CatalogTable>& tables, bool sources) {
  sink.key(key);
  sink.begin_object();
  for (const CatalogTable& table : tables) {
    if (table.unique_id.empty() || table.is_source != sources) continue;  // relations of nobody are not in the catalog
    sink.key(table.unique_id);
    catalog_entry(sink, table);
  }
  sink.end_object();
}

}  // namespace

std::string_view run_status_name(RunStatus status) {
  for (const auto& [value, name] : statuses)
    if (value == status) return name;
  return "";
}

std::optional<RunStatus> parse_run_status(std::string_view text) {
  for (const auto& [value, name] : statuses)
    if (name == text) return value;
  return std::nullopt;
}

std::string run_results_json(const Invocation& invocation, const std::vector<RunResult>& results,
                             double elapsed_seconds) {
  JsonSink sink;
  sink.begin_object();
  sink.key("metadata");
  begin_metadata(sink, invocation, "run-results", 6);
  sink.end_object();
  sink.key("results");
  sink.begin_array();
  for (const RunResult& result : results) result_entry(sink, result);
  sink.end_array();
  sink.key("elapsed_time");
  sink.floating(elapsed_seconds);
  sink.key("args");
  sink.value(flags_as_args(invocation));
  sink.end_object();
  return sink.take();
}

std::string sources_json(const Invocation& invocation, const std::vector<RunResult>& results, double elapsed_seconds) {
  JsonSink sink;
  sink.begin_object();
  sink.key("metadata");
  begin_metadata(sink, invocation, "sources", 3);
  sink.end_object();
  sink.key("results");
  sink.begin_array();
  for (const RunResult& result : results)
    if (result.extra.is_dict() && result.status != RunStatus::runtime_error) freshness_entry(sink, result);
  sink.end_array();
  sink.key("elapsed_time");
  sink.floating(elapsed_seconds);
  sink.end_object();
  return sink.take();
}

std::string catalog_json(const Invocation& invocation, const std::vector<CatalogTable>& tables,
                         const std::vector<std::string>& errors) {
  JsonSink sink;
  sink.begin_object();
  sink.key("metadata");
  begin_metadata(sink, invocation, "catalog", 1);
  sink.end_object();
  catalog_section(sink, "nodes", tables, false);
  catalog_section(sink, "sources", tables, true);
  sink.key("errors");
  if (errors.empty()) {
    sink.null();
  } else {
    sink.begin_array();
    for (const std::string& error : errors) sink.string(error);
    sink.end_array();
  }
  sink.end_object();
  return sink.take();
}

}  // namespace modelc
