// A node's result as on-run-end hooks see it (dbt: RunResult): result.node, result.status, result.to_dict(), ...
#pragma once

#include "run/node_task.h"

namespace modelc {

/// `shared` and `result` must outlive the value.
jinja::Value result_object(RunShared& shared, const RunResult& result);

}  // namespace modelc
