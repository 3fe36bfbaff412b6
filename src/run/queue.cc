#include "run/queue.h"

#include <algorithm>

namespace modelc {

bool GraphQueue::Later::operator()(Slot a, Slot b) const {
  if (queue->level_[a] != queue->level_[b]) return queue->level_[a] > queue->level_[b];
  return *queue->unique_id_[a] > *queue->unique_id_[b];
}

GraphQueue::GraphQueue(const Manifest& manifest, const std::vector<NodeId>& selected, QueueOrder order)
    : nodes_(selected), slot_of_(manifest.nodes.size(), no_id), children_(selected.size()), open_parents_(selected.size(), 0),
      level_(selected.size(), 0), ready_(Later{this}), waiting_(selected.size()) {
  for (Slot slot = 0; slot < nodes_.size(); ++slot) {
    slot_of_[nodes_[slot]] = slot;
    unique_id_.push_back(&manifest.node(nodes_[slot]).unique_id);
  }
  if (order != QueueOrder::independent) link_selected(manifest);
  if (order == QueueOrder::tests_in_between) {
    link_tests(manifest);
    link_unit_tests(manifest);
  }
  score();
  for (Slot slot = 0; slot < nodes_.size(); ++slot) push_if_ready(slot);
}

void GraphQueue::add_edge(Slot from, Slot to) {
  if (from == to || std::find(children_[from].begin(), children_[from].end(), to) != children_[from].end()) return;
  children_[from].push_back(to);
  ++open_parents_[to];
}

/// From every selected node down to the next selected ones, through unselected nodes.
void GraphQueue::link_selected(const Manifest& manifest) {
  std::vector<Slot> seen(manifest.nodes.size(), no_id);
  std::vector<NodeId> stack;
  for (Slot slot = 0; slot < nodes_.size(); ++slot) {
    stack.assign(1, nodes_[slot]);
    while (!stack.empty()) {
      const NodeId node = stack.back();
      stack.pop_back();
      for (NodeId child : manifest.graph().children(node)) {
        if (seen[child] == slot) continue;
        seen[child] = slot;
        if (slot_of_[child] != no_id) add_edge(slot, slot_of_[child]);
        else stack.push_back(child);
      }
    }
  }
}

/// A failing test must keep everything that builds on the tested data from running. A test of one node comes before the
/// node's children; a test of several comes before the first nodes that depend on all of them (dbt: Linker.add_test_edges).
void GraphQueue::link_tests(const Manifest& manifest) {
  for (Slot test = 0; test < nodes_.size(); ++test) {
    const Node& node = manifest.node(nodes_[test]);
    if (node.resource_type != ResourceType::test || node.depends_on.empty()) continue;
    std::vector<bool> below = manifest.graph().descendants({node.depends_on[0]});
    for (size_t i = 1; i < node.depends_on.size(); ++i) {
      const auto other = manifest.graph().descendants({node.depends_on[i]});
      for (size_t n = 0; n < below.size(); ++n) below[n] = below[n] && other[n];
    }
    for (NodeId candidate = 0; candidate < below.size(); ++candidate) {
      if (!below[candidate] || slot_of_[candidate] == no_id) continue;
      const auto type = manifest.node(candidate).resource_type;
      if (type == ResourceType::test || type == ResourceType::unit_test) continue;
      add_edge(test, slot_of_[candidate]);
    }
  }
}

/// A unit test needs what its model reads, and runs before the model.
void GraphQueue::link_unit_tests(const Manifest& manifest) {
  for (Slot slot = 0; slot < nodes_.size(); ++slot) {
    const Node& node = manifest.node(nodes_[slot]);
    if (node.resource_type != ResourceType::unit_test || node.unit_test->tested_node == no_id) continue;
    const NodeId model = node.unit_test->tested_node;
    const Slot model_slot = slot_of_[model];
    for (NodeId parent : manifest.graph().parents(model)) {
      if (slot_of_[parent] != no_id && manifest.node(parent).resource_type != ResourceType::unit_test) add_edge(slot_of_[parent], slot);
    }
    if (model_slot == no_id) continue;
    auto& after_model = children_[model_slot];  // the manifest says: the unit test depends on its model; here it is the other way
    if (const auto it = std::find(after_model.begin(), after_model.end(), slot); it != after_model.end()) {
      after_model.erase(it);
      --open_parents_[slot];
    }
    add_edge(slot, model_slot);
  }
}

/// A node's level is the longest way to it within its part of the graph.
void GraphQueue::score() {
  std::vector<uint32_t> open = open_parents_;
  std::vector<Slot> layer, next;
  for (Slot slot = 0; slot < nodes_.size(); ++slot) {
    if (open[slot] == 0) layer.push_back(slot);
  }
  for (uint32_t level = 0; !layer.empty(); ++level) {
    next.clear();
    for (Slot slot : layer) {
      level_[slot] = level;
      for (Slot child : children_[slot]) {
        if (--open[child] == 0) next.push_back(child);
      }
    }
    layer.swap(next);
  }
}

void GraphQueue::push_if_ready(Slot slot) {
  if (open_parents_[slot] == 0) ready_.push(slot);
}

std::optional<NodeId> GraphQueue::pop() {
  if (ready_.empty()) return std::nullopt;
  const Slot slot = ready_.top();
  ready_.pop();
  --waiting_;
  return nodes_[slot];
}

void GraphQueue::done(NodeId node) {
  for (Slot child : children_[slot_of_[node]]) {
    --open_parents_[child];
    push_if_ready(child);
  }
}

std::vector<NodeId> GraphQueue::descendants(NodeId node) const {
  std::vector<bool> seen(nodes_.size(), false);
  std::vector<Slot> stack{slot_of_[node]};
  std::vector<NodeId> result;
  while (!stack.empty()) {
    const Slot slot = stack.back();
    stack.pop_back();
    for (Slot child : children_[slot]) {
      if (seen[child]) continue;
      seen[child] = true;
      result.push_back(nodes_[child]);
      stack.push_back(child);
    }
  }
  return result;
}

}  // namespace modelc
