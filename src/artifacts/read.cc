// Reading the artifacts of an earlier invocation. Older manifests are brought to the form of version 12.
#include <fmt/format.h>

#include <charconv>

#include "artifacts/artifacts.h"
#include "base/text.h"
#include "jinja/json.h"

namespace modelc {
namespace {

using jinja::DictData;
using jinja::Value;

constexpr std::string_view schema_host = "https://schemas.getdbt.com/dbt/";

Error bad_state(std::string message) { return Error(ErrorKind::runtime, "artifacts/bad-state", std::move(message)); }

/// The N of "https://schemas.getdbt.com/dbt/<name>/vN.json", or 0.
int version_of(std::string_view schema, std::string_view name) {
  const std::string prefix = fmt::format("{}{}/v", schema_host, name);
  if (!schema.starts_with(prefix)) return 0;
  int version = 0;
  std::from_chars(schema.data() + prefix.size(), schema.data() + schema.size(), version);
  return version;
}

/// Refuses what dbt refuses: another artifact, or a version outside of [oldest, newest]. Returns the version.
int check_version(const Value& root, const std::string& path, std::string_view name, int oldest, int newest) {
  const Value schema = root.get("metadata").get("dbt_schema_version");
  if (!schema.is_string()) {
    throw bad_state(fmt::format(
        "Expected a schema version of \"{}{}/v{}.json\" in {}, but found nothing. Are you running with a different "
        "version of dbt?",
        schema_host, name, newest, path));
  }
  const int version = version_of(schema.as_string(), name);
  if (version < oldest || version > newest) {
    throw bad_state(fmt::format(
        "Expected a schema version of \"{}{}/v{}.json\" in {}, but found \"{}\". Are you running with a different "
        "version of dbt?",
        schema_host, name, newest, path, schema.as_string()));
  }
  return version;
}

Value read_artifact(const FileSystem& fs, const std::string& path, std::string_view type_name) {
  Value root;
  try {
    root = jinja::parse_json(fs.read(path));
  } catch (const Error& error) {
    throw bad_state(fmt::format("Could not read {} at \"{}\" as JSON: {}", type_name, path, error.what()));
  }
  if (!root.is_dict())
    throw bad_state(fmt::format("Could not read {} at \"{}\" as JSON: it is no object", type_name, path));
  return root;
}

// ---- manifests before version 12 --------------------------------------------------------------------------------

void rename_key(DictData& dict, std::string_view from, std::string_view to) {
  const Value* value = dict.find(from);
  if (!value) return;
  Value moved = *value;
  dict.erase(Value(from));
  dict.set(to, std::move(moved));
}

/// Until version 8 a ref was ["name"] or ["package", "name"].
void upgrade_refs(DictData& entry) {
  const Value* refs = entry.find("refs");
  if (!refs || !refs->is_list()) return;
  for (Value& ref : refs->as_list()) {
    if (!ref.is_list() || ref.as_list().empty()) continue;
    const std::vector<Value> parts = ref.as_list();
    ref = Value::dict({{"name", parts.back()},
                       {"package", parts.size() > 1 ? parts.front() : Value::none()},
                       {"version", Value::none()}});
  }
}

void upgrade_node(DictData& entry) {
  rename_key(entry, "raw_sql", "raw_code");
  rename_key(entry, "compiled_sql", "compiled_code");
  upgrade_refs(entry);
}

template <class Change>
void change_entries(const Value& root, std::string_view section, Change change) {
  const Value entries = root.get(section);
  if (!entries.is_dict()) return;
  for (const auto& [key, value] : entries.as_dict().entries())
    if (value.is_dict()) change(value.as_dict());
}

void upgrade_manifest(Value& root, int version) {
  change_entries(root, "nodes", upgrade_node);
  change_entries(root, "exposures", upgrade_refs);
  change_entries(root, "metrics", upgrade_refs);
  if (version <= 9) root.as_dict().set("metrics", Value::dict());  // as dbt: metrics of that time are another thing
}

constexpr std::string_view node_sections[] = {"nodes",           "sources",       "exposures",  "metrics",
                                              "semantic_models", "saved_queries", "unit_tests", "functions"};

// ---- run results ------------------------------------------------------------------------------------------------

/// "2026-01-31T12:34:56.123456Z", with or without fraction and zone; 0 for anything else. The zone is taken for UTC.
Micros parse_time(std::string_view text) {
  auto number = [&](size_t at, size_t length) -> int64_t {
    int64_t value = -1;
    if (at + length <= text.size()) std::from_chars(text.data() + at, text.data() + at + length, value);
    return value;
  };
  if (text.size() < 19 || text[4] != '-' || text[10] != 'T') return 0;
  int64_t year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return 0;
  // Days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March.
  year -= month <= 2;
  const int64_t era = year / 400, year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t days = era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
  int64_t micros = 0;
  if (text.size() > 20 && text[19] == '.') {
    int64_t scale = 100'000;
    for (size_t i = 20; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
      micros += (text[i] - '0') * scale;
  }
  return ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60'000'000 + number(17, 2) * 1'000'000 + micros;
}

std::vector<std::pair<Micros, Micros>> batches_of(const Value& list) {
  std::vector<std::pair<Micros, Micros>> spans;
  if (!list.is_list()) return spans;
  for (const Value& item : list.as_list()) {
    if (!item.is_list() || item.as_list().size() != 2) continue;
    spans.emplace_back(parse_time(jinja::to_str(item.as_list()[0])), parse_time(jinja::to_str(item.as_list()[1])));
  }
  return spans;
}

RunResult result_of(const Value& entry) {
  RunResult result;
  result.unique_id = entry.get_string("unique_id");
  result.status = parse_run_status(entry.get_string("status")).value_or(RunStatus::error);
  result.thread_id = entry.get_string("thread_id");
  const Value seconds = entry.get("execution_time");
  result.execution_time = seconds.is_number() ? seconds.as_float() : 0;
  if (Value response = entry.get("adapter_response"); response.is_dict()) result.adapter_response = std::move(response);
  result.message = entry.get_string("message");
  if (const Value failures = entry.get("failures"); failures.is_int()) result.failures = failures.as_int();
  result.compiled = entry.get_bool("compiled");
  result.compiled_code = entry.get_string("compiled_code");
  result.relation_name = entry.get_string("relation_name");
  if (const Value steps = entry.get("timing"); steps.is_list()) {
    for (const Value& step : steps.as_list())
      result.timing.push_back({step.get_string("name"), parse_time(step.get_string("started_at")),
                               parse_time(step.get_string("completed_at"))});
  }
  if (const Value batches = entry.get("batch_results"); batches.is_dict())
    result.batch_results = BatchResults{batches_of(batches.get("successful")), batches_of(batches.get("failed"))};
  return result;
}

}  // namespace

Value StateManifest::find(std::string_view unique_id) const {
  for (std::string_view section : node_sections) {
    const Value* entries = root.is_dict() ? root.as_dict().find(section) : nullptr;
    const Value* entry = entries && entries->is_dict() ? entries->as_dict().find(unique_id) : nullptr;
    if (entry) return *entry;
  }
  return {};
}

std::optional<StateManifest> read_manifest(const FileSystem& fs, const std::string& path) {
  if (!fs.exists(path)) return std::nullopt;
  StateManifest manifest{read_artifact(fs, path, "WritableManifest")};
  const int version = check_version(manifest.root, path, "manifest", 4, 12);
  if (version < 12) upgrade_manifest(manifest.root, version);
  return manifest;
}

std::optional<StateRunResults> read_run_results(const FileSystem& fs, const std::string& path) {
  if (!fs.exists(path)) return std::nullopt;
  const Value root = read_artifact(fs, path, "RunResultsArtifact");
  check_version(root, path, "run-results", 4, 6);
  StateRunResults state;
  state.args = root.get("args");
  state.generated_at = parse_time(root.get("metadata").get_string("generated_at"));
  state.invocation_id = root.get("metadata").get_string("invocation_id");
  if (const Value results = root.get("results"); results.is_list())
    for (const Value& entry : results.as_list()) state.results.push_back(result_of(entry));
  return state;
}

std::optional<Value> read_json_file(const FileSystem& fs, const std::string& path) {
  if (!fs.exists(path)) return std::nullopt;
  try {
    return jinja::parse_json(fs.read(path));
  } catch (const Error& error) {
    throw bad_state(fmt::format("Could not read \"{}\" as JSON: {}", path, error.what()));
  }
}

}  // namespace modelc
