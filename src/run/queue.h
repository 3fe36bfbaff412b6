// Which selected node may run next (dbt: graph/queue.py). Pure data: the scheduler holds a lock around every call.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "manifest/manifest.h"

namespace modelc {

enum class QueueOrder : uint8_t {
  dependencies,       ///< parents first; paths through unselected nodes count
  tests_in_between,   ///< `build`: also, a test runs before whatever depends on all that it tests, a unit test before its model
  independent,        ///< no edges: clone, freshness
};

/// The selected subgraph, consumed node by node. Among ready nodes the one of the lowest depth comes first, then by
/// unique_id, as in dbt, so one thread always gives the same order.
class GraphQueue {
 public:
  GraphQueue(const Manifest& manifest, const std::vector<NodeId>& selected, QueueOrder order);

  /// The next ready node, or nothing when all remaining ones wait for nodes in progress.
  std::optional<NodeId> pop();
  /// Frees what waited for `node`.
  void done(NodeId node);
  /// Nodes that pop() has not given out yet.
  size_t waiting() const { return waiting_; }
  /// Every node of the queue downstream of `node`, itself excluded: what is skipped when it fails.
  std::vector<NodeId> descendants(NodeId node) const;

 private:
  using Slot = uint32_t;
  void add_edge(Slot from, Slot to);
  void link_selected(const Manifest& manifest);
  void link_tests(const Manifest& manifest);
  void link_unit_tests(const Manifest& manifest);
  void score();
  void push_if_ready(Slot slot);

  std::vector<NodeId> nodes_;               // slot -> node, ascending
  std::vector<Slot> slot_of_;               // node -> slot or no_id
  std::vector<std::vector<Slot>> children_;
  std::vector<uint32_t> open_parents_, level_;
  std::vector<const std::string*> unique_id_;
  struct Later {
    const GraphQueue* queue;
    bool operator()(Slot a, Slot b) const;
  };
  std::priority_queue<Slot, std::vector<Slot>, Later> ready_;
  size_t waiting_ = 0;
};

}  // namespace modelc
