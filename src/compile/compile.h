// A node to SQL: the runtime context (dbt: context/providers.py), the Jinja face of the adapter, ephemeral CTEs.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/relation_cache.h"
#include "artifacts/artifacts.h"
#include "parse/parse.h"

namespace modelc {

/// What every node's compilation shares. One per invocation; const members may be used by all threads.
struct CompileEnvironment {
  const Invocation& invocation;
  const ParsedProject& parsed;
  Adapter* adapter = nullptr;              ///< null: no database (parse, list); queries then fail
  RelationCache* cache = nullptr;
  const StateManifest* defer_state = nullptr;  ///< --defer
  std::vector<NodeId> selected;            ///< sorted; for defer and selected_resources
};

struct Compiled {
  std::string sql;                                ///< with ephemeral CTEs injected
  std::shared_ptr<const jinja::SpanMap> map;      ///< origins in `sql`
  std::vector<std::pair<std::string, std::string>> extra_ctes;
};

/// Compiles one node with execute = true. Ephemeral parents are compiled on demand, once, and shared between threads.
/// Thread-safe. Throws Error with the node as subject.
class Compiler {
 public:
  explicit Compiler(const CompileEnvironment& environment);
  ~Compiler();
  Compiled compile(const Node& node, Connection* connection);
  const CompileEnvironment& environment() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Rewrites a DatabaseError whose SQL is (or contains) `compiled.sql` so that its span is the model's own line; the compiled SQL line
/// goes into a note.
void locate_database_error(DatabaseError& error, const Node& node, const Compiled& compiled);

}  // namespace modelc
