#include "cli/timings_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/json.h"

namespace modelc {
namespace {

constexpr size_t nodes_shown = 10;
constexpr int main_thread = 0;

void write_event(JsonWriter& json, std::string_view name, std::string_view category, Micros start, Micros length,
                 int64_t cpu_ns, int thread) {
  json.begin_object();
  json.key("name");
  json.string(name);
  json.key("cat");
  json.string(category);
  json.key("ph");
  json.string("X");  // a complete event: with its beginning and its length
  json.key("ts");
  json.integer(start);
  json.key("dur");
  json.integer(length);
  json.key("pid");
  json.integer(1);
  json.key("tid");
  json.integer(thread);
  json.key("args");
  json.begin_object();
  json.key("cpu_us");
  json.integer(cpu_ns / 1000);
  json.end_object();
  json.end_object();
}

void write_thread_name(JsonWriter& json, std::string_view name, int thread) {
  json.begin_object();
  json.key("name");
  json.string("thread_name");
  json.key("ph");
  json.string("M");
  json.key("pid");
  json.integer(1);
  json.key("tid");
  json.integer(thread);
  json.key("args");
  json.begin_object();
  json.key("name");
  json.string(name);
  json.end_object();
  json.end_object();
}

double phase_ms(const RunResult& result, std::string_view phase) {
  for (const TimingInfo& timing : result.timing)
    if (timing.name == phase) return static_cast<double>(timing.completed_at - timing.started_at) / 1e3;
  return 0;
}

/// What waits for another model's writing costs nothing.
int64_t cpu_ns(const RunResult& result) {
  int64_t sum = 0;
  for (const TimingInfo& timing : result.timing) sum += timing.cpu_ns;
  return sum;
}

std::string stage_table(const Session& session) {
  std::string text = fmt::format("{:<24}{:>12}{:>12}", "stage", "wall ms", "cpu ms");
  for (const auto& stage : session.timings.stages())
    text += fmt::format("\n{:<24}{:>12.2f}{:>12.2f}", stage.name, stage.wall_ns / 1e6, stage.cpu_ns / 1e6);
  return text + fmt::format("\n{:<24}{:>12.2f}{:>12.2f}", "total", (monotonic_nanos() - session.started_ns) / 1e6,
                            process_cpu_nanos() / 1e6);
}

std::string slowest_nodes(std::vector<RunResult> results) {
  const size_t shown = std::min(nodes_shown, results.size());
  std::partial_sort(results.begin(), results.begin() + static_cast<long>(shown), results.end(),
                    [](const RunResult& a, const RunResult& b) { return cpu_ns(a) > cpu_ns(b); });
  std::string text =
      fmt::format("\n\n{:<60}{:>12}{:>12}{:>12}", "costliest nodes", "compile ms", "execute ms", "cpu ms");
  for (size_t i = 0; i < shown; ++i)
    text += fmt::format("\n{:<60}{:>12.2f}{:>12.2f}{:>12.2f}", results[i].unique_id, phase_ms(results[i], "compile"),
                        phase_ms(results[i], "execute"), static_cast<double>(cpu_ns(results[i])) / 1e6);
  return text;
}

}  // namespace

std::string trace_json(const std::vector<Timings::Stage>& stages, const std::vector<RunResult>& results) {
  JsonWriter json;
  json.begin_object();
  json.key("displayTimeUnit");
  json.string("ms");
  json.key("traceEvents");
  json.begin_array();
  write_thread_name(json, "stages", main_thread);
  for (const auto& stage : stages)
    write_event(json, stage.name, "stage", stage.started_us, stage.wall_ns / 1000, stage.cpu_ns, main_thread);
  std::map<std::string, int> threads;
  for (const RunResult& result : results) {
    const auto [thread, is_new] = threads.emplace(result.thread_id, static_cast<int>(threads.size()) + 1);
    if (is_new) write_thread_name(json, result.thread_id, thread->second);
    for (const TimingInfo& timing : result.timing)
      write_event(json, result.unique_id, timing.name, timing.started_at, timing.completed_at - timing.started_at,
                  timing.cpu_ns, thread->second);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

void report_timings(Session& session) {
  std::string text = stage_table(session);
  if (!session.finished.empty()) text += slowest_nodes(session.finished);
  if (session.parsed) {
    write_artifact(session, "timings.json", trace_json(session.timings.stages(), session.finished));
    text += fmt::format("\n\ntrace for ui.perfetto.dev: {}", target_path(session, "timings.json"));
  }
  print_line(session, text);
}

}  // namespace modelc
