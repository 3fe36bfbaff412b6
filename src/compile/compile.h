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

class RuntimeContext;
class SharedCompilation;

/// What every node's compilation shares. One per invocation; const members may be used by all threads.
struct CompileEnvironment {
  const Invocation& invocation;
  const ParsedProject& parsed;
  Adapter* adapter = nullptr;  ///< null: no database (parse, list); queries then fail
  RelationCache* cache = nullptr;
  const StateManifest* defer_state = nullptr;  ///< --defer
  std::vector<NodeId> selected;                ///< sorted; for defer and selected_resources
};

struct Compiled {
  std::string sql;                                              ///< with ephemeral CTEs injected
  std::shared_ptr<const jinja::SpanMap> map;                    ///< origins in `sql`
  std::vector<std::pair<std::string, std::string>> extra_ctes;  ///< unique_id, SQL
  std::string path;                                             ///< target/compiled/... when it was written, else empty
  std::vector<MacroId> further_macros;  ///< called by the node's own text, not among its depends_on_macros
  std::vector<std::pair<std::string, std::string>> foreign_keys;  ///< as CompiledCode::foreign_keys
};

/// Compiles nodes with execute = true. Ephemeral parents are compiled on demand, once, and shared between threads.
/// Thread-safe. Throws Error with the node as subject.
class Compiler {
 public:
  explicit Compiler(const CompileEnvironment& environment);
  ~Compiler();
  /// `connection` null: queries fail (--no-introspect).
  Compiled compile(const Node& node, Connection* connection);
  /// The same in a context that the caller goes on using; the result also becomes the context's `sql`. Writes
  /// target/compiled/... as dbt does, with `split_suffix` behind the file's stem (microbatch).
  Compiled compile(RuntimeContext& context, std::string_view split_suffix = {});
  const CompileEnvironment& environment() const;
  SharedCompilation& shared();
  /// Where the SQL that a compiled node executed was written, for manifest.json.
  void note_build_path(NodeId id, const std::string& path);
  /// What has been compiled so far, ephemeral parents included: for manifest.json.
  CompiledCodes codes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Rewrites a DatabaseError whose SQL is (or contains) `compiled.sql` so that its span is the model's own line; the
/// compiled SQL line goes into a note.
void locate_database_error(DatabaseError& error, const Node& node, const Compiled& compiled);

/// Takes the embedded macros out of a diagnostic's places: the innermost place in the project's own files becomes its
/// span.
void keep_project_places(SharedCompilation& shared, Diagnostic& diagnostic);

}  // namespace modelc
