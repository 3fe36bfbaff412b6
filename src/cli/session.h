// What every command shares: the invocation, the log, the stages up to a parsed project, and the target folder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/relation_cache.h"
#include "artifacts/artifacts.h"
#include "base/timings.h"
#include "parse/parse.h"
#include "project/project.h"
#include "select/select.h"

namespace modelc {

/// One run of the program. Created by start_session; lives until the command has ended. Not copyable: the invocation
/// holds addresses of its members.
struct Session {
  Session() = default;
  Session(const Session&) = delete;

  Invocation invocation;
  std::vector<std::string> given_flags;
  SourceMap sources;
  std::unique_ptr<EventBus> events;
  Timings timings;
  bool alerted = false;             ///< an alert was sent, or tried to
  std::vector<RunResult> finished;  ///< under --timings: the results of the nodes that ran
  std::string project_root;         ///< absolute; empty for commands without a project
  int64_t started_ns = 0;

  // Filled by load_and_parse and connect.
  std::unique_ptr<ParsedProject> parsed;
  std::unique_ptr<Adapter> adapter;
  RelationCache cache;

  // Filled by load_state.
  std::optional<StateManifest> state_manifest, defer_manifest;
  std::optional<StateRunResults> state_run_results;
  std::optional<jinja::Value> state_sources, current_sources;

  const Flags& flags() const { return invocation.flags; }
};

/// Sets the log up, finds the project (and makes it the working directory, as dbt does), applies its flags.
void start_session(Session& session, ParsedCommandLine parsed, bool needs_project);

/// The parse pipeline: project -> manifest. Leaves session.parsed filled.
void load_and_parse(Session& session);
/// Makes the adapter of the target.
void connect(Session& session);
/// Reads what --state, --defer-state and the target folder hold. Errors as dbt's when a given folder has no manifest.
void load_state(Session& session);
StateInputs state_inputs(const Session& session);

/// Selected nodes for the flags, among `types`; empty `types` = all kinds.
std::vector<NodeId> select_for(Session& session, std::vector<ResourceType> types);

/// Absolute path of a file in the target folder.
std::string target_path(const Session& session, std::string_view file);
/// Writes manifest.json and its companions unless --no-write-json.
void write_manifest(Session& session, const CompiledCodes& compiled);
void write_artifact(Session& session, std::string_view file, const std::string& text);

/// Fires an event without data.
void say(const Session& session, std::string name, std::string code, EventLevel level, std::string message,
         jinja::Value data = jinja::Value::dict());
/// Fires one of dbt's deprecations; the first of its name is shown.
void deprecate(const Session& session, std::string name, std::string code, std::string_view message,
               jinja::Value data = jinja::Value::dict());
/// A bare line on stdout, also under --quiet.
void print_line(const Session& session, std::string text);

}  // namespace modelc
