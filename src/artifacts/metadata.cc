#include "artifacts/metadata.h"

#include <fmt/format.h>

#include "base/version.h"

namespace modelc {

std::map<std::string, std::string> custom_environment(const Invocation& invocation) {
  constexpr std::string_view prefix = "DBT_ENV_CUSTOM_ENV_";
  std::map<std::string, std::string> result;
  for (auto it = invocation.environment.lower_bound(std::string(prefix)); it != invocation.environment.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    result[it->first.substr(prefix.size())] = it->second;
  }
  return result;
}

void begin_metadata(JsonSink& sink, const Invocation& invocation, std::string_view name, int version) {
  sink.begin_object();
  sink.key("dbt_schema_version");
  sink.string(fmt::format("https://schemas.getdbt.com/dbt/{}/v{}.json", name, version));
  sink.key("dbt_version");
  sink.string(dbt_version);
  sink.key("generated_at");
  sink.string(format_iso_utc(now_micros()));
  sink.key("invocation_id");
  sink.string(invocation.invocation_id);
  sink.key("invocation_started_at");
  sink.string(format_iso_utc(invocation.started_at));
  sink.key("env");
  sink.begin_object();
  for (const auto& [variable, value] : custom_environment(invocation)) {
    sink.key(variable);
    sink.string(value);
  }
  sink.end_object();
}

}  // namespace modelc
