#include "manifest/graph.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {
std::vector<NodeId> ids(const std::vector<bool>& set) {
  std::vector<NodeId> out;
  for (NodeId i = 0; i < set.size(); ++i)
    if (set[i]) out.push_back(i);
  return out;
}
std::vector<NodeId> ids(std::span<const NodeId> row) { return {row.begin(), row.end()}; }
using Ids = std::vector<NodeId>;
}  // namespace

TEST_CASE("order is parents first, and ascending among those that are ready") {
  Graph graph;
  CHECK(graph.build({{3}, {0}, {}, {2}, {}}).empty());
  CHECK(graph.order() == Ids{2, 3, 0, 1, 4});
  CHECK(ids(graph.parents(1)) == Ids{0});
  CHECK(ids(graph.children(2)) == Ids{3});
}

TEST_CASE("rows are ascending and without duplicates") {
  Graph graph;
  CHECK(graph.build({{}, {}, {1, 0, 1}}).empty());
  CHECK(ids(graph.parents(2)) == Ids{0, 1});
  CHECK(ids(graph.children(0)) == Ids{2});
}

TEST_CASE("walks stop at their depth") {
  Graph graph;
  graph.build({{}, {0}, {1}, {2}, {1}});
  CHECK(ids(graph.descendants({0})) == Ids{1, 2, 3, 4});
  CHECK(ids(graph.descendants({0}, 1)) == Ids{1});
  CHECK(ids(graph.descendants({0}, 2)) == Ids{1, 2, 4});
  CHECK(ids(graph.descendants({0}, 0)) == Ids{});
  CHECK(ids(graph.ancestors({3, 4}, 1)) == Ids{1, 2});
  CHECK(ids(graph.ancestors({2, 1})) == Ids{0, 1});
}

TEST_CASE("a cycle comes back as a path") {
  Graph graph;
  CHECK(graph.build({{2}, {0}, {1}, {0}}) == Ids{0, 1, 2, 0});
  CHECK(graph.build({{}, {1}}) == Ids{1, 1});
  CHECK(graph.build({{}, {0, 2}, {1}}) == Ids{1, 2, 1});
}

TEST_CASE("a chain of 100,000 nodes does not overflow the stack, straight or closed") {
  constexpr NodeId count = 100'000;
  std::vector<Ids> chain(count);
  for (NodeId i = 1; i < count; ++i) chain[i] = {i - 1};
  Graph graph;
  CHECK(graph.build(chain).empty());
  CHECK(graph.order().back() == count - 1);
  CHECK(ids(graph.descendants({0})).size() == count - 1);
  chain[0] = {count - 1};
  CHECK(graph.build(chain).size() == count + 1);
}
