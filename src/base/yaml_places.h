// Where the nodes of a YAML tree stand, without what they hold: what is kept of a tree when it has been read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/yaml.h"

namespace modelc {

class YamlPlaces {
 public:
  YamlPlaces() = default;
  explicit YamlPlaces(const YamlNode& root);

  /// The place of the node that `path` leads to from the root: keys of mappings and, as texts, indexes of sequences.
  /// The closest one that exists.
  Span find(const SourceFile* file, const std::vector<std::string>& path) const;

 private:
  /// A node of the tree, followed by its children; keys have no places of their own.
  struct Place {
    uint32_t begin = 0, end = 0;  ///< as in YamlNode
    uint32_t step = 0;            ///< hash of the key or index that leads here
    uint32_t size = 1;            ///< of the subtree, in places
  };
  void add(const YamlNode& node, uint32_t step);

  std::vector<Place> places_;
};

}  // namespace modelc
