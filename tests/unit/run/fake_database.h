// A database that only remembers what it was told, and a project in memory to run on it.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/relation_cache.h"
#include "parse/parse.h"
#include "run/run.h"

namespace modelc::testing {

/// What all connections of a fake database share.
struct FakeLog {
  std::mutex mutex;
  std::vector<std::string> statements;  ///< without the query comment; "begin", "commit", "rollback" too
  std::atomic<int> connections{0};
  std::string failing;        ///< statements that hold this text fail
  int64_t test_failures = 0;  ///< what data tests find
  std::chrono::milliseconds head_start{};

  void add(std::string statement) {
    std::lock_guard lock(mutex);
    statements.push_back(std::move(statement));
  }
  size_t count(std::string_view text) {
    std::lock_guard lock(mutex);
    return static_cast<size_t>(std::count_if(statements.begin(), statements.end(),
                                             [&](const std::string& s) { return s.find(text) != std::string::npos; }));
  }
};

class FakeConnection final : public Connection {
 public:
  explicit FakeConnection(FakeLog& log) : log_(log) { ++log_.connections; }

  QueryResult execute(std::string_view sql, bool fetch, std::optional<int64_t>,
                      const std::vector<jinja::Value>&) override {
    if (const size_t end = sql.find("*/\n"); sql.starts_with("/* {") && end != std::string_view::npos)
      sql.remove_prefix(end + 3);
    if (sql == "begin immediate") {
      begin();
      return {AdapterResponse{}, std::make_shared<Table>()};
    }
    log_.add(std::string(sql));
    if (!log_.failing.empty() && sql.find(log_.failing) != std::string_view::npos) {
      throw DatabaseError("fake/sql", "no such thing: " + log_.failing, std::string(sql), -1);
    }
    QueryResult result{AdapterResponse{}, std::make_shared<Table>()};
    if (fetch && sql.find("should_error") != std::string_view::npos) {
      result.table->column_names = {"failures", "should_warn", "should_error"};
      result.table->column_types = {CellType::integer, CellType::boolean, CellType::boolean};
      result.table->rows = {{jinja::Value(log_.test_failures), jinja::Value(log_.test_failures != 0),
                             jinja::Value(log_.test_failures != 0)}};
    }
    return result;
  }
  void begin() override {
    if (!open_) open_ = true, log_.add("begin");
  }
  void commit() override {
    if (open_) open_ = false, log_.add("commit");
  }
  void rollback() override {
    if (open_) open_ = false, log_.add("rollback");
  }
  bool in_transaction() const override { return open_; }
  std::vector<std::string> list_schemas() override { return {"main"}; }
  std::vector<RelationEntry> list_relations(const std::string& schema) override {
    log_.add("list " + schema);
    return {};
  }
  std::vector<Column> columns(const Relation&) override { return {}; }
  std::vector<Column> describe_query(std::string_view) override { return {}; }
  void create_schema(const std::string& schema) override { log_.add("create schema " + schema); }
  void drop_schema(const std::string&) override {}
  int64_t bulk_insert(const Relation&, const Table& table) override { return static_cast<int64_t>(table.rows.size()); }
  void replace_table(const Relation&, const std::vector<Column>&) override {}
  std::unique_ptr<RowWriter> write_rows(const Relation&, const std::vector<std::string>&) override { return nullptr; }
  void read_rows(std::string_view, const std::function<void(const std::vector<std::string>&)>&,
                 const std::function<void(std::span<const Cell>)>&) override {}
  void check_view(const Relation&) override {}
  void cancel() override {}

 private:
  FakeLog& log_;
  bool open_ = false;
};

class FakeAdapter final : public Adapter {
 public:
  explicit FakeAdapter(FakeLog& log) : log_(log) {}
  const AdapterTraits& traits() const override { return adapter_traits("sqlite"); }
  std::unique_ptr<Connection> connect(std::string_view) override { return std::make_unique<FakeConnection>(log_); }
  std::chrono::milliseconds head_start() const override { return log_.head_start; }
  std::string seed_column_type(CellType) const override { return "TEXT"; }
  std::string quote(std::string_view identifier) const override { return "\"" + std::string(identifier) + "\""; }
  std::vector<std::string> connection_info(const Target&) const override { return {}; }

 private:
  FakeLog& log_;
};

/// A project of model texts and other files, run by one command.
class FakeProject {
 public:
  FakeProject() {
    fs.files["/p/profiles.yml"] =
        "p: {target: dev, outputs: {dev: {type: sqlite, threads: 1, database: db, schema: main, schemas_and_paths: "
        "{main: main.db}, "
        "schema_directory: /p}}}\n";
    project("");
  }
  /// Lines to add to the project file.
  void project(const std::string& more) {
    fs.files["/p/dbt_project.yml"] = "name: p\nversion: '1.0'\nprofile: p\n" + more;
  }
  void file(const std::string& path, const std::string& text) { fs.files["/p/" + path] = text; }
  void model(const std::string& name, const std::string& sql) { file("models/" + name + ".sql", sql); }

  RunOutcome run(TaskKind kind, const std::string& command = "run") {
    EventBusOptions options;
    options.write_terminal = [this](std::string_view text) { output += text; };
    events = std::make_unique<EventBus>(options);
    invocation.command = command;
    invocation.flags.project_dir = "/p";
    invocation.flags.profiles_dir = "/p";
    invocation.fs = &fs;
    invocation.sources = &sources;
    invocation.events = events.get();
    invocation.started_at = 1'700'000'000'000'000;
    parsed = parse_project(invocation, load_project(invocation));
    std::vector<NodeId> nodes;
    for (const Node& node : parsed->manifest.nodes) {
      const auto type = node.resource_type;
      const bool test = type == ResourceType::test || type == ResourceType::unit_test;
      if (type == ResourceType::model || (test && kind == TaskKind::build)) nodes.push_back(node.id);
    }
    const CompileEnvironment environment{invocation, *parsed, &adapter, &cache, nullptr, nodes};
    RunRequest request;
    request.kind = kind;
    request.nodes = nodes;
    outcome = run_nodes(environment, request);
    return outcome;
  }

  /// "a=success b=error c=skipped", in order of completion.
  std::string statuses() const {
    std::string out;
    for (const auto& result : outcome.results) {
      const std::string name = result.unique_id.substr(result.unique_id.find('.', result.unique_id.find('.') + 1) + 1);
      out += (out.empty() ? "" : " ") + name + "=" + std::string(run_status_name(result.status));
    }
    return out;
  }

  MemoryFileSystem fs;
  SourceMap sources;
  std::unique_ptr<EventBus> events;
  Invocation invocation;
  FakeLog log;
  FakeAdapter adapter{log};
  RelationCache cache;
  std::unique_ptr<ParsedProject> parsed;
  RunOutcome outcome;
  std::string output;
};

}  // namespace modelc::testing
