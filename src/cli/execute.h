// The steps that the node-walking commands share.
#pragma once

#include <string_view>
#include <vector>

#include "cli/session.h"
#include "run/run.h"

namespace modelc {

/// What "run", "test", "build", ... do with a node and which kinds they select.
TaskKind task_kind(std::string_view command);
std::vector<ResourceType> task_types(std::string_view command);

CompileEnvironment compile_environment(Session& session, std::vector<NodeId> selected);

/// Runs `nodes`; when the run cannot start, manifest.json is still written before the error goes on.
RunOutcome execute_nodes(Session& session, TaskKind kind, std::vector<NodeId> nodes, const StateRunResults* previous);

/// manifest.json (with compiled code) and run_results.json; then throws what the outcome says a hook has thrown.
void write_run_artifacts(Session& session, const RunOutcome& outcome);

/// docs generate for these nodes: compiles them and writes the catalog. `previous`: of retry, else null.
int generate_docs(Session& session, std::vector<NodeId> nodes, const StateRunResults* previous);

}  // namespace modelc
