// In which order selected nodes run (dbt: graph/queue.py), and who must not run after a failure.
#pragma once

#include <utility>
#include <vector>

#include "manifest/manifest.h"

namespace modelc {

using Edge = std::pair<NodeId, NodeId>;  ///< first before second

/// Extra edges of `build`: a data test runs before whatever is downstream of everything that it tests (dbt:
/// add_test_edges).
std::vector<Edge> test_edges(const Manifest& manifest, const std::vector<NodeId>& selected);

/// The selected nodes as a graph whose unselected nodes let dependencies through. Nodes become ready in dbt's order:
/// those that one completion frees are sorted by depth, then unique_id. One thread at a time.
class RunQueue {
 public:
  /// `keep_edges` false: every node is ready at once (clone).
  RunQueue(const Manifest& manifest, const std::vector<NodeId>& selected, bool keep_edges,
           const std::vector<Edge>& extra = {});

  /// What may run first.
  std::vector<NodeId> start();
  /// The node is done; what may run now.
  std::vector<NodeId> finish(NodeId id);
  /// Selected nodes downstream of `id`, through unselected ones too.
  std::vector<NodeId> descendants(NodeId id) const;
  size_t size() const { return count_; }

 private:
  void release(NodeId id, std::vector<NodeId>& ready);
  void compute_depths();
  void sort(std::vector<NodeId>& nodes) const;

  const Manifest& manifest_;
  std::vector<char> selected_;
  std::vector<std::vector<NodeId>> children_;
  std::vector<uint32_t> waiting_for_;  ///< parents that are not done
  std::vector<uint32_t> depth_;
  size_t count_;
};

}  // namespace modelc
