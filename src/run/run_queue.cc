#include "run/run_queue.h"

#include <algorithm>

namespace modelc {
namespace {

bool is_executable(const Node& node) {
  switch (node.resource_type) {
    case ResourceType::model:
    case ResourceType::seed:
    case ResourceType::snapshot:
    case ResourceType::analysis:
    case ResourceType::operation:
    case ResourceType::sql_operation:
      return true;
    default:
      return false;
  }
}

/// Finds what is downstream of several nodes at once. Its buffers serve many questions.
class CommonDescendants {
 public:
  explicit CommonDescendants(const Manifest& manifest)
      : graph_(manifest.graph()),
        manifest_(manifest),
        count_(manifest.nodes.size(), 0),
        seen_(manifest.nodes.size(), 0) {}

  /// The executable nodes downstream of all `tested` none of whose executable parents is: edges to more would add
  /// nothing.
  std::vector<NodeId> first(const std::vector<NodeId>& tested) {
    std::fill(count_.begin(), count_.end(), 0);
    std::vector<NodeId> reached;
    for (uint32_t round = 0; round < tested.size(); ++round) {
      reached.clear();
      walk(tested[round], round, reached);
    }
    const uint32_t all = static_cast<uint32_t>(tested.size());
    const auto is_common = [&](NodeId id) { return count_[id] == all && is_executable(manifest_.node(id)); };
    std::vector<NodeId> first;
    for (NodeId id : reached) {
      const auto parents = graph_.parents(id);
      if (is_common(id) && std::none_of(parents.begin(), parents.end(), is_common)) first.push_back(id);
    }
    return first;
  }

 private:
  /// Raises the count of what is below `start` and was reached in every earlier round.
  void walk(NodeId start, uint32_t round, std::vector<NodeId>& reached) {
    ++mark_;
    std::vector<NodeId> stack = {start};
    while (!stack.empty()) {
      const NodeId at = stack.back();
      stack.pop_back();
      for (NodeId child : graph_.children(at)) {
        if (seen_[child] == mark_) continue;
        seen_[child] = mark_;
        if (count_[child] == round) {
          count_[child] = round + 1;
          reached.push_back(child);
        }
        stack.push_back(child);
      }
    }
  }

  const Graph& graph_;
  const Manifest& manifest_;
  std::vector<uint32_t> count_, seen_;
  uint32_t mark_ = 0;
};

}  // namespace

std::vector<Edge> test_edges(const Manifest& manifest, const std::vector<NodeId>& selected) {
  std::vector<Edge> edges;
  CommonDescendants common(manifest);
  for (NodeId id : selected) {
    const Node& test = manifest.node(id);
    if (test.resource_type != ResourceType::test) continue;
    if (test.depends_on.size() == 1) {
      for (NodeId child : manifest.graph().children(test.depends_on[0])) {
        if (is_executable(manifest.node(child))) edges.emplace_back(id, child);
      }
    } else if (test.depends_on.size() > 1) {
      for (NodeId child : common.first(test.depends_on)) edges.emplace_back(id, child);
    }
  }
  return edges;
}

RunQueue::RunQueue(const Manifest& manifest, const std::vector<NodeId>& selected, bool keep_edges,
                   const std::vector<Edge>& extra)
    : manifest_(manifest),
      selected_(manifest.nodes.size(), 0),
      children_(manifest.nodes.size()),
      waiting_for_(manifest.nodes.size(), 0),
      depth_(manifest.nodes.size(), 0),
      count_(selected.size()) {
  for (NodeId id : selected) selected_[id] = 1;
  if (!keep_edges) return;
  const auto add = [&](NodeId parent, NodeId child) {
    children_[parent].push_back(child);
    ++waiting_for_[child];
  };
  for (NodeId id = 0; id < manifest.nodes.size(); ++id) {
    for (NodeId child : manifest.graph().children(id)) add(id, child);
  }
  for (const auto& [parent, child] : extra) add(parent, child);
  compute_depths();
}

/// The length of the longest way from the first selected nodes, counting selected nodes only.
void RunQueue::compute_depths() {
  auto waiting = waiting_for_;
  std::vector<NodeId> order;
  for (NodeId id = 0; id < waiting.size(); ++id) {
    if (waiting[id] == 0) order.push_back(id);
  }
  for (size_t i = 0; i < order.size(); ++i) {
    const NodeId id = order[i];
    for (NodeId child : children_[id]) {
      depth_[child] = std::max(depth_[child], depth_[id] + (selected_[id] ? 1u : 0u));
      if (--waiting[child] == 0) order.push_back(child);
    }
  }
}

void RunQueue::sort(std::vector<NodeId>& nodes) const {
  std::sort(nodes.begin(), nodes.end(), [&](NodeId a, NodeId b) {
    if (depth_[a] != depth_[b]) return depth_[a] < depth_[b];
    return manifest_.node(a).unique_id < manifest_.node(b).unique_id;
  });
}

std::vector<NodeId> RunQueue::start() {
  std::vector<NodeId> free, ready;
  for (NodeId id = 0; id < waiting_for_.size(); ++id) {
    if (waiting_for_[id] == 0) free.push_back(id);
  }
  for (NodeId id : free) {
    if (selected_[id])
      ready.push_back(id);
    else
      release(id, ready);
  }
  sort(ready);
  return ready;
}

std::vector<NodeId> RunQueue::finish(NodeId id) {
  std::vector<NodeId> ready;
  release(id, ready);
  sort(ready);
  return ready;
}

/// Nodes that wait for nothing any more: selected ones are ready, others let their own children go.
void RunQueue::release(NodeId id, std::vector<NodeId>& ready) {
  std::vector<NodeId> stack = {id};
  while (!stack.empty()) {
    const NodeId at = stack.back();
    stack.pop_back();
    for (NodeId child : children_[at]) {
      if (--waiting_for_[child] > 0) continue;
      if (selected_[child])
        ready.push_back(child);
      else
        stack.push_back(child);
    }
  }
}

std::vector<NodeId> RunQueue::descendants(NodeId id) const {
  std::vector<NodeId> found, stack = {id};
  std::vector<char> seen(selected_.size(), 0);
  while (!stack.empty()) {
    const NodeId at = stack.back();
    stack.pop_back();
    for (NodeId child : children_[at]) {
      if (seen[child]) continue;
      seen[child] = 1;
      if (selected_[child]) found.push_back(child);
      stack.push_back(child);
    }
  }
  return found;
}

}  // namespace modelc
