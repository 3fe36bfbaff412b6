// dbt's RuntimeConfig as macros reach it: `builtins.ref.config`. Packages that report on dbt itself (elementary) read
// it.
#pragma once

#include "project/invocation.h"
#include "project/project.h"

namespace modelc {

/// A dict with the names of dbt's RuntimeConfig that say what runs: project_name, version, project_root, profile_name,
/// target_name, threads, vars (with to_dict()), cli_vars, args, dependencies (a dict of the same by name).
jinja::Value runtime_config_value(const Invocation& invocation, const Project& project);

/// `ref` with the attribute `config`; calls go to `ref`.
jinja::Value ref_with_config(jinja::Value ref, const Invocation& invocation, const Project& project);

}  // namespace modelc
