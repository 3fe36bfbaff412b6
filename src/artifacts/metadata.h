// What every artifact of dbt's says of itself. Internal to the artifacts folder.
#pragma once

#include <string_view>

#include "artifacts/sink.h"
#include "project/invocation.h"

namespace modelc {

/// Opens the object `metadata` and writes the keys that all artifacts share; the caller adds its own and closes it.
void begin_metadata(JsonSink& sink, const Invocation& invocation, std::string_view name, int version);

/// The variables DBT_ENV_CUSTOM_ENV_*, without their prefix.
std::map<std::string, std::string> custom_environment(const Invocation& invocation);

}  // namespace modelc
