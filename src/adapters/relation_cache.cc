#include "adapters/relation_cache.h"

#include "base/text.h"

namespace modelc {
namespace {

std::string schema_key(const Relation& relation) { return to_lower(relation.schema.value_or("")); }
std::string name_key(const Relation& relation) { return to_lower(relation.identifier.value_or("")); }

}  // namespace

bool RelationCache::has_schema(const std::string& schema) const {
  std::lock_guard lock(mutex_);
  return schemas_.contains(to_lower(schema));
}

void RelationCache::fill(const std::string& schema, const std::vector<RelationEntry>& entries) {
  std::lock_guard lock(mutex_);
  auto& relations = schemas_[to_lower(schema)];
  relations.clear();
  for (const auto& entry : entries) relations.insert_or_assign(name_key(entry.relation), entry.relation);
}

std::optional<Relation> RelationCache::find(const Relation& wanted) const {
  std::lock_guard lock(mutex_);
  const auto schema = schemas_.find(schema_key(wanted));
  if (schema == schemas_.end()) return std::nullopt;
  const auto relation = schema->second.find(name_key(wanted));
  return relation == schema->second.end() ? std::nullopt : std::optional(relation->second);
}

std::vector<Relation> RelationCache::list(const std::string& schema) const {
  std::lock_guard lock(mutex_);
  std::vector<Relation> result;
  if (const auto found = schemas_.find(to_lower(schema)); found != schemas_.end()) {
    for (const auto& [name, relation] : found->second) result.push_back(relation);
  }
  return result;
}

void RelationCache::add(const Relation& relation) {
  std::lock_guard lock(mutex_);
  schemas_[schema_key(relation)].insert_or_assign(name_key(relation), relation);
}

void RelationCache::drop(const Relation& relation) {
  std::lock_guard lock(mutex_);
  if (const auto found = schemas_.find(schema_key(relation)); found != schemas_.end())
    found->second.erase(name_key(relation));
}

void RelationCache::rename(const Relation& from, const Relation& to) {
  std::lock_guard lock(mutex_);
  Relation renamed = to;
  if (const auto found = schemas_.find(schema_key(from)); found != schemas_.end()) {
    if (const auto old = found->second.find(name_key(from)); old != found->second.end()) {
      if (renamed.type == RelationType::unknown) renamed.type = old->second.type;
      found->second.erase(old);
    }
  }
  schemas_[schema_key(to)].insert_or_assign(name_key(to), renamed);
}

void RelationCache::drop_schema(const std::string& schema) {
  std::lock_guard lock(mutex_);
  schemas_.erase(to_lower(schema));
}

void RelationCache::clear() {
  std::lock_guard lock(mutex_);
  schemas_.clear();
}

}  // namespace modelc
