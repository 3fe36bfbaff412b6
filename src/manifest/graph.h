// The dependency graph, in compressed rows: parents and children of each node as ascending ranges of ids.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "manifest/node.h"

namespace modelc {

/// Immutable after build(). Any thread may read it.
class Graph {
 public:
  /// `parents_of[i]` are the nodes that i depends on. Uses Boost.Graph for order and cycles.
  /// Returns the nodes of one cycle (first = last) or an empty vector when there is none.
  std::vector<NodeId> build(const std::vector<std::vector<NodeId>>& parents_of);

  size_t size() const { return parent_rows_.empty() ? 0 : parent_rows_.size() - 1; }
  std::span<const NodeId> parents(NodeId id) const;
  std::span<const NodeId> children(NodeId id) const;
  /// A topological order, parents first; among those that are ready, ascending ids.
  const std::vector<NodeId>& order() const { return order_; }
  /// Everything reachable downstream / upstream of `start` within `depth` steps (UINT32_MAX = all), `start` excluded
  /// unless reached again.
  std::vector<bool> descendants(const std::vector<NodeId>& start, uint32_t depth = UINT32_MAX) const;
  std::vector<bool> ancestors(const std::vector<NodeId>& start, uint32_t depth = UINT32_MAX) const;

 private:
  std::vector<uint32_t> parent_rows_, child_rows_;
  std::vector<NodeId> parents_, children_, order_;
};

}  // namespace modelc
