// A set of nodes as bits. Internal to the select folder.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "manifest/graph.h"

namespace modelc {

/// Nodes of one manifest; both sides of an operation must be of the same one.
class NodeSet {
 public:
  explicit NodeSet(size_t size = 0) : size_(size), words_((size + 63) / 64) {}

  void add(NodeId id) { words_[id / 64] |= uint64_t{1} << (id % 64); }
  void remove(NodeId id) { words_[id / 64] &= ~(uint64_t{1} << (id % 64)); }
  bool has(NodeId id) const { return words_[id / 64] >> (id % 64) & 1; }
  bool empty() const {
    for (uint64_t word : words_)
      if (word) return false;
    return true;
  }
  void add_all() {
    for (uint64_t& word : words_) word = ~uint64_t{0};
    if (size_ % 64) words_.back() = (uint64_t{1} << (size_ % 64)) - 1;
  }
  NodeSet& operator|=(const NodeSet& o) {
    return combine(o, [](uint64_t a, uint64_t b) { return a | b; });
  }
  NodeSet& operator&=(const NodeSet& o) {
    return combine(o, [](uint64_t a, uint64_t b) { return a & b; });
  }
  NodeSet& operator-=(const NodeSet& o) {
    return combine(o, [](uint64_t a, uint64_t b) { return a & ~b; });
  }
  bool operator==(const NodeSet&) const = default;

  /// Calls `visit(id)` in ascending order. The set must not change meanwhile.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i)
      for (uint64_t word = words_[i]; word; word &= word - 1)
        visit(static_cast<NodeId>(i * 64 + std::countr_zero(word)));
  }
  std::vector<NodeId> ids() const {
    std::vector<NodeId> out;
    each([&](NodeId id) { out.push_back(id); });
    return out;
  }

 private:
  template <class Op>
  NodeSet& combine(const NodeSet& o, Op op) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] = op(words_[i], o.words_[i]);
    return *this;
  }

  size_t size_;
  std::vector<uint64_t> words_;
};

}  // namespace modelc
