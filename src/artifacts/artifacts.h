// dbt's artifact files: writing them, and reading those of an earlier invocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fs.h"
#include "manifest/manifest.h"
#include "project/invocation.h"

namespace modelc {

/// Statuses of run_results.json, over all kinds of nodes.
enum class RunStatus : uint8_t { success, error, skipped, partial_success, no_op, pass, fail, warn, runtime_error };
std::string_view run_status_name(RunStatus status);  ///< dbt's text: "partial success", "no-op", "runtime error", ...
std::optional<RunStatus> parse_run_status(std::string_view text);

struct TimingInfo {
  std::string name;  ///< "compile", "execute"
  Micros started_at = 0, completed_at = 0;
  int64_t cpu_ns = 0;  ///< of the thread that took the step; in no artifact
};

struct BatchResults {
  std::vector<std::pair<Micros, Micros>> successful, failed;  ///< [start, end)
};

/// What one node's run came to. Plain value, produced by the run layer.
struct RunResult {
  NodeId node = no_id;
  std::string unique_id;
  RunStatus status = RunStatus::success;
  std::vector<TimingInfo> timing;
  std::string thread_id = "MainThread";
  double execution_time = 0;  ///< seconds
  jinja::Value adapter_response = jinja::Value::dict();
  std::string message;  ///< empty = null
  std::optional<int64_t> failures;
  bool compiled = false;
  std::string compiled_code, relation_name;
  std::optional<BatchResults> batch_results;
  std::optional<Diagnostic> diagnostic;  ///< of an error
  jinja::Value extra;                    ///< freshness: dict of sources.json's fields; show: the table
};

/// What compiling a node gave, for manifest.json (compiled_code and so on).
struct CompiledCode {
  std::string sql;
  std::vector<std::pair<std::string, std::string>> extra_ctes;  ///< unique_id, SQL
  std::string path;                                             ///< target/compiled/...; empty = not written
  std::string build_path;                                       ///< target/run/...; empty = not run
  /// Macros that the text called beyond those that parsing saw: `is_incremental()` and `execute` open branches. dbt
  /// adds them to depends_on.macros.
  std::vector<MacroId> further_macros;
  /// Foreign keys' `to` as written ("ref('x')") -> the relation that it names.
  std::vector<std::pair<std::string, std::string>> foreign_keys;
};
using CompiledCodes = std::unordered_map<NodeId, CompiledCode>;

/// manifest.json, v12: every key of dbt's in dbt's order, as Python's json.dumps writes it. Written on all cores
/// straight from the nodes, without a tree between, and handed to `sink` in pieces: the whole text may be larger than
/// everything else in memory.
void write_manifest_json(const TextSink& sink, const Invocation& invocation, const Project& project,
                         const Manifest& manifest, const CompiledCodes& compiled);
/// The same as one text.
std::string manifest_json(const Invocation& invocation, const Project& project, const Manifest& manifest,
                          const CompiledCodes& compiled);
/// One entry of it: what `graph.nodes`, `model`, list --output json and docs see. A dict in dbt's order that belongs to
/// the caller: its containers are copies.
jinja::Value node_value(const Manifest& manifest, const Node& node, const CompiledCode* compiled = nullptr);
jinja::Value macro_value(const Manifest& manifest, const Macro& macro);
/// Jinja's `graph`: {exposures, functions, groups, metrics, nodes, sources, semantic_models, saved_queries,
/// unit_tests}. Costs a copy of the whole manifest: build it when a template asks for it.
jinja::Value graph_value(const Manifest& manifest);

/// run_results.json v6 with `args`.
std::string run_results_json(const Invocation& invocation, const std::vector<RunResult>& results,
                             double elapsed_seconds);
/// sources.json v3. Only results with `extra` (max_loaded_at, snapshotted_at, max_loaded_at_time_ago_in_s, criteria)
/// are written: dbt leaves out sources whose freshness could not be read.
std::string sources_json(const Invocation& invocation, const std::vector<RunResult>& results, double elapsed_seconds);
/// semantic_manifest.json and graph_summary.json as dbt writes them beside manifest.json.
std::string semantic_manifest_json(const Manifest& manifest);
std::string graph_summary_json(const Manifest& manifest, const Invocation& invocation);

struct CatalogColumn {
  std::string type, name, comment;
  int index = 0;
};
struct CatalogTable {
  std::string unique_id;  ///< empty when no node has this relation
  bool is_source = false;
  std::string type, schema, name, database, comment, owner;
  std::vector<CatalogColumn> columns;
  jinja::Value stats;  ///< dict or undefined
};
std::string catalog_json(const Invocation& invocation, const std::vector<CatalogTable>& tables,
                         const std::vector<std::string>& errors);

/// An earlier invocation's artifacts, read from a state folder. Only what selection, defer and retry need. Any thread
/// may read it.
struct StateManifest {
  jinja::Value root;  ///< the whole manifest as a dict; versions 4 to 11 are brought to the form of 12
  /// The entry of a node, source, exposure, unit test, ..., or undefined. Disabled ones are not found.
  jinja::Value find(std::string_view unique_id) const;
};
struct StateRunResults {
  std::vector<RunResult> results;
  jinja::Value args;
  Micros generated_at = 0;
  std::string invocation_id;
};
/// Reads; std::nullopt when the file is absent. Throws Error{runtime, "artifacts/bad-state"} for a file that is no such
/// artifact or too old, with dbt's wording. read_json_file accepts any JSON.
std::optional<StateManifest> read_manifest(const FileSystem& fs, const std::string& path);
std::optional<StateRunResults> read_run_results(const FileSystem& fs, const std::string& path);
std::optional<jinja::Value> read_json_file(const FileSystem& fs, const std::string& path);

}  // namespace modelc
