// Sources (dbt: parser/sources.py, SourceParser in parser/schemas.py).
#include <algorithm>
#include <set>

#include "base/text.h"
#include "parse/capture_context.h"
#include "parse/config_builder.h"
#include "parse/generic_tests.h"
#include "parse/patches.h"
#include "parse/yaml_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

bool is_absent(const Value& v) { return v.is_undefined() || v.is_none(); }
Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }

// ---- freshness: dbt's FreshnessThreshold and Time as dicts ------------------------------------------------------

Value period(const Value& given) {
  if (given.is_none()) return given;
  return Value::dict({{"count", or_none(given.get("count"))}, {"period", or_none(given.get("period"))}});
}

/// undefined = not given: dbt's default threshold, which is empty but not None.
Value threshold(const Value& given) {
  if (given.is_none()) return given;
  return Value::dict({{"warn_after", period(given.get("warn_after"))},
                      {"error_after", period(given.get("error_after"))},
                      {"filter", or_none(given.get("filter"))}});
}

bool is_set(const Value& time) {
  return time.is_dict() && !time.get("count").is_none() && !time.get("period").is_none();
}
bool has_threshold(const Value& t) {
  return t.is_dict() && (is_set(t.get("warn_after")) || is_set(t.get("error_after")));
}

/// dbt's Mergeable.merged: what the later one says, else the earlier.
Value merged(const Value& base, const Value& update) {
  Value out = Value::dict();
  for (const auto& [key, value] : base.as_dict().entries()) {
    Value later = update.get(key.as_string());
    out.as_dict().set(key, is_absent(later) ? value : later);
  }
  return out;
}

Value merge_time(const Value& base, const Value& update) {
  if (is_set(base) && is_set(update)) return merged(base, update);
  if (update.is_none()) return update;
  return is_set(update) ? update : base;
}

Value merge_freshness(const std::vector<Value>& levels) {
  Value current = levels[0];
  for (size_t i = 1; i < levels.size(); ++i) {
    const Value& update = levels[i];
    if (current.is_dict() && update.is_dict()) {
      Value next = merged(current, update);
      next.as_dict().set("error_after", merge_time(current.get("error_after"), update.get("error_after")));
      next.as_dict().set("warn_after", merge_time(current.get("warn_after"), update.get("warn_after")));
      current = next;
    } else if (current.is_none() && has_threshold(update)) {
      current = update;
    } else {
      current = Value::none();
    }
  }
  return current;
}

// ---- one table ---------------------------------------------------------------------------------------------------

struct LoadedAt {
  Value field = Value::none(), query = Value::none();
};

/// dbt: calculate_loaded_at_field_query_from_raw_target.
LoadedAt loaded_at(const Value& source, const Value& table) {
  auto either = [](const Value& level, std::string_view key) {
    Value direct = level.get(key);
    return jinja::truth(direct) ? direct : or_none(level.get("config").get(key));
  };
  auto given = [](const Value& level, std::string_view key) {
    return !is_absent(level.get(key)) || !is_absent(level.get("config").get(key));
  };
  bool present = table.get_bool("loaded_at_field_present");
  if (present &&
      (jinja::truth(table.get("loaded_at_query")) || jinja::truth(table.get("config").get("loaded_at_query"))))
    fail_parsing("parse/loaded-at", "Cannot specify both loaded_at_field and loaded_at_query at table level.");
  if (jinja::truth(either(source, "loaded_at_field")) && jinja::truth(either(source, "loaded_at_query")))
    fail_parsing("parse/loaded-at", "Cannot specify both loaded_at_field and loaded_at_query at source level.");
  LoadedAt out;
  out.field =
      present || given(table, "loaded_at_field") ? either(table, "loaded_at_field") : either(source, "loaded_at_field");
  if (given(table, "loaded_at_query")) {
    out.query = either(table, "loaded_at_query");
  } else if (!present) {
    out.query = either(source, "loaded_at_query");
  }
  return out;
}

std::vector<std::string> source_tags(const ParseState& state, const Value& source, const Value& table) {
  std::set<std::string> tags;
  auto add = [&](const Value& given, const std::string& name) {
    if (is_absent(given)) return;
    std::vector<Value> items = given.is_list() ? given.as_list() : std::vector<Value>{given};
    for (const Value& tag : items) {
      if (tag.is_string()) {
        tags.insert(tag.as_string());
      } else {
        warn(state.invocation, "ValidationWarning", "I009",
             "[WARNING]: Field `config.tags`: " + jinja::to_str(given) + " is not valid for source (" + name + ")",
             Value::dict({{"field_name", Value("`config.tags`: " + jinja::to_str(given))},
                          {"resource_type", Value("source")},
                          {"node_name", Value(name)}}));
      }
    }
  };
  add(source.get("tags"), source.get_string("name"));
  add(source.get("config").get("tags"), source.get_string("name"));
  add(table.get("tags"), table.get_string("name"));
  add(table.get("config").get("tags"), table.get_string("name"));
  return {tags.begin(), tags.end()};
}

Value merged_meta(const std::vector<Value>& levels) {
  Value out = Value::dict();
  for (const Value& level : levels)
    if (level.is_dict()) out.as_dict().update(level.as_dict());
  return out;
}

Value external_value(const Value& external) {
  if (!external.is_dict()) return Value::none();
  Value out = Value::dict();
  for (std::string_view key : {"location", "file_format", "row_format", "tbl_properties", "partitions"})
    out.as_dict().set(key, or_none(external.get(key)));
  for (const auto& [key, value] : external.as_dict().entries()) out.as_dict().set(key, value);
  return out;
}

Value source_quoting(const Value& source, const Value& table) {
  Value out = Value::dict();
  for (std::string_view key : {"database", "schema", "identifier", "column"}) {
    Value own = table.get("quoting").get(key);
    out.as_dict().set(key, is_absent(own) ? or_none(source.get("quoting").get(key)) : own);
  }
  return out;
}

QuotingOverride quoting_override(const Value& quoting) {
  QuotingOverride out;
  auto read = [&](std::string_view key, std::optional<bool>& part) {
    if (Value v = quoting.get(key); v.is_bool()) part = v.as_bool();
  };
  read("database", out.database);
  read("schema", out.schema);
  read("identifier", out.identifier);
  return out;
}

QuotingOverride overlay(QuotingOverride base, const QuotingOverride& over) {
  if (over.database) base.database = over.database;
  if (over.schema) base.schema = over.schema;
  if (over.identifier) base.identifier = over.identifier;
  return base;
}

class TableBuilder {
 public:
  TableBuilder(ParseState& state, const YamlEntry& entry, const Value& source, const Value& table,
               std::vector<std::string> path, std::string patch_path)
      : state_(state),
        entry_(entry),
        source_(source),
        table_(table),
        path_(std::move(path)),
        patch_path_(std::move(patch_path)) {}

  void build(std::vector<DraftPtr>& out, std::vector<Diagnostic>& errors) {
    rename_tests();
    TestTarget target;
    target.entry = &entry_;
    target.source = source_.get_string("name");
    target.table = table_.get_string("name");
    target.name = target.source + "_" + target.table;
    Value column_quoting = source_quoting(source_, table_).get("column");
    if (column_quoting.is_bool()) target.quote_columns = column_quoting.as_bool();
    for (const Value& level : {source_.get("tags"), table_.get("tags")})
      if (level.is_list())
        for (const Value& tag : level.as_list()) target.tags.push_back(jinja::to_str(tag));
    for (DraftPtr& test : build_table_tests(state_, target, table_, path_, errors)) out.push_back(std::move(test));
    out.push_back(source_draft());
  }

 private:
  void rename_tests() {
    auto rename = [&](Value level) {
      Value tests = level.get("tests"), data_tests = level.get("data_tests");
      if (!jinja::truth(tests)) return;
      if (jinja::truth(data_tests))
        fail_entry(entry_, "Invalid test config: cannot have both 'tests' and 'data_tests' defined");
      level.as_dict().set("data_tests", tests);
      level.as_dict().erase(Value("tests"));
    };
    rename(table_);
    if (Value columns = table_.get("columns"); columns.is_list())
      for (const Value& column : columns.as_list()) rename(column);
  }

  Value precedence_config(const LoadedAt& loaded, const std::vector<std::string>& tags) {
    Value out = Value::dict();
    for (const Value& level : {source_.get("config"), table_.get("config")})
      if (level.is_dict()) out.as_dict().update(level.as_dict());
    Value freshness =
        merge_freshness({threshold(source_.get("freshness")), threshold(source_.get("config").get("freshness")),
                         threshold(table_.get("freshness")), threshold(table_.get("config").get("freshness"))});
    if (has_threshold(freshness) || freshness.is_none()) {
      out.as_dict().set("freshness", freshness);
    } else {
      out.as_dict().erase(Value("freshness"));
    }
    out.as_dict().set("loaded_at_field", loaded.field);
    out.as_dict().set("loaded_at_query", loaded.query);
    out.as_dict().set("meta", merged_meta({source_.get("meta"), source_.get("config").get("meta"), table_.get("meta"),
                                           table_.get("config").get("meta")}));
    out.as_dict().set("tags", Value::list(std::vector<Value>(tags.begin(), tags.end())));
    return out;
  }

  DraftPtr source_draft() {
    auto draft = std::make_unique<Draft>();
    draft->package = entry_.file->package;
    draft->entry = &entry_;
    Node& node = draft->node;
    node.resource_type = ResourceType::source;
    node.source = std::make_unique<SourcePart>();
    SourcePart& part = *node.source;
    std::string source_name = source_.get_string("name"), table_name = table_.get_string("name");
    node.name = table_name;
    node.package_name = entry_.file->package->project.name;
    node.path = node.original_file_path = entry_.file->source->path;
    node.unique_id = "source." + node.package_name + "." + source_name + "." + table_name;
    node.fqn = {node.package_name};
    std::vector<std::string_view> folders = split(entry_.file->source->relative_path, '/');
    for (size_t i = 0; i + 1 < folders.size(); ++i) node.fqn.emplace_back(folders[i]);
    node.fqn.push_back(source_name);
    node.fqn.push_back(table_name);
    node.declared_at = yaml_place(entry_, path_);
    node.patch_path = patch_path_;
    node.created_at = state_.created_at;
    node.checksum_name.clear();

    std::string database = source_.get_string("database"), schema = source_.get_string("schema");
    node.database = database.empty() ? state_.project.target.database : database;
    node.schema = schema.empty() ? source_name : schema;
    part.source_name = source_name;
    part.source_description = source_.get_string("description");
    part.loader = source_.get_string("loader");
    part.identifier = table_.get_string("identifier");
    if (part.identifier.empty()) part.identifier = table_name;
    node.alias = part.identifier;
    part.source_meta = merged_meta({source_.get("meta"), source_.get("config").get("meta")});
    part.external = external_value(table_.get("external"));
    if (part.external.is_dict()) {
      std::vector<std::string> location = path_;
      location.insert(location.end(), {"external", "location"});
      part.external_at = yaml_place(entry_, location);
    }
    part.quoting = source_quoting(source_, table_);
    part.unrendered_database = or_none(entry_.unrendered_database);
    part.unrendered_schema = or_none(entry_.unrendered_schema);

    LoadedAt loaded = loaded_at(source_, table_);
    Value patch = precedence_config(loaded, source_tags(state_, source_, table_));
    Value config;
    build_config(state_, *draft->package, ResourceType::source, node.fqn, patch, Value(), &config);
    node.config = config;
    node.unrendered_config =
        build_unrendered_config(state_, *draft->package, ResourceType::source, node.fqn, patch, Value());
    draft->enabled = config.get_bool("enabled", true);
    node.meta = config.get("meta");
    if (Value tags = config.get("tags"); tags.is_list())
      for (const Value& tag : tags.as_list()) node.tags.push_back(jinja::to_str(tag));
    part.freshness = config.get("freshness");
    if (Value field = config.get("loaded_at_field"); field.is_string()) part.loaded_at_field = field.as_string();
    if (Value query = config.get("loaded_at_query"); query.is_string()) part.loaded_at_query = query.as_string();
    warn_metadata_freshness(node);

    node.description = table_.get_string("description");
    node.columns = read_columns(table_.get("columns"), node.original_file_path);
    node.quoting = quoting_override(part.quoting);
    node.relation_name =
        make_relation(state_.traits, node.database.empty() ? std::nullopt : std::optional<std::string>(node.database),
                      node.schema, part.identifier, RelationType::unknown, overlay(state_.quoting, node.quoting))
            .render();
    if (draft->enabled) render_table_descriptions(*draft);  // dbt leaves those of disabled sources as they are written
    return draft;
  }

  void render_table_descriptions(Draft& draft) {
    Node& node = draft.node;
    auto place = [&](std::vector<std::string> more) {
      std::vector<std::string> path = path_;
      for (std::string& part : more) path.push_back(std::move(part));
      return yaml_place(entry_, path);
    };
    node.source->source_description =
        render_description(state_, node.source->source_description, node, nullptr, yaml_place(entry_, {"description"}));
    node.description = render_description(state_, node.description, node, &node.doc_blocks, place({"description"}));
    for (size_t i = 0; i < node.columns.size(); ++i)
      node.columns[i].description =
          render_description(state_, node.columns[i].description, node, &node.columns[i].doc_blocks,
                             place({"columns", std::to_string(i), "description"}));
  }

  /// Engines without table metadata cannot tell a source's age by themselves.
  void warn_metadata_freshness(const Node& node) {
    const SourcePart& part = *node.source;
    std::string_view type = state_.traits.type;
    bool metadata = type == "snowflake" || type == "bigquery" || type == "redshift" || type == "databricks";
    if (!has_threshold(part.freshness) || part.loaded_at_field || part.loaded_at_query || metadata) return;
    Event event;
    event.name = "FreshnessConfigProblem";
    event.code = "I073";
    event.level = EventLevel::warn;
    event.message =
        "The configured adapter does not support metadata-based freshness. A loaded_at_field must be specified for "
        "source '" +
        part.source_name + "." + node.name + "'.";
    event.data = Value::dict({{"msg", Value(event.message)}});
    state_.invocation.events->fire(event);
  }

  ParseState& state_;
  const YamlEntry& entry_;
  Value source_, table_;
  std::vector<std::string> path_;
  std::string patch_path_;
};

/// An entry with `overrides:` replaces parts of a package's source.
struct Override {
  const YamlEntry* entry;
  bool used = false;
  std::set<std::string> tables_used;
};
using OverrideMap = std::map<std::pair<std::string, std::string>, Override>;

OverrideMap collect_overrides(ParseState& state, const std::vector<SchemaFile>& files) {
  OverrideMap out;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "sources" || !entry->data.as_dict().find("overrides")) continue;
      auto key = std::make_pair(entry->data.get_string("overrides"), entry->name);
      auto [found, fresh] = out.emplace(key, Override{entry.get(), false, {}});
      if (fresh) continue;
      std::string path = entry->file->source->path, other = found->second.entry->file->source->path,
                  name = key.first + "." + key.second;
      Diagnostic d;
      d.kind = ErrorKind::compilation;
      d.code = "parse/duplicate-override";
      d.message = "dbt found two schema.yml entries for the same source named " + key.second + " in package " +
                  key.first + ". Sources may only be overridden a single time. To fix this, " +
                  (path == other
                       ? "remove one of the sources entries for " + name + " in this file:\n - " + path + "\n"
                       : "remove the sources entry for " + name + " in one of these files:\n - " + path + "\n" + other);
      d.span = entry->span();
      state.errors.push_back(std::move(d));
    }
  }
  return out;
}

Value without(const Value& dict, std::initializer_list<std::string_view> keys) {
  Value out = Value::dict();
  for (const auto& [key, value] : dict.as_dict().entries())
    if (std::find(keys.begin(), keys.end(), std::string_view(key.as_string())) == keys.end() &&
        (!value.is_none() || key.as_string() == "freshness"))
      out.as_dict().set(key, value);
  return out;
}

Value overlaid(const Value& base, const Value& patch) {
  Value out = Value::dict();
  out.as_dict().update(base.as_dict());
  out.as_dict().update(patch.as_dict());
  return out;
}

const Value* table_named(const Value& source, const std::string& name) {
  const Value* tables = source.as_dict().find("tables");
  if (!tables || !tables->is_list()) return nullptr;
  for (const Value& table : tables->as_list())
    if (table.get_string("name") == name) return &table;
  return nullptr;
}

void warn_unused(const ParseState& state, const OverrideMap& overrides) {
  std::vector<std::string> lines;
  for (const auto& [key, override_] : overrides) {
    std::string name = key.first + "." + key.second, path = override_.entry->file->source->path;
    if (!override_.used) {
      lines.push_back("  - Source " + name + " (in " + path + ")");
      continue;
    }
    std::set<std::string> unused;
    if (Value tables = override_.entry->data.get("tables"); tables.is_list())
      for (const Value& table : tables.as_list())
        if (!override_.tables_used.contains(table.get_string("name"))) unused.insert(table.get_string("name"));
    for (const std::string& table : unused)
      lines.push_back("  - Source table " + name + "." + table + " (in " + path + ")");
  }
  if (lines.empty()) return;
  warn(state.invocation, "UnusedTables", "I056",
       "[WARNING]: During parsing, dbt encountered source overrides that had no target:\n" + join(lines, "\n") + "\n",
       Value::dict({{"unused_tables", Value::list(std::vector<Value>(lines.begin(), lines.end()))}}));
}

}  // namespace

std::vector<DraftPtr> build_sources(ParseState& state, const std::vector<SchemaFile>& files) {
  OverrideMap overrides = collect_overrides(state, files);
  struct Job {
    const YamlEntry* entry;
    Value source, table;
    size_t index;
    std::string patch_path;
    std::vector<DraftPtr> drafts;
    std::vector<Diagnostic> errors;
  };
  std::vector<Job> jobs;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "sources" || entry->data.as_dict().find("overrides")) continue;
      auto found = overrides.find({file.file->package->project.name, entry->name});
      Value tables = entry->data.get("tables");
      if (!tables.is_list()) continue;
      for (size_t i = 0; i < tables.as_list().size(); ++i) {
        Job job{entry.get(), entry->data, tables.as_list()[i], i, {}, {}, {}};
        if (found != overrides.end()) {
          Override& patch = found->second;
          patch.used = true;
          job.patch_path = patch.entry->file->source->path;
          job.source = overlaid(job.source, without(patch.entry->data, {"name", "overrides", "tables", "path"}));
          if (const Value* table = table_named(patch.entry->data, job.table.get_string("name"))) {
            patch.tables_used.insert(job.table.get_string("name"));
            job.table = overlaid(job.table, without(*table, {"name"}));
          }
        }
        jobs.push_back(std::move(job));
      }
    }
  }
  parse_in_parallel(
      jobs.size(),
      [&](size_t i) {
        Job& job = jobs[i];
        TableBuilder builder(state, *job.entry, job.source, job.table, {"tables", std::to_string(job.index)},
                             job.patch_path);
        try {
          builder.build(job.drafts, job.errors);
        } catch (Error& error) {
          if (!error.diagnostic().span)
            error.diagnostic().span = yaml_place(*job.entry, {"tables", std::to_string(job.index)});
          throw;
        }
      },
      [&](size_t i) -> std::vector<Diagnostic>& { return jobs[i].errors; });
  std::vector<DraftPtr> out;
  for (Job& job : jobs) {
    for (DraftPtr& draft : job.drafts) out.push_back(std::move(draft));
    for (Diagnostic& d : job.errors) state.errors.push_back(std::move(d));
  }
  warn_unused(state, overrides);
  return out;
}

}  // namespace modelc
