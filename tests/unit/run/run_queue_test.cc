#include "run/run_queue.h"

#include <doctest/doctest.h>

#include <map>

using namespace modelc;

namespace {

/// A manifest of models from "name: parent parent"; names that begin with t_ are data tests, with x_ exposures.
struct Nodes {
  Manifest manifest;
  std::map<std::string, NodeId> ids;

  explicit Nodes(const std::vector<std::pair<std::string, std::vector<std::string>>>& nodes) {
    for (const auto& [name, parents] : nodes) {
      Node node;
      node.id = static_cast<NodeId>(manifest.nodes.size());
      node.name = name;
      node.package_name = "p";
      node.schema = "main";
      node.alias = name;
      node.relation_name = "main." + name;
      node.resource_type = name.starts_with("t_")   ? ResourceType::test
                           : name.starts_with("x_") ? ResourceType::exposure
                                                    : ResourceType::model;
      node.unique_id = std::string(resource_type_name(node.resource_type)) + ".p." + name;
      if (node.resource_type == ResourceType::test) node.test = std::make_unique<TestPart>();
      if (node.resource_type == ResourceType::exposure) node.exposure = std::make_unique<ExposurePart>();
      if (node.resource_type == ResourceType::model) node.model = std::make_unique<ModelPart>();
      for (const auto& parent : parents) node.depends_on.push_back(ids.at(parent));
      ids[name] = node.id;
      manifest.nodes.push_back(std::move(node));
    }
    manifest.project_name = "p";
    manifest.freeze();
  }

  std::vector<NodeId> select(std::vector<std::string> names) const {
    std::vector<NodeId> out;
    for (const auto& name : names) out.push_back(ids.at(name));
    std::sort(out.begin(), out.end());
    return out;
  }

  std::string names(const std::vector<NodeId>& nodes) const {
    std::string out;
    for (NodeId id : nodes) out += (out.empty() ? "" : " ") + manifest.node(id).name;
    return out;
  }
};

}  // namespace

TEST_CASE("nodes become ready when their last parent is done, sorted by unique_id") {
  const Nodes p({{"b", {}}, {"a", {}}, {"d", {"a"}}, {"c", {"a", "b"}}});
  RunQueue queue(p.manifest, p.select({"a", "b", "c", "d"}), true);
  CHECK(p.names(queue.start()) == "a b");
  CHECK(p.names(queue.finish(p.ids.at("a"))) == "d");
  CHECK(p.names(queue.finish(p.ids.at("b"))) == "c");
}

TEST_CASE("dependencies count through unselected nodes") {
  const Nodes p({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}});
  RunQueue queue(p.manifest, p.select({"a", "c"}), true);
  CHECK(p.names(queue.start()) == "a");
  CHECK(p.names(queue.finish(p.ids.at("a"))) == "c");
  CHECK(p.names(queue.descendants(p.ids.at("a"))) == "c");
}

TEST_CASE("unselected roots hold nobody up") {
  const Nodes p({{"a", {}}, {"b", {"a"}}});
  RunQueue queue(p.manifest, p.select({"b"}), true);
  CHECK(p.names(queue.start()) == "b");
}

TEST_CASE("depth goes before the name") {
  const Nodes p({{"r", {}}, {"z", {"r"}}, {"m", {"r"}}, {"a", {"r", "m"}}});
  RunQueue queue(p.manifest, p.select({"r", "z", "m", "a"}), true);
  queue.start();
  CHECK(p.names(queue.finish(p.ids.at("r"))) == "m z");
}

TEST_CASE("without edges everything is ready at once") {
  const Nodes p({{"b", {}}, {"a", {"b"}}});
  RunQueue queue(p.manifest, p.select({"a", "b"}), false);
  CHECK(p.names(queue.start()) == "a b");
}

TEST_CASE("a test of one node stands before that node's children") {
  const Nodes p({{"a", {}}, {"b", {"a"}}, {"c", {"b"}}, {"t_a", {"a"}}});
  const auto selected = p.select({"a", "b", "c", "t_a"});
  RunQueue queue(p.manifest, selected, true, test_edges(p.manifest, selected));
  queue.start();
  CHECK(p.names(queue.finish(p.ids.at("a"))) == "t_a");
  CHECK(p.names(queue.finish(p.ids.at("t_a"))) == "b");
  CHECK(p.names(queue.descendants(p.ids.at("t_a"))) == "b c");
}

TEST_CASE("a test of two nodes stands before what depends on both, and closes no cycle") {
  const Nodes p({{"a", {}},
                 {"b", {"a"}},
                 {"only_a", {"a"}},
                 {"both", {"only_a", "b"}},
                 {"later", {"both"}},
                 {"t_ab", {"a", "b"}}});
  const auto edges = test_edges(p.manifest, p.select({"t_ab"}));
  REQUIRE(edges.size() == 1);
  CHECK(edges[0] == Edge{p.ids.at("t_ab"), p.ids.at("both")});
}

TEST_CASE("exposures wait for no test") {
  const Nodes p({{"a", {}}, {"x_e", {"a"}}, {"t_a", {"a"}}});
  CHECK(test_edges(p.manifest, p.select({"t_a"})).empty());
}
