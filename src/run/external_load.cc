#include "run/external_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "compile/relation_lookup.h"
#include "compile/relations.h"
#include "compile/runtime_context.h"
#include "compile/shared.h"
#include "compile/sql_session.h"
#include "run/external_files.h"
#include "run/external_table.h"
#include "run/interrupt.h"
#include "run/run_log.h"
#include "tabular/file_text.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr size_t kept_text_bytes = 256u << 20;  ///< of a first reading, together; beyond that files are read twice
constexpr size_t raw_text_bytes = 10'000;       ///< of a rejected row
constexpr size_t rows_between_signals = 4096;
constexpr std::string_view rejects_suffix = "__rejects";

struct LoadCounts {
  int64_t in = 0, loaded = 0, rejected = 0;
};

Column column(std::string name, std::string type) { return {std::move(name), std::move(type), {}, {}, {}}; }

/// One source on its way into the database.
class SourceLoader {
 public:
  SourceLoader(const CompileEnvironment& environment, Connection& connection, const Node& source)
      : environment_(environment),
        connection_(connection),
        source_(source),
        fs_(*environment.invocation.fs),
        root_(environment.parsed.project.root().project.root),
        declaration_(read_declaration(source)),
        table_(node_relation(environment, source)),
        rejects_(table_),
        ledger_(connection, environment.adapter->traits(), source.schema) {
    table_.type = rejects_.type = RelationType::table;
    rejects_.identifier = source.source->identifier + std::string(rejects_suffix);
  }

  /// Nothing when the table is as the files are.
  std::optional<LoadCounts> load() {
    files_ = find_external_files(fs_, root_, declaration_.location, source_.source->external_at);
    const Flags& flags = environment_.invocation.flags;
    const auto existing = existing_tables();
    const auto entries = ledger_.entries(source_.source->identifier);
    if (flags.empty && existing.size() == 2) return std::nullopt;
    if (!flags.full_refresh) {
      if (!existing.empty() && entries.empty()) refuse_foreign_table(existing[0]);
      if (existing.size() == 2 && is_current(entries)) return std::nullopt;
    }
    auto counts = !flags.empty && declares_fields() ? write_as_declared() : std::nullopt;
    if (!counts) {
      ExternalShape shape(declaration_);
      for (ExternalFile& file : files_) with_text(file, true, [&](const std::string& text) { shape.look_at(text); });
      counts = write(shape);
    }
    return counts;
  }

  const Relation& table() const { return table_; }
  const Relation& rejects() const { return rejects_; }
  size_t file_count() const { return files_.size(); }

 private:
  /// Which of the two tables are there.
  std::vector<Relation> existing_tables() {
    std::vector<Relation> existing;
    for (const auto& entry : connection_.list_relations(source_.schema)) {
      for (const Relation& own : {table_, rejects_})
        if (equals_ignore_case(*entry.relation.identifier, *own.identifier)) existing.push_back(own);
    }
    return existing;
  }

  [[noreturn]] void refuse_foreign_table(const Relation& found) const {
    throw Error(ErrorKind::runtime, "run/external-foreign-table",
                fmt::format("{} is there already, and modelc did not load it from files", found.render()),
                source_.source->external_at,
                "give the source another `identifier`, drop the table, or replace it once with --full-refresh");
  }

  /// Same declaration, same files; those whose size or time changed are compared by their bytes.
  bool is_current(const std::vector<ExternalLedger::Entry>& entries) {
    if (entries.size() != files_.size()) return false;
    bool touched = false;
    for (size_t i = 0; i < files_.size(); ++i) {
      const auto& entry = entries[i];
      ExternalFile& file = files_[i];
      if (entry.path != file.path || entry.declaration != declaration_.fingerprint) return false;
      const bool same_stat = entry.size == static_cast<int64_t>(file.stat.size) && entry.mtime_ns == file.stat.mtime_ns;
      if (same_stat) continue;
      if (entry.size != static_cast<int64_t>(file.stat.size)) return false;
      read_external_file(fs_, root_, file);
      if (entry.hash != file.hash) return false;
      touched = true;
    }
    if (touched) remember_times(entries);
    return true;
  }

  /// Files that were only touched need not be compared by their bytes again.
  void remember_times(std::vector<ExternalLedger::Entry> entries) {
    for (size_t i = 0; i < files_.size(); ++i) entries[i].mtime_ns = files_[i].stat.mtime_ns;
    ledger_.remember_times(source_.source->identifier, entries);
  }

  /// Runs `work` on the file's text; what it throws names the file.
  template <class Work>
  void with_text(ExternalFile& file, bool keep, Work work) {
    try {
      std::string text =
          file.text ? *std::move(file.text) : file_text(read_external_file(fs_, root_, file), declaration_.encoding);
      file.text.reset();
      work(text);
      if (keep && kept_ + text.size() <= kept_text_bytes) {
        kept_ += text.size();
        file.text = std::move(text);
      }
    } catch (const DatabaseError&) {
      throw;
    } catch (Error& error) {
      if (error.diagnostic().message.find(file.path) == std::string::npos)
        error.diagnostic().message = fmt::format("'{}': {}", file.path, error.diagnostic().message);
      if (!error.diagnostic().span) error.diagnostic().span = source_.source->external_at;
      throw;
    }
  }

  /// Records whose fields are all declared are read once. Those of CSV have a header, which tells without reading them.
  bool declares_fields() const {
    return declaration_.format.format != TableFormat::csv && ExternalShape(declaration_).is_declared();
  }

  /// Nothing, and nothing written, when a record has a field that is not declared.
  std::optional<LoadCounts> write_as_declared() {
    ExternalShape shape(declaration_);
    return write(shape);
  }

  void warn_of_missing(const ExternalShape& shape) const {
    for (const std::string& name : shape.missing()) {
      Event event{"ExternalColumnMissing", "X003", EventLevel::warn, {}, Value::dict(), {}};
      event.message = fmt::format("[WARNING]: Column '{}' of source {}.{} stands in none of its files: it is null",
                                  name, source_.source->source_name, source_.name);
      environment_.invocation.events->warn_or_error(event, source_.source->external_at);
    }
  }

  /// Nothing, and nothing written, when a record has a field that is no column of the shape.
  std::optional<LoadCounts> write(ExternalShape& shape) {
    shape.finish();
    if (shape.columns().empty()) {
      throw Error(ErrorKind::runtime, "run/external-no-columns",
                  fmt::format("the files of '{}' name no columns", declaration_.location), source_.source->external_at,
                  "list them under `columns:`");
    }
    connection_.begin();
    try {
      connection_.replace_table(table_, shape.columns());
      connection_.replace_table(rejects_, {column("source_file", "TEXT"), column("source_line", "INTEGER"),
                                           column("reason", "TEXT"), column("raw_text", "TEXT")});
      LoadCounts counts;
      std::vector<ExternalLedger::Entry> entries;
      if (environment_.invocation.flags.empty) {
        entries.push_back({"", 0, 0, "", declaration_.fingerprint});  // no file: loaded in full by the next run
      } else if (write_rows(shape, counts)) {
        for (const ExternalFile& file : files_) entries.push_back(ledger_.entry(file, declaration_.fingerprint));
      } else {
        connection_.rollback();
        return std::nullopt;
      }
      warn_of_missing(shape);
      ledger_.replace(source_.source->identifier, entries, counts.loaded, counts.rejected);
      connection_.commit();
      return counts;
    } catch (...) {
      connection_.rollback();
      throw;
    }
  }

  /// False when a record has a field that is no column of the shape.
  bool write_rows(ExternalShape& shape, LoadCounts& counts) {
    std::vector<std::string> names;
    for (const Column& column : shape.columns()) names.push_back(column.name);
    const auto table = connection_.write_rows(table_, names);
    const auto rejects = connection_.write_rows(rejects_, {"source_file", "source_line", "reason", "raw_text"});
    ExternalRows rows(declaration_, shape);
    for (ExternalFile& file : files_) {
      with_text(file, false, [&](const std::string& text) {
        const auto reader = read_records(text, declaration_.format);
        Record record;
        while (reader->next(record)) {
          if (++counts.in % rows_between_signals == 0 && InterruptGuard::requested())
            throw Error(ErrorKind::runtime, "run/external-interrupted", "interrupted");
          const std::string fault = rows.read(record, file.path);
          if (rows.met_unknown_column()) return;
          if (fault.empty()) {
            table->write(rows.row());
            ++counts.loaded;
          } else {
            reject(*rejects, file.path, record, fault);
            ++counts.rejected;
          }
        }
      });
      if (rows.met_unknown_column()) return false;
    }
    return true;
  }

  static void reject(RowWriter& rejects, const std::string& path, const Record& record, const std::string& fault) {
    const std::string raw = valid_utf8(record.raw.substr(0, raw_text_bytes)), reason = valid_utf8(fault);
    const Cell cells[] = {Cell::of(std::string_view(path)), Cell::of(static_cast<int64_t>(record.line)),
                          Cell::of(std::string_view(reason)), Cell::of(std::string_view(raw))};
    rejects.write(cells);
  }

  const CompileEnvironment& environment_;
  Connection& connection_;
  const Node& source_;
  FileSystem& fs_;
  const std::string& root_;
  ExternalDeclaration declaration_;
  Relation table_, rejects_;
  ExternalLedger ledger_;
  std::vector<ExternalFile> files_;
  size_t kept_ = 0;
};

std::string source_name(const Node& source) { return source.source->source_name + "." + source.name; }

void fire(const CompileEnvironment& environment, std::string name, std::string code, EventLevel level,
          std::string message, Value data) {
  environment.invocation.events->fire(
      Event{std::move(name), std::move(code), level, std::move(message), std::move(data), {}});
}

void log_load(const CompileEnvironment& environment, const Node& source, const SourceLoader& loader,
              const LoadCounts& counts, double seconds) {
  std::string message =
      fmt::format("Loaded source {} into {}: {} in, {} loaded, {} rejected, from {}, in {}", source_name(source),
                  loader.table().render(), pluralize(static_cast<size_t>(counts.in), "row"), counts.loaded,
                  counts.rejected, pluralize(loader.file_count(), "file"), format_seconds(seconds));
  if (counts.rejected > 0) message += fmt::format("; see {}", loader.rejects().render());
  fire(environment, "ExternalSourceLoaded", "X001", EventLevel::info, std::move(message),
       Value::dict({{"unique_id", Value(source.unique_id)},
                    {"rows_in", Value(counts.in)},
                    {"rows_loaded", Value(counts.loaded)},
                    {"rows_rejected", Value(counts.rejected)},
                    {"files", Value(static_cast<int64_t>(loader.file_count()))},
                    {"execution_time", Value(seconds)}}));
}

void make_schema(RuntimeContext& context, const Relation& table) {
  const std::string schema = table.schema.value_or("");
  for (const auto& known : context.session().connection().list_schemas())
    if (equals_ignore_case(known, schema)) return;
  Relation relation = table;
  relation.identifier.reset();
  relation.include.identifier = false;
  create_schema(context, relation);
}

void load_source(SharedCompilation& shared, SqlSession& session, const Node& source) {
  const CompileEnvironment& environment = shared.environment;
  const int64_t started = monotonic_nanos();
  RuntimeContext context(shared, session, environment.parsed.project.root().project.name);
  make_schema(context, node_relation(environment, source));
  SourceLoader loader(environment, session.connection(), source);
  const auto counts = loader.load();
  if (!counts) {
    fire(environment, "ExternalSourceCurrent", "X002", EventLevel::debug,
         fmt::format("Source {} is as its files are", source_name(source)), Value::dict());
    return;
  }
  if (shared.cache().has_schema(source.schema)) {
    shared.cache().add(loader.table());
    shared.cache().add(loader.rejects());
  }
  log_load(environment, source, loader, *counts, static_cast<double>(monotonic_nanos() - started) / 1e9);
}

std::string relation_key(const Node& source, std::string_view suffix = {}) {
  return to_lower(source.schema + "." + source.source->identifier + std::string(suffix));
}

/// Which external sources a node reads, itself or through what is computed at the moment that it is read.
class SourceWalk {
 public:
  SourceWalk(const Manifest& manifest, const std::vector<NodeId>& selected)
      : manifest_(manifest), selected_(selected.begin(), selected.end()) {
    for (const Node& node : manifest.nodes)
      if (is_external_file(node)) rejects_of_.emplace(relation_key(node, rejects_suffix), node.id);
  }

  std::set<NodeId> sources_of(const Node& node) {
    std::set<NodeId> sources;
    visited_.clear();
    add(node, sources);
    walk(node, sources);
    return sources;
  }

 private:
  /// The source itself, or the one whose rejects it declares.
  void add(const Node& node, std::set<NodeId>& sources) const {
    if (node.resource_type != ResourceType::source) return;
    if (is_external_file(node)) {
      sources.insert(node.id);
    } else if (const auto found = rejects_of_.find(relation_key(node)); found != rejects_of_.end()) {
      sources.insert(found->second);
    }
  }

  bool passes_through(const Node& node, bool from_unit_test) const {
    if (node.resource_type != ResourceType::model) return false;
    if (from_unit_test) return true;
    return !selected_.contains(node.id) && (node.is_ephemeral() || node.materialized() == "view");
  }

  void walk(const Node& node, std::set<NodeId>& sources) {
    for (NodeId id : node.depends_on) {
      const Node& parent = manifest_.node(id);
      if (!visited_.insert(id).second) continue;
      add(parent, sources);
      if (passes_through(parent, node.resource_type == ResourceType::unit_test)) walk(parent, sources);
    }
  }

  const Manifest& manifest_;
  std::set<NodeId> selected_, visited_;
  std::map<std::string, NodeId> rejects_of_;
};

/// Two sources that would load their files into one table, each in place of the other's.
std::optional<Diagnostic> same_table(const Manifest& manifest, const Node& source) {
  for (const Node& other : manifest.nodes) {
    if (other.id == source.id || !is_external_file(other) || relation_key(other) != relation_key(source)) continue;
    Diagnostic fault;
    fault.kind = ErrorKind::runtime;
    fault.code = "run/external-same-table";
    fault.message = fmt::format("source {} is loaded into the same table, {}.{}", source_name(other), source.schema,
                                source.source->identifier);
    fault.span = source.source->external_at;
    fault.hint = "give one of them another `identifier`";
    return fault;
  }
  return std::nullopt;
}

/// Loads one source; its fault, if there is one, is logged and given back.
std::optional<Diagnostic> try_load(SharedCompilation& shared, SqlSession& session, const Node& source) {
  try {
    if (auto fault = same_table(shared.environment.parsed.manifest, source)) throw Error(*std::move(fault));
    load_source(shared, session, source);
    return std::nullopt;
  } catch (Error& error) {
    session.rollback();
    Diagnostic fault = error.diagnostic();
    fault.subject = fmt::format("source {} ({})", source_name(source), source.original_file_path);
    fire(shared.environment, "ExternalSourceFailed", "X004", EventLevel::error,
         fmt::format("Could not load source {}: {}", source_name(source), fault.message),
         Value::dict({{"unique_id", Value(source.unique_id)}}));
    return fault;
  }
}

}  // namespace

std::vector<NodeId> external_sources_of(const Manifest& manifest, const std::vector<NodeId>& nodes) {
  SourceWalk walk(manifest, nodes);
  std::set<NodeId> all;
  for (NodeId id : nodes) all.merge(walk.sources_of(manifest.node(id)));
  return {all.begin(), all.end()};
}

ExternalFaults load_external_sources(SharedCompilation& shared, SqlSession& session, const std::vector<NodeId>& nodes) {
  const Manifest& manifest = shared.environment.parsed.manifest;
  std::map<NodeId, Diagnostic> failed;
  for (NodeId id : external_sources_of(manifest, nodes)) {
    if (InterruptGuard::requested()) break;
    if (const auto fault = try_load(shared, session, manifest.node(id))) failed.emplace(id, *fault);
  }
  ExternalFaults faults;
  if (failed.empty()) return faults;
  SourceWalk walk(manifest, nodes);
  for (NodeId id : nodes) {
    for (NodeId source : walk.sources_of(manifest.node(id)))
      if (const auto found = failed.find(source); found != failed.end()) faults.add(id, found->second);
  }
  return faults;
}

void load_external_sources_of(SharedCompilation& shared, SqlSession& session, const Node& node) {
  const Manifest& manifest = shared.environment.parsed.manifest;
  SourceWalk walk(manifest, {});
  for (NodeId id : walk.sources_of(node))
    if (auto fault = try_load(shared, session, manifest.node(id))) throw Error(*std::move(fault));
}

}  // namespace modelc
