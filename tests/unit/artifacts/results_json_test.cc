#include <doctest/doctest.h>

#include "artifacts/artifacts.h"
#include "base/fs.h"
#include "jinja/json.h"

using namespace modelc;
using jinja::Value;

namespace {

RunResult make_result(std::string unique_id, RunStatus status) {
  RunResult result;
  result.unique_id = std::move(unique_id);
  result.status = status;
  result.thread_id = "Thread-1 (worker)";
  result.execution_time = 0.25;
  return result;
}

std::string message_of(const std::string& text, bool run_results = false) {
  MemoryFileSystem files;
  files.files["state/x.json"] = text;
  try {
    if (run_results)
      read_run_results(files, "state/x.json");
    else
      read_manifest(files, "state/x.json");
  } catch (const Error& error) {
    CHECK(error.diagnostic().code == "artifacts/bad-state");
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a run result has dbt's keys in dbt's order, and null where dbt has it") {
  RunResult model = make_result("model.p.a", RunStatus::success);
  model.timing = {{"compile", 1'700'000'000'000'000, 1'700'000'000'500'000}};
  model.adapter_response = Value::dict({{"_message", Value("OK")}, {"rows_affected", Value(3)}});
  model.message = "OK";
  model.compiled = true;
  model.compiled_code = "select 1";
  model.relation_name = "main.\"a\"";
  RunResult seed = make_result("seed.p.s", RunStatus::partial_success);
  seed.failures = 0;
  seed.compiled = true;
  seed.batch_results = BatchResults{{{1'700'000'000'000'000, 1'700'086'400'000'000}}, {}};
  const Value root = jinja::parse_json(run_results_json(Invocation(), {model, seed}, 1.5));
  CHECK(root.get("metadata").get_string("dbt_schema_version") == "https://schemas.getdbt.com/dbt/run-results/v6.json");
  CHECK(root.get("elapsed_time").as_float() == 1.5);
  CHECK(root.get("args").is_dict());
  CHECK(jinja::to_json(root.get("results").as_list().at(0)) ==
        "{\"status\": \"success\", \"timing\": [{\"name\": \"compile\", \"started_at\": "
        "\"2023-11-14T22:13:20.000000Z\", \"completed_at\": "
        "\"2023-11-14T22:13:20.500000Z\"}], \"thread_id\": \"Thread-1 (worker)\", \"execution_time\": 0.25, "
        "\"adapter_response\": "
        "{\"_message\": \"OK\", \"rows_affected\": 3}, \"message\": \"OK\", \"failures\": null, \"unique_id\": "
        "\"model.p.a\", \"compiled\": "
        "true, \"compiled_code\": \"select 1\", \"relation_name\": \"main.\\\"a\\\"\", \"batch_results\": null}");
  CHECK(jinja::to_json(root.get("results").as_list().at(1)) ==
        "{\"status\": \"partial success\", \"timing\": [], \"thread_id\": \"Thread-1 (worker)\", \"execution_time\": "
        "0.25, "
        "\"adapter_response\": {}, \"message\": null, \"failures\": 0, \"unique_id\": \"seed.p.s\", \"compiled\": "
        "null, \"compiled_code\": "
        "null, \"relation_name\": null, \"batch_results\": {\"successful\": [[\"2023-11-14T22:13:20.000000Z\", "
        "\"2023-11-15T22:13:20.000000Z\"]], \"failed\": []}}");
}

TEST_CASE("statuses are dbt's texts") {
  for (RunStatus status :
       {RunStatus::success, RunStatus::error, RunStatus::skipped, RunStatus::partial_success, RunStatus::no_op,
        RunStatus::pass, RunStatus::fail, RunStatus::warn, RunStatus::runtime_error})
    CHECK(parse_run_status(run_status_name(status)) == status);
  CHECK(run_status_name(RunStatus::no_op) == "no-op");
  CHECK_FALSE(parse_run_status("reused"));
}

TEST_CASE("run results come back as they were written") {
  RunResult result = make_result("model.p.a", RunStatus::partial_success);
  result.message = "m";
  result.failures = 2;
  result.timing = {{"execute", 1'700'000'000'123'456, 1'709'164'800'000'000}};
  result.batch_results = BatchResults{{}, {{1'700'000'000'000'000, 1'700'086'400'000'000}}};
  MemoryFileSystem files;
  Invocation invocation;
  invocation.invocation_id = "i";
  files.files["run_results.json"] = run_results_json(invocation, {result}, 1);
  const auto state = read_run_results(files, "run_results.json");
  REQUIRE(state);
  CHECK(state->invocation_id == "i");
  CHECK(state->generated_at > 1'700'000'000'000'000);
  const RunResult& read = state->results.at(0);
  CHECK(read.status == result.status);
  CHECK(read.message == "m");
  CHECK(read.failures == 2);
  CHECK(read.timing.at(0).started_at == result.timing[0].started_at);
  CHECK(read.timing.at(0).completed_at == result.timing[0].completed_at);
  CHECK(read.batch_results->failed == result.batch_results->failed);
  CHECK_FALSE(read_run_results(files, "absent.json"));
}

TEST_CASE("sources.json holds what could be read, in dbt's order") {
  RunResult fresh = make_result("source.p.s.t", RunStatus::warn);
  fresh.extra = Value::dict({{"max_loaded_at", Value("2026-01-01T00:00:00Z")},
                             {"snapshotted_at", Value("2026-01-02T00:00:00Z")},
                             {"max_loaded_at_time_ago_in_s", Value(86400.0)},
                             {"criteria", Value::dict()}});
  const Value root =
      jinja::parse_json(sources_json(Invocation(), {fresh, make_result("source.p.s.u", RunStatus::runtime_error)}, 1));
  REQUIRE(root.get("results").as_list().size() == 1);
  CHECK(jinja::to_json(root.get("results").as_list()[0]) ==
        "{\"unique_id\": \"source.p.s.t\", \"max_loaded_at\": \"2026-01-01T00:00:00Z\", \"snapshotted_at\": "
        "\"2026-01-02T00:00:00Z\", "
        "\"max_loaded_at_time_ago_in_s\": 86400.0, \"status\": \"warn\", \"criteria\": {}, \"adapter_response\": {}, "
        "\"timing\": [], "
        "\"thread_id\": \"Thread-1 (worker)\", \"execution_time\": 0.25}");
}

TEST_CASE("the catalog divides nodes from sources and leaves out relations of nobody") {
  CatalogTable table{"model.p.a", false, "table", "main", "a", "db", "", "", {{"INT", "id", "", 0}}, {}};
  CatalogTable source = table, nobody = table;
  source.unique_id = "source.p.s.t";
  source.is_source = true;
  nobody.unique_id = "";
  const Value root = jinja::parse_json(catalog_json(Invocation(), {table, source, nobody}, {}));
  CHECK(root.get("nodes").as_dict().size() == 1);
  CHECK(root.get("sources").as_dict().size() == 1);
  CHECK(root.get("errors").is_none());
  CHECK(jinja::to_json(root.get("nodes").get("model.p.a")) ==
        "{\"metadata\": {\"type\": \"table\", \"schema\": \"main\", \"name\": \"a\", \"database\": \"db\", "
        "\"comment\": null, \"owner\": null}, "
        "\"columns\": {\"id\": {\"type\": \"INT\", \"index\": 0, \"name\": \"id\", \"comment\": null}}, \"stats\": "
        "{\"has_stats\": {\"id\": "
        "\"has_stats\", \"label\": \"Has Stats?\", \"value\": false, \"include\": false, \"description\": \"Indicates "
        "whether there are "
        "statistics for this table\"}}, \"unique_id\": \"model.p.a\"}");
  CHECK(jinja::parse_json(catalog_json(Invocation(), {}, {"e"})).get("errors").as_list().size() == 1);
}

TEST_CASE("a state that is none is refused in dbt's words") {
  CHECK(message_of("{").starts_with("Could not read WritableManifest at \"state/x.json\" as JSON: "));
  CHECK(message_of("[]").starts_with("Could not read WritableManifest at \"state/x.json\" as JSON"));
  CHECK(message_of("{}") ==
        "Expected a schema version of \"https://schemas.getdbt.com/dbt/manifest/v12.json\" in state/x.json, but found "
        "nothing. Are you running with a different version of dbt?");
  const std::string old = R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v3.json"}})";
  CHECK(message_of(old).find("but found \"https://schemas.getdbt.com/dbt/manifest/v3.json\"") != std::string::npos);
  CHECK(message_of(R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v13.json"}})") !=
        "");
  CHECK(message_of(R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}})") != "");
  CHECK(message_of(old, true).starts_with(
      "Expected a schema version of \"https://schemas.getdbt.com/dbt/run-results/v6.json\""));
}

TEST_CASE("manifests from version 4 on are read and brought to the form of today") {
  MemoryFileSystem files;
  files.files["manifest.json"] =
      R"({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v6.json"},
    "nodes": {"model.p.a": {"resource_type": "model", "raw_sql": "select 1", "refs": [["b"], ["q", "c"]]}}, "metrics": {"metric.p.m": {}},
    "sources": {}, "macros": {}})";
  const auto manifest = read_manifest(files, "manifest.json");
  REQUIRE(manifest);
  const Value node = manifest->find("model.p.a");
  CHECK(node.get_string("raw_code") == "select 1");
  CHECK(node.get("raw_sql").is_undefined());
  CHECK(jinja::to_json(node.get("refs")) ==
        "[{\"name\": \"b\", \"package\": null, \"version\": null}, {\"name\": \"c\", \"package\": \"q\", "
        "\"version\": null}]");
  CHECK(manifest->find("metric.p.m").is_undefined());
  CHECK(manifest->find("model.p.absent").is_undefined());
  CHECK_FALSE(read_manifest(files, "absent.json"));
}
