// What the recorded project does not show: contracts, large seeds, removed models, selectors that name each other.
#include <doctest/doctest.h>

#include "base/fs.h"
#include "jinja/json.h"
#include "select/select.h"
#include "support/load_manifest.h"

using namespace modelc;
using jinja::Value;

namespace {

const std::string golden = MODELC_SOURCE_DIR "/tests/golden/select/";

/// The recorded project against itself: nothing has changed until a test changes something.
struct World {
  SourceMap sources;
  Manifest manifest;
  Project project;
  StateManifest state;
  std::vector<std::string> messages;
  EventBus events;
  Invocation invocation;

  World() : events(options(messages)) {
    const std::string text = real_file_system().read(golden + "manifest.json");
    state.root = jinja::parse_json(text);
    testing::ManifestLoader(manifest, sources).load(jinja::parse_json(text));
    invocation.events = &events;
    invocation.started_at = 1'767'225'600'000'000;  // 2026-01-01
  }

  static EventBusOptions options(std::vector<std::string>& messages) {
    EventBusOptions options;
    options.write_terminal = [&messages](std::string_view line) { messages.emplace_back(line); };
    return options;
  }

  Node& node(std::string_view id) { return manifest.nodes[manifest.find(id)]; }
  jinja::DictData& old(std::string_view id) { return state.find(id).as_dict(); }

  std::vector<std::string> select(std::vector<std::string> specs) {
    SelectionRequest request;
    request.select = std::move(specs);
    request.indirect_selection = "empty";
    StateInputs inputs;
    inputs.manifest = &state;
    std::vector<std::string> ids;
    for (NodeId id : select_nodes(invocation, project, manifest, request, inputs))
      ids.push_back(manifest.node(id).unique_id);
    return ids;
  }
  std::string failure(std::vector<std::string> specs) {
    try {
      select(std::move(specs));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  std::string all_messages() const {
    std::string out;
    for (const auto& message : messages) out += message;
    return out;
  }
  bool modified(std::string_view id, std::string_view part = "") {
    return is_modified(invocation, manifest, node(id), state, part);
  }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(World, "nothing is modified against itself") {
  CHECK(select({"state:modified"}).empty());
  CHECK(select({"state:new"}).empty());
  CHECK(messages.size() == 2);  // only that neither matches
}

TEST_CASE_FIXTURE(World, "a config counts by what was written, and tags, group and names do not") {
  const std::string id = "model.shop.stg_customers";
  node(id).config.as_dict().set("materialized", Value("table"));
  CHECK_FALSE(modified(id));
  node(id).unrendered_config = Value::dict({{"tags", Value("x")}, {"group", Value("g")}});
  CHECK_FALSE(modified(id));
  node(id).unrendered_config = Value::dict({{"alias", Value("x")}});
  CHECK(modified(id));
  CHECK(modified(id, "relation"));
  CHECK_FALSE(modified(id, "configs"));
  node(id).unrendered_config = Value::dict({{"my_own", Value::none()}});
  CHECK(modified(id, "configs"));  // None is not the same as nothing
}

TEST_CASE_FIXTURE(World, "of a test only its own settings count") {
  const std::string id = "test.shop.unique_customers_id.70f3d3fd20";
  node(id).unrendered_config.as_dict().set("meta", Value::dict());
  node(id).raw_code = "changed";
  CHECK_FALSE(modified(id));
  node(id).unrendered_config.as_dict().set("where", Value("1=1"));
  CHECK(modified(id));
}

TEST_CASE_FIXTURE(World, "descriptions count only where they are persisted") {
  node("model.shop.stg_customers").description = "other";
  CHECK_FALSE(modified("model.shop.stg_customers"));
  node("model.shop.stg_orders").columns[0].description = "other";
  CHECK(modified("model.shop.stg_orders", "persisted_descriptions"));
}

TEST_CASE_FIXTURE(World, "a changed macro reaches everything that calls it, also through others") {
  state.root.get("macros")
      .get("macro.shop.divided")
      .as_dict()
      .set("macro_sql", Value("{% macro divided() %}x{% endmacro %}"));
  CHECK(select({"state:modified.macros"}) == Ids{"model.shop.revenue", "model.shop.stg_payments"});
  state.root.get("macros").as_dict().erase(Value("macro.lib.test_is_odd"));
  CHECK(modified("test.lib.is_odd_lib_top_id.e962c91d01", "macros"));
}

TEST_CASE_FIXTURE(World, "sources are compared by what was written under the flag, else by what came of it") {
  node("source.shop.raw.customers").schema = "elsewhere";
  CHECK(modified("source.shop.raw.customers"));
  invocation.flags.behavior["state_modified_compare_more_unrendered_values"] = true;
  CHECK_FALSE(modified("source.shop.raw.customers"));
}

TEST_CASE_FIXTURE(World, "large seeds are compared by path, with a warning") {
  Node& seed = node("seed.shop.raw_orders");
  seed.checksum_name = "path";
  seed.checksum = "seeds/raw_orders.csv";
  CHECK(modified("seed.shop.raw_orders"));
  CHECK(all_messages().find(
            "Found a seed (shop.raw_orders) >1MB in size. The previous file was <=1MB, so it has changed") !=
        std::string::npos);
  messages.clear();
  old("seed.shop.raw_orders")
      .set("checksum", Value::dict({{"name", Value("path")}, {"checksum", Value("seeds/raw_orders.csv")}}));
  CHECK(select({"state:modified"}).empty());
  CHECK(all_messages().find("at the same path, dbt cannot tell if it has changed: assuming they are the same") !=
        std::string::npos);
  messages.clear();
  seed.checksum = "seeds/other.csv";
  CHECK(modified("seed.shop.raw_orders"));
  CHECK(all_messages().find("The previous file was in a different location, assuming it has changed") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(World, "a broken contract warns, or stops a versioned model") {
  Node& contracted = node("model.shop.contracted");
  contracted.model->contract_checksum = "changed";
  contracted.columns.erase(contracted.columns.begin());
  contracted.columns[0].data_type = "int";
  CHECK(select({"state:modified.contract"}) == Ids{"model.shop.contracted"});
  const std::string text = all_messages();
  CHECK(text.find("Breaking change to contracted, unversioned model contracted (models/marts/core/contracted.sql)") !=
        std::string::npos);
  CHECK(text.find("Columns were removed: \n    - a") != std::string::npos);
  CHECK(text.find("Columns with data_type changes: \n    - b (text -> int)") != std::string::npos);
  contracted.model->version = 1;
  CHECK(failure({"state:modified"})
            .starts_with("While comparing to previous project state, dbt detected a breaking change to an enforced "
                         "contract.\n  - Columns were removed"));
}

TEST_CASE_FIXTURE(World, "a contract may grow, and sizes of types may change, without harm") {
  Node& contracted = node("model.shop.contracted");
  contracted.model->contract_checksum = "changed";
  contracted.columns[1].data_type = "TEXT(20)";
  contracted.columns.push_back(contracted.columns[1]);
  contracted.columns.back().name = "c";
  CHECK(select({"state:modified.contract"}) == Ids{"model.shop.contracted"});
  CHECK(all_messages().empty());
  contracted.config.get("contract").as_dict().set("enforced", Value(false));
  CHECK(select({"state:modified.contract"}) == Ids{"model.shop.contracted"});
  CHECK(all_messages().find("Contract enforcement was removed") != std::string::npos);
}

TEST_CASE_FIXTURE(World, "a contracted model that is gone is told of, unless it had expired") {
  const Value gone = jinja::deep_copy(state.find("model.shop.contracted"));
  state.root.get("nodes").as_dict().set("model.shop.gone", gone);
  select({"state:modified"});
  CHECK(all_messages().find("Contracted model 'model.shop.gone' was deleted or renamed.") != std::string::npos);
  messages.clear();
  gone.as_dict().set("deprecation_date", Value("2025-06-01T00:00:00+00:00"));
  select({"state:modified"});
  CHECK(all_messages().find("Contracted model") == std::string::npos);
  gone.as_dict().set("deprecation_date", Value::none());
  gone.as_dict().set("version", Value(2));
  CHECK(failure({"state:modified"}).find("Contracted model 'model.shop.gone' was deleted or renamed.") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(World, "selector: selects what a selector selects, and may not come back to itself") {
  auto define = [&](const char* name, Value definition) {
    SelectorDefinition selector;
    selector.name = name;
    selector.definition = std::move(definition);
    manifest.selectors.push_back(std::move(selector));
  };
  manifest.selectors.clear();
  define("seeds", Value("resource_type:seed"));
  define("a", Value("selector:b"));
  define("b", Value("selector:a+"));
  CHECK(select({"selector:seeds"}) == select({"resource_type:seed"}));
  CHECK(select({"selector:seeds+1"}) == select({"resource_type:seed+1"}));
  CHECK(select({"selector:seeds,package:lib"}) == Ids{"seed.lib.lib_seed"});
  CHECK(failure({"selector:a"}) == "Found a cycle of selectors: a --> b --> a");
  CHECK(failure({"selector:c"}) == "Could not find selector named c, expected one of ['seeds', 'a', 'b']");
}

TEST_CASE_FIXTURE(World, "blank files are listed and never run") {
  SelectionRequest request;
  request.select = {"empty"};
  CHECK(select_nodes(invocation, project, manifest, request, {}).empty());
  request.include_empty = true;
  CHECK(select_nodes(invocation, project, manifest, request, {}).size() == 1);
}

TEST_CASE_FIXTURE(World, "kinds are narrowed to what the command runs") {
  using enum ResourceType;
  SelectionRequest request;
  request.types = {seed, model};
  request.default_types = {seed};
  CHECK(select_nodes(invocation, project, manifest, request, {}).size() == 3);
  request.resource_types = {"all"};
  CHECK(select_nodes(invocation, project, manifest, request, {}).size() == 20);
  request.exclude_resource_types = {"model"};
  CHECK(select_nodes(invocation, project, manifest, request, {}).size() == 3);
  request.resource_types = {"source"};
  CHECK(select_nodes(invocation, project, manifest, request, {}).empty());
  request.resource_types = {"table"};
  CHECK_THROWS_WITH_AS(select_nodes(invocation, project, manifest, request, {}), "'table' is not a valid resource type",
                       Error);
  request.indirect_selection = "lazy";
  CHECK_THROWS_WITH_AS(select_nodes(invocation, project, manifest, request, {}),
                       "'lazy' is not a valid IndirectSelection", Error);
}
