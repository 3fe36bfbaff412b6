#include "manifest/manifest.h"

#include <doctest/doctest.h>

using namespace modelc;
using jinja::Value;

namespace {

Node make_node(ResourceType type, const std::string& package, const std::string& name) {
  Node node;
  node.resource_type = type;
  node.package_name = package;
  node.name = name;
  node.alias = name;
  node.schema = package;
  node.unique_id = std::string(resource_type_name(type)) + "." + package + "." + name;
  node.original_file_path = "models/" + name + ".sql";
  node.config = Value::dict();
  if (type == ResourceType::model) node.model = std::make_unique<ModelPart>();
  return node;
}

Node make_version(const std::string& package, const std::string& name, int version, int latest) {
  Node node = make_node(ResourceType::model, package, name);
  node.unique_id += ".v" + std::to_string(version);
  node.alias += "_v" + std::to_string(version);
  node.model->version = version;
  node.model->latest_version = latest;
  return node;
}

Node make_source(const std::string& package, const std::string& source, const std::string& table) {
  Node node = make_node(ResourceType::source, package, table);
  node.unique_id = "source." + package + "." + source + "." + table;
  node.source = std::make_unique<SourcePart>();
  node.source->source_name = source;
  return node;
}

std::string message_of(Manifest& manifest) {
  try {
    manifest.freeze();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

struct Lookups {
  Manifest manifest;
  Lookups() {
    manifest.project_name = "root";
    auto& nodes = manifest.nodes;
    nodes.push_back(make_node(ResourceType::model, "root", "a"));    // 0
    nodes.push_back(make_node(ResourceType::model, "pkg", "a"));     // 1
    nodes.push_back(make_node(ResourceType::seed, "pkg", "b"));      // 2
    nodes.push_back(make_node(ResourceType::model, "pkg", "c"));     // 3
    nodes.push_back(make_node(ResourceType::model, "other", "c"));   // 4
    nodes.push_back(make_version("root", "v", 1, 2));                // 5
    nodes.push_back(make_version("root", "v", 2, 2));                // 6
    nodes.push_back(make_source("pkg", "raw", "t"));                 // 7
    nodes.push_back(make_node(ResourceType::function, "pkg", "f"));  // 8
    manifest.disabled.push_back(make_node(ResourceType::model, "pkg", "off"));
    manifest.disabled.push_back(make_source("root", "raw", "off"));
    manifest.docs.push_back({"doc.pkg.d", "d", "pkg", "", "", "of pkg"});
    manifest.docs.push_back({"doc.root.d", "d", "root", "", "", "of root"});
    manifest.docs.push_back({"doc.dbt.__overview__", "__overview__", "dbt", "", "", "x"});
    manifest.index();
  }
  NodeId ref(const char* name, const char* current, std::optional<std::string> package = {}, Value version = {},
             bool own_first = false) {
    auto result = manifest.resolve_ref(name, package, version, current, own_first);
    return result.status == Manifest::Lookup::found ? result.id : no_id;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Lookups, "ref looks in the root, then in the node's package, then anywhere") {
  CHECK(ref("a", "root") == 0);
  CHECK(ref("a", "pkg") == 0);
  CHECK(ref("a", "pkg", {}, {}, true) == 1);
  CHECK(ref("b", "root") == 2);
  CHECK(ref("c", "other") == 4);
  CHECK(ref("a", "root", "pkg") == 1);
  CHECK(ref("b", "root", "root") == no_id);
  CHECK(ref("nothing", "root") == no_id);
}

TEST_CASE_FIXTURE(Lookups, "a name in several other packages is ambiguous") {
  CHECK_THROWS_WITH_AS(
      manifest.resolve_ref("c", {}, {}, "root"),
      "When referencing 'c', dbt found nodes in multiple packages: 'model.pkg.c', 'model.other.c'\nTo fix this, use "
      "two-argument 'ref', with the package name first: 'pkg' or 'other'",
      Error);
}

TEST_CASE_FIXTURE(Lookups, "an unpinned ref means the latest version") {
  CHECK(ref("v", "root") == 6);
  CHECK(ref("v", "root", {}, Value(1)) == 5);
  CHECK(ref("v", "root", {}, Value("2")) == 6);
  CHECK(ref("v.v1", "root") == 5);
  CHECK(ref("v", "root", {}, Value(3)) == no_id);
  CHECK(ref("a", "root", {}, Value(1)) == no_id);
}

TEST_CASE_FIXTURE(Lookups, "disabled ones are told from missing ones") {
  auto result = manifest.resolve_ref("off", {}, {}, "root");
  CHECK(result.status == Manifest::Lookup::disabled);
  CHECK(result.id == 0);
  CHECK(manifest.resolve_ref("off", "root", {}, "root").status == Manifest::Lookup::missing);
  CHECK(manifest.resolve_ref("raw.off", {}, {}, "root").status == Manifest::Lookup::missing);
  CHECK(manifest.resolve_source("raw", "off", "root").status == Manifest::Lookup::disabled);
  CHECK(manifest.resolve_source("raw", "t", "root").id == 7);
  CHECK(manifest.resolve_source("raw", "x", "root").status == Manifest::Lookup::missing);
  CHECK(manifest.resolve_function("f", {}, "root").id == 8);
}

TEST_CASE_FIXTURE(Lookups, "docs follow the same order") {
  CHECK(manifest.resolve_doc({}, "d", "pkg")->contents == "of root");
  CHECK(manifest.resolve_doc("pkg", "d", "root")->contents == "of pkg");
  CHECK(manifest.resolve_doc({}, "__overview__", "root")->package_name == "dbt");
  CHECK(manifest.resolve_doc({}, "e", "root") == nullptr);
}

TEST_CASE_FIXTURE(Lookups, "unique ids are found") {
  CHECK(manifest.find("model.root.v.v2") == 6);
  CHECK(manifest.find("model.root.v") == no_id);
}

TEST_CASE("a unique id that comes twice is refused in dbt's words") {
  Manifest manifest;
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "x"));
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "x"));
  manifest.nodes[1].original_file_path = "models/sub/x.sql";
  CHECK(
      message_of(manifest) ==
      "dbt found two models with the name \"x\".\n\nSince these resources have the same name, dbt will be unable to "
      "find the correct "
      "resource\nwhen looking for ref(\"x\").\n\nTo fix this, change the name of one of these resources:\n- model.p.x "
      "(models/sub/x.sql)\n- model.p.x (models/x.sql)");
  manifest.nodes.clear();
  manifest.nodes.push_back(make_source("p", "s", "t"));
  manifest.nodes.push_back(make_source("p", "s", "t"));
  CHECK(message_of(manifest).starts_with("dbt found two sources with the name \"s_t\"."));
  CHECK(message_of(manifest).find("when looking for source(\"s\", \"t\").") != std::string::npos);
}

TEST_CASE("two nodes must not be one table") {
  Manifest manifest;
  manifest.adapter = &adapter_traits("sqlite");
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "x"));
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "y"));
  CHECK(message_of(manifest).empty());
  manifest.nodes[1].alias = "x";
  CHECK(message_of(manifest).starts_with("dbt found two resources with the database representation \"p.\"x\"\".\n"));
}

TEST_CASE("a model with and one without versions clash; equal names of other kinds are reported as pairs") {
  Manifest manifest;
  manifest.nodes.push_back(make_version("p", "x", 1, 1));
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "x"));
  CHECK(message_of(manifest).starts_with("dbt found versioned and unversioned models with the name \"x\"."));
  manifest.nodes.clear();
  manifest.nodes.push_back(make_node(ResourceType::model, "p", "x"));
  manifest.nodes.push_back(make_node(ResourceType::seed, "p", "x"));
  manifest.nodes[1].alias = "x_seed";
  CHECK(message_of(manifest).empty());
  CHECK(manifest.same_names() == std::vector<std::pair<NodeId, NodeId>>{{0, 1}});
  CHECK(std::string(duplicate_name_error(manifest.nodes[0], manifest.nodes[1]).what())
            .starts_with("dbt found two resources with"));
}

TEST_CASE("a cycle is named node by node, and a frozen manifest has its graph") {
  Manifest manifest;
  for (const char* name : {"a", "b", "c"}) manifest.nodes.push_back(make_node(ResourceType::model, "p", name));
  manifest.nodes[1].depends_on = {0};
  manifest.nodes[2].depends_on = {1};
  CHECK(message_of(manifest).empty());
  CHECK(manifest.graph().order() == std::vector<NodeId>{0, 1, 2});
  manifest.nodes[0].depends_on = {2};
  CHECK(message_of(manifest) == "Found a cycle: model.p.a --> model.p.b --> model.p.c");
}
