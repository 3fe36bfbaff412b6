// What relations exist, known once per schema and kept true by the run itself (dbt's relations cache).
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/adapter.h"

namespace modelc {

/// Shared by all threads of a run. Names are compared without regard to case.
class RelationCache {
 public:
  /// True when the schema's relations are known; else the caller lists them and calls fill().
  bool has_schema(const std::string& schema) const;
  void fill(const std::string& schema, const std::vector<RelationEntry>& entries);
  std::optional<Relation> find(const Relation& wanted) const;
  std::vector<Relation> list(const std::string& schema) const;
  void add(const Relation& relation);
  void drop(const Relation& relation);
  void rename(const Relation& from, const Relation& to);
  void drop_schema(const std::string& schema);
  void clear();

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::unordered_map<std::string, Relation>> schemas_;
};

}  // namespace modelc
