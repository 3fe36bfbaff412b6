#include "manifest/graph.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <queue>

namespace modelc {
namespace {

using Edge = std::pair<NodeId, NodeId>;  // parent, child
using Dag = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                               boost::no_property, NodeId, uint32_t>;

/// Thrown out of the depth-first search by the first edge that closes a cycle. Never leaves this file.
struct CycleFound {
  NodeId from, to;
};

class CycleFinder : public boost::default_dfs_visitor {
 public:
  explicit CycleFinder(std::vector<NodeId>& came_from) : came_from_(came_from) {}
  template <class E, class G>
  void tree_edge(const E& e, const G& g) {
    came_from_[target(e, g)] = source(e, g);
  }
  template <class E, class G>
  void back_edge(const E& e, const G& g) {
    throw CycleFound{source(e, g), target(e, g)};
  }

 private:
  std::vector<NodeId>& came_from_;
};

/// The first cycle that a depth-first search along the children meets, first node = last.
std::vector<NodeId> find_cycle(size_t count, const std::vector<Edge>& edges) {
  const Dag dag(boost::edges_are_sorted, edges.begin(), edges.end(), static_cast<NodeId>(count));
  std::vector<NodeId> came_from(count, no_id), cycle;
  try {
    boost::depth_first_search(dag, boost::visitor(CycleFinder(came_from)));
  } catch (const CycleFound& closing) {
    cycle.push_back(closing.to);
    for (NodeId id = closing.from; id != closing.to; id = came_from[id]) cycle.push_back(id);
    cycle.push_back(closing.to);
    std::reverse(cycle.begin(), cycle.end());
  }
  return cycle;
}

std::vector<Edge> sorted_edges(const std::vector<std::vector<NodeId>>& parents_of) {
  std::vector<Edge> edges;
  for (NodeId child = 0; child < parents_of.size(); ++child)
    for (NodeId parent : parents_of[child]) edges.emplace_back(parent, child);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

/// Rows of `to` by `from`, for edges sorted by `from`.
template <class From, class To>
void fill_rows(size_t count, const std::vector<Edge>& edges, From from, To to, std::vector<uint32_t>& rows,
               std::vector<NodeId>& targets) {
  rows.assign(count + 1, 0);
  targets.clear();
  targets.reserve(edges.size());
  for (const Edge& edge : edges) {
    ++rows[from(edge) + 1];
    targets.push_back(to(edge));
  }
  for (size_t i = 0; i < count; ++i) rows[i + 1] += rows[i];
}

template <class Neighbours>
std::vector<bool> reach(size_t count, const std::vector<NodeId>& start, uint32_t depth, Neighbours neighbours) {
  std::vector<bool> reached(count);
  std::vector<NodeId> layer = start, next;
  for (uint32_t step = 0; step < depth && !layer.empty(); ++step) {
    next.clear();
    for (NodeId id : layer) {
      for (NodeId other : neighbours(id)) {
        if (reached[other]) continue;
        reached[other] = true;
        next.push_back(other);
      }
    }
    layer.swap(next);
  }
  return reached;
}

}  // namespace

std::vector<NodeId> Graph::build(const std::vector<std::vector<NodeId>>& parents_of) {
  const size_t count = parents_of.size();
  std::vector<Edge> edges = sorted_edges(parents_of);
  fill_rows(
      count, edges, [](const Edge& e) { return e.first; }, [](const Edge& e) { return e.second; }, child_rows_,
      children_);
  std::vector<Edge> by_child = edges;
  std::sort(by_child.begin(), by_child.end(),
            [](const Edge& a, const Edge& b) { return std::pair(a.second, a.first) < std::pair(b.second, b.first); });
  fill_rows(
      count, by_child, [](const Edge& e) { return e.second; }, [](const Edge& e) { return e.first; }, parent_rows_,
      parents_);

  order_.clear();
  order_.reserve(count);
  std::vector<uint32_t> waiting_for(count);
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
  for (NodeId id = 0; id < count; ++id) {
    waiting_for[id] = static_cast<uint32_t>(parents(id).size());
    if (waiting_for[id] == 0) ready.push(id);
  }
  while (!ready.empty()) {
    const NodeId id = ready.top();
    ready.pop();
    order_.push_back(id);
    for (NodeId child : children(id))
      if (--waiting_for[child] == 0) ready.push(child);
  }
  if (order_.size() == count) return {};
  return find_cycle(count, edges);
}

std::span<const NodeId> Graph::parents(NodeId id) const {
  return {parents_.data() + parent_rows_[id], parents_.data() + parent_rows_[id + 1]};
}

std::span<const NodeId> Graph::children(NodeId id) const {
  return {children_.data() + child_rows_[id], children_.data() + child_rows_[id + 1]};
}

std::vector<bool> Graph::descendants(const std::vector<NodeId>& start, uint32_t depth) const {
  return reach(size(), start, depth, [this](NodeId id) { return children(id); });
}

std::vector<bool> Graph::ancestors(const std::vector<NodeId>& start, uint32_t depth) const {
  return reach(size(), start, depth, [this](NodeId id) { return parents(id); });
}

}  // namespace modelc
