// Nodes in order, each in its own place: references and views into them last as long as the list, however it grows, and
// a node enters and leaves without being moved.
#pragma once

#include <boost/iterator/indirect_iterator.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "manifest/node.h"

namespace modelc {

class NodeList {
  using Owners = std::vector<std::unique_ptr<Node>>;

 public:
  using iterator = boost::indirect_iterator<Owners::iterator>;
  using const_iterator = boost::indirect_iterator<Owners::const_iterator, const Node>;

  void push_back(std::unique_ptr<Node> node) { nodes_.push_back(std::move(node)); }
  void push_back(Node node) { push_back(std::make_unique<Node>(std::move(node))); }
  /// Empties the list into its owners.
  std::vector<std::unique_ptr<Node>> release() { return std::exchange(nodes_, {}); }
  void reserve(size_t count) { nodes_.reserve(count); }
  void clear() { nodes_.clear(); }

  size_t size() const { return nodes_.size(); }
  bool empty() const { return nodes_.empty(); }
  Node& operator[](size_t i) { return *nodes_[i]; }
  const Node& operator[](size_t i) const { return *nodes_[i]; }
  Node& back() { return *nodes_.back(); }
  iterator begin() { return nodes_.begin(); }
  iterator end() { return nodes_.end(); }
  const_iterator begin() const { return nodes_.begin(); }
  const_iterator end() const { return nodes_.end(); }

 private:
  Owners nodes_;
};

}  // namespace modelc
