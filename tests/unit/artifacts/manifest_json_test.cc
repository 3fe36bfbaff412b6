#include <doctest/doctest.h>

#include "artifacts/artifacts.h"
#include "base/fs.h"
#include "jinja/json.h"
#include "support/load_manifest.h"

using namespace modelc;
using jinja::Value;

namespace {

const std::string golden = MODELC_SOURCE_DIR "/tests/golden/select/";

struct World {
  SourceMap sources;
  Manifest manifest;
  Project project;
  Invocation invocation;
  Value dbt;  ///< what dbt wrote

  World() {
    dbt = jinja::parse_json(real_file_system().read(golden + "manifest.json"));
    testing::ManifestLoader(manifest, sources).load(dbt);
    invocation.invocation_id = "the-id";
    invocation.started_at = 1'700'000'000'000'000;
    invocation.environment = {{"DBT_ENV_CUSTOM_ENV_RUN", "7"}, {"DBT_ENV_CUSTOM_ENVIRONMENT", "no"}, {"OTHER", "x"}};
    project.target.type = "sqlite";
  }
};

std::string keys_of(const Value& dict) {
  std::string out;
  for (const auto& entry : dict.as_dict().entries()) out += jinja::to_str(entry.first) + " ";
  return out;
}

}  // namespace

TEST_CASE_FIXTURE(World, "what was read from dbt's manifest is written as dbt wrote it, key by key in its order") {
  const Value ours = jinja::parse_json(manifest_json(invocation, project, manifest, {}));
  CHECK(keys_of(ours) == keys_of(dbt));
  CHECK(keys_of(ours.get("metadata")) == keys_of(dbt.get("metadata")));
  for (const char* section : {"nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "selectors",
                              "disabled", "saved_queries", "semantic_models", "unit_tests", "functions"}) {
    const Value theirs = dbt.get(section);
    CHECK_MESSAGE(keys_of(ours.get(section)) == keys_of(theirs), section);
    for (const auto& [id, entry] : theirs.as_dict().entries())
      CHECK_MESSAGE(jinja::to_json(ours.get(section).get(id.as_string())) == jinja::to_json(entry), jinja::to_str(id));
  }
  for (const char* section : {"parent_map", "child_map", "group_map"})
    CHECK_MESSAGE(jinja::to_json(ours.get(section), true) == jinja::to_json(dbt.get(section), true), section);
}

TEST_CASE_FIXTURE(World, "metadata says who, when and with what") {
  const Value metadata = jinja::parse_json(manifest_json(invocation, project, manifest, {})).get("metadata");
  CHECK(metadata.get_string("dbt_schema_version") == "https://schemas.getdbt.com/dbt/manifest/v12.json");
  CHECK(metadata.get_string("invocation_id") == "the-id");
  CHECK(metadata.get_string("invocation_started_at") == "2023-11-14T22:13:20.000000Z");
  CHECK(metadata.get_string("run_started_at") == "2023-11-14T22:13:20.000000+00:00");
  CHECK(jinja::to_json(metadata.get("env")) == "{\"RUN\": \"7\"}");
  CHECK(metadata.get_string("project_id") == dbt.get("metadata").get_string("project_id"));
  CHECK(jinja::to_json(metadata.get("quoting")) ==
        "{\"database\": false, \"schema\": false, \"identifier\": true, \"column\": null}");
}

TEST_CASE_FIXTURE(World, "templates see the same entries as the file, and may change theirs") {
  const Value graph = graph_value(manifest);
  for (const char* section : {"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries",
                              "unit_tests", "functions", "groups"})
    CHECK_MESSAGE(jinja::to_json(graph.get(section), true) == jinja::to_json(dbt.get(section), true), section);
  const Node& node = manifest.node(manifest.find("model.shop.stg_payments"));
  node_value(manifest, node).get("config").as_dict().set("materialized", Value("changed"));
  CHECK(node.materialized() == "view");
  CHECK(jinja::to_json(macro_value(manifest, manifest.macros[0])) ==
        jinja::to_json(dbt.get("macros").get(manifest.macros[0].unique_id)));
}

TEST_CASE_FIXTURE(World, "compiled code appears in its place, and only where there is some") {
  CompiledCodes compiled;
  const NodeId id = manifest.find("model.shop.customers");
  compiled[id] = {"select 1",
                  {{"model.shop.helper", "cte as (select 2)"}},
                  "target/compiled/shop/customers.sql",
                  "target/run/shop/customers.sql"};
  const Value nodes = jinja::parse_json(manifest_json(invocation, project, manifest, compiled)).get("nodes");
  const Value node = nodes.get("model.shop.customers");
  CHECK(keys_of(node).find(
            "depends_on compiled_path compiled compiled_code extra_ctes_injected extra_ctes contract access") !=
        std::string::npos);
  CHECK(node.get_string("compiled_code") == "select 1");
  CHECK(node.get_string("compiled_path") == "target/compiled/shop/customers.sql");
  CHECK(node.get_string("build_path") == "target/run/shop/customers.sql");
  CHECK(jinja::to_json(node.get("extra_ctes")) == "[{\"id\": \"model.shop.helper\", \"sql\": \"cte as (select 2)\"}]");
  CHECK(nodes.get("model.shop.orders").get("compiled").is_undefined());
  CHECK(nodes.get("model.shop.orders").get("compiled_path").is_none());
}

TEST_CASE_FIXTURE(World, "text that JSON must escape comes back unharmed") {
  Node& node = manifest.nodes[manifest.find("model.shop.customers")];
  node.raw_code = "select '\"\\\n\t\x01 \xc3\xa4 \xf0\x9f\x99\x82'";
  const std::string text = manifest_json(invocation, project, manifest, {});
  CHECK(text.find("\\u00e4 \\ud83d\\ude42") != std::string::npos);
  CHECK(jinja::parse_json(text).get("nodes").get("model.shop.customers").get_string("raw_code") == node.raw_code);
}

TEST_CASE_FIXTURE(World, "the graph's summary names every node and its children") {
  const Value linked = jinja::parse_json(graph_summary_json(manifest, invocation)).get("linked");
  CHECK(linked.as_dict().size() == manifest.nodes.size());
  bool found = false;
  for (const auto& [place, entry] : linked.as_dict().entries()) {
    if (entry.get_string("name") != "seed.shop.raw_orders") continue;
    found = true;
    const Value children = entry.get("succ");
    REQUIRE(children.as_list().size() == 1);
    CHECK(linked.get(jinja::to_str(children.as_list()[0])).get_string("name") == "model.shop.stg_orders");
  }
  CHECK(found);
}

TEST_CASE_FIXTURE(World, "the semantic manifest is MetricFlow's") {
  const Value semantic = jinja::parse_json(semantic_manifest_json(manifest));
  CHECK(keys_of(semantic) == "semantic_models metrics project_configuration saved_queries ");
  CHECK(keys_of(semantic.get("semantic_models").as_list().at(0)) ==
        "name defaults description node_relation primary_entity entities measures dimensions label metadata config ");
  CHECK(jinja::to_json(semantic.get("project_configuration").get("time_spines")) ==
        "[{\"node_relation\": {\"alias\": \"time_spine\", \"schema_name\": \"main\", \"database\": \"db\", "
        "\"relation_name\": "
        "\"main.\\\"time_spine\\\"\"}, \"primary_column\": {\"name\": \"day\", \"time_granularity\": \"day\"}, "
        "\"custom_granularities\": []}]");
  CHECK(jinja::to_json(semantic.get("saved_queries").as_list().at(0)) ==
        "{\"name\": \"by_day\", \"query_params\": {\"metrics\": [\"turnover\"], \"group_by\": "
        "[\"TimeDimension('id__sold_on')\"], \"order_by\": "
        "[], \"limit\": null, \"where\": null}, \"description\": null, \"metadata\": null, \"label\": \"By day\", "
        "\"exports\": [{\"name\": "
        "\"by_day_export\", \"config\": {\"export_as\": \"table\", \"schema_name\": \"main\", \"alias\": "
        "\"by_day_export\"}}], \"tags\": "
        "[\"kpi\"]}");
  const Value nothing = jinja::parse_json(semantic_manifest_json(Manifest()));
  CHECK(nothing.get("semantic_models").as_list().empty());
  CHECK(nothing.get("project_configuration").get("time_spines").as_list().empty());
}
