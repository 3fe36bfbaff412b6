#include "base/yaml_places.h"

#include <functional>
#include <string>

namespace modelc {
namespace {

/// Two keys of one mapping with equal hashes would only blame a neighbour's line.
uint32_t hash_step(std::string_view step) { return static_cast<uint32_t>(std::hash<std::string_view>()(step)); }

size_t count_places(const YamlNode& node) {
  size_t count = 1;
  for (size_t i = node.is_mapping() ? 1 : 0; i < node.children.size(); i += node.is_mapping() ? 2 : 1)
    count += count_places(node.children[i]);
  return count;
}

}  // namespace

YamlPlaces::YamlPlaces(const YamlNode& root) {
  places_.reserve(count_places(root));
  add(root, 0);
}

void YamlPlaces::add(const YamlNode& node, uint32_t step) {
  const size_t at = places_.size();
  places_.push_back({node.begin, node.end, step, 1});
  for (size_t i = 0; i < node.size(); ++i) {
    if (node.is_mapping())
      add(node.value_at(i), hash_step(node.key_at(i).text));
    else
      add(node.children[i], hash_step(std::to_string(i)));
  }
  places_[at].size = static_cast<uint32_t>(places_.size() - at);
}

Span YamlPlaces::find(const SourceFile* file, const std::vector<std::string>& path) const {
  if (places_.empty()) return {};
  size_t at = 0;
  for (const std::string& part : path) {
    const uint32_t step = hash_step(part);
    const size_t end = at + places_[at].size;
    size_t child = at + 1;
    while (child < end && places_[child].step != step) child += places_[child].size;
    if (child >= end) break;
    at = child;
  }
  return {file, places_[at].begin, places_[at].end};
}

}  // namespace modelc
