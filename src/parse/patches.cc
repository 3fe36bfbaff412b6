#include "parse/patches.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "manifest/find.h"
#include "parse/config_builder.h"
#include "parse/macro_arguments.h"
#include "parse/sql_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

bool is_absent(const Value& v) { return v.is_undefined() || v.is_none(); }

std::string_view section_of(ResourceType type) {
  switch (type) {
    case ResourceType::model:
      return "models";
    case ResourceType::seed:
      return "seeds";
    case ResourceType::snapshot:
      return "snapshots";
    default:
      return "";
  }
}

ResourceType type_of_section(std::string_view section) {
  if (section == "models") return ResourceType::model;
  if (section == "seeds") return ResourceType::seed;
  if (section == "snapshots") return ResourceType::snapshot;
  if (section == "analyses") return ResourceType::analysis;
  if (section == "functions") return ResourceType::function;
  return ResourceType::test;
}

std::string patch_path(const YamlEntry& entry) {
  return entry.file->package->project.name + "://" + entry.file->source->path;
}

/// Drafts by name, as dbt's ref_lookup and disabled_lookup see them while schema files are read.
class PatchLinker {
 public:
  PatchLinker(ParseState& state, std::vector<DraftPtr>& drafts) : state_(state) {
    for (DraftPtr& draft : drafts) add(draft.get());
  }

  void link(const YamlEntry& entry) {
    if (entry.key == "models" && entry.data.get("versions").is_list() &&
        !entry.data.get("versions").as_list().empty()) {
      check_versions(entry);
      link_versions(entry);
    } else {
      link_plain(entry);
    }
  }

  void add(Draft* draft) {
    switch (draft->node.resource_type) {
      case ResourceType::model:
      case ResourceType::seed:
      case ResourceType::snapshot:
        refables_[draft->node.name].push_back(draft);
        break;
      case ResourceType::analysis:
        analyses_[draft->node.name].push_back(draft);
        break;
      case ResourceType::function:
        functions_[draft->node.name].push_back(draft);
        break;
      case ResourceType::test:
        tests_[draft->node.name].push_back(draft);
        break;
      default:
        break;
    }
  }

 private:
  using Index = NameMap<std::vector<Draft*>>;

  Index& index_of(std::string_view section) {
    if (section == "analyses") return analyses_;
    if (section == "functions") return functions_;
    if (section == "data_tests") return tests_;
    return refables_;
  }

  Draft* find_enabled(Index& index, std::string_view name, const std::string* package, const YamlEntry& entry) {
    auto found = index.find(name);
    if (found == index.end()) return nullptr;
    Draft* match = nullptr;
    for (Draft* draft : found->second) {
      if (!draft->was_enabled || (package && draft->node.package_name != *package)) continue;
      if (match && match->node.package_name != draft->node.package_name && !package) {
        fail_compilation("parse/ambiguous-name",
                         "When referencing '" + std::string(name) + "', dbt found nodes in multiple packages: '" +
                             match->node.unique_id + "', '" + draft->node.unique_id +
                             "'\nTo fix this, use two-argument 'ref', with the package name first: '" +
                             match->node.package_name + "' or '" + draft->node.package_name + "'",
                         {}, entry.span());
      }
      match = draft;
    }
    return match;
  }

  std::vector<Draft*> find_disabled(Index& index, std::string_view name, const std::string* package,
                                    ResourceType type) {
    std::vector<Draft*> out;
    auto found = index.find(name);
    if (found == index.end()) return out;
    const std::string* from = package;
    for (Draft* draft : found->second) {
      if (draft->was_enabled || draft->node.resource_type != type) continue;
      if (!from) from = &draft->node.package_name;  // without a package: the first that has one
      if (draft->node.package_name == *from) out.push_back(draft);
    }
    return out;
  }

  void warn_missing(const YamlEntry& entry, const std::string& name) {
    std::string message = "Did not find matching node for patch with name '" + name + "' in the '" +
                          std::string(entry.key) + "' section of file '" + entry.file->source->path + "'";
    warn(state_.invocation, "NoNodeForYamlKey", "I058", "[WARNING]: " + message,
         Value::dict({{"patch_name", Value(name)},
                      {"yaml_key", Value(entry.key)},
                      {"file_path", Value(entry.file->source->path)}}),
         entry.span());
  }

  void check_many_disabled(const YamlEntry& entry, const std::vector<Draft*>& found) {
    if (found.size() > 1 && jinja::truth(entry.data.get("config").get("enabled")))
      fail_parsing(
          "parse/many-disabled",
          "Found " + std::to_string(found.size()) + " matching disabled nodes for " +
              std::string(resource_type_name(found[0]->node.resource_type)) + " '" + entry.name +
              "'. Multiple nodes for the same unique id cannot be enabled in the schema file. They must be enabled in "
              "`dbt_project.yml` or in the sql files.",
          {}, entry.span());
  }

  void attach(Draft& draft, const YamlEntry& entry) {
    if (draft.entry) {
      std::string other = draft.entry->file->source->path, path = entry.file->source->path;
      std::string fix =
          other == path
              ? "remove one of the resource entries for " + entry.name + " in this file:\n - " + path + "\n"
              : "remove the resource entry for " + entry.name + " in one of these files:\n - " + path + "\n" + other;
      Diagnostic d;
      d.kind = ErrorKind::compilation;
      d.code = "parse/duplicate-patch";
      d.message = "dbt found two schema.yml entries for the same resource named " + entry.name +
                  ". Resources and their associated columns may only be described a single time. To fix this, " + fix;
      d.span = entry.span();
      d.notes.push_back({"first described here", draft.entry->span()});
      throw Error(std::move(d));
    }
    draft.entry = &entry;
    Value config = entry.data.get("config");
    if (config.is_dict() && config.as_dict().size() > 0) draft.patch = config;
    if (entry.unrendered_config.is_dict()) draft.unrendered_patch = deep_merge(config, entry.unrendered_config);
  }

  void link_plain(const YamlEntry& entry) {
    const std::string& package = entry.file->package->project.name;
    Index& index = index_of(entry.key);
    Draft* target = nullptr;
    bool refable = &index == &refables_;
    if (refable || entry.key == "data_tests") target = find_enabled(index, entry.name, &package, entry);
    if (!target && entry.key != "data_tests") target = find_enabled(index, entry.name, nullptr, entry);
    if (target && refable && section_of(target->node.resource_type) != entry.key) {
      std::string type(resource_type_name(target->node.resource_type)), plural(section_of(target->node.resource_type));
      warn(state_.invocation, "WrongResourceSchemaFile", "I057",
           "[WARNING]: '" + entry.name + "' is a " + type + " node, but it is specified in the " +
               std::string(entry.key) + " section of " + entry.file->source->path + ". To fix this error, place the `" +
               entry.name + "` specification under the " + plural + " key instead.",
           Value::dict({{"patch_name", Value(entry.name)},
                        {"resource_type", Value(type)},
                        {"plural_resource_type", Value(plural)},
                        {"yaml_key", Value(entry.key)},
                        {"file_path", Value(entry.file->source->path)}}),
           entry.span());
      return;
    }
    if (target) {
      attach(*target, entry);
      return;
    }
    std::vector<Draft*> disabled;
    if (entry.key != "data_tests") disabled = find_disabled(index, entry.name, &package, type_of_section(entry.key));
    if (disabled.empty()) {
      warn_missing(entry, entry.name);
      return;
    }
    check_many_disabled(entry, disabled);
    for (Draft* draft : disabled) attach(*draft, entry);
  }

  void check_versions(const YamlEntry& entry) {
    const std::vector<Value>& versions = entry.data.get("versions").as_list();
    std::vector<std::string> seen;
    std::vector<Value> values;
    for (const Value& version : versions) {
      std::string v = jinja::to_str(version.get("v"));
      values.push_back(version.get("v"));
      if (std::find(seen.begin(), seen.end(), v) != seen.end())
        fail_parsing("parse/duplicate-version",
                     "Found duplicate version: '" + v + "' in versions list of model '" + entry.name + "'", {},
                     yaml_place(entry, {"versions"}));
      seen.push_back(v);
    }
    Value latest = entry.data.get("latest_version");
    if (!is_absent(latest) && jinja::truth(latest)) {
      bool known = std::any_of(values.begin(), values.end(), [&](const Value& v) { return jinja::equals(v, latest); });
      if (!known)
        fail_parsing("parse/latest-version",
                     "latest_version: " + jinja::to_str(latest) + " is not one of model '" + entry.name +
                         "' versions: " + jinja::to_repr(Value::list(values)) + " ",
                     {}, yaml_place(entry, {"latest_version"}));
    }
  }

  void link_versions(const YamlEntry& entry) {
    const std::string& package = entry.file->package->project.name;
    const std::vector<Value>& versions = entry.data.get("versions").as_list();
    Value latest = entry.data.get("latest_version");
    if (is_absent(latest)) {
      latest = versions[0].get("v");
      for (const Value& version : versions)
        if (compare_model_versions(latest, version.get("v")) < 0) latest = version.get("v");
    }
    struct Found {
      Draft* draft;
      const Value* version;
    };
    std::vector<Found> all;
    for (const Value& version : versions) {
      Value v = version.get("v");
      std::string file_name = version.get_string("defined_in");
      if (file_name.empty()) file_name = entry.name + "_v" + jinja::to_str(v);
      Draft* draft = find_enabled(refables_, file_name, &package, entry);
      if (!draft && jinja::equals(v, latest)) draft = find_enabled(refables_, entry.name, &package, entry);
      if (!draft) {
        std::vector<Draft*> disabled = find_disabled(refables_, file_name, nullptr, ResourceType::model);
        check_many_disabled(entry, disabled);
        if (!disabled.empty()) draft = disabled[0];
      }
      if (!draft) {
        warn_missing(entry, file_name);
        continue;
      }
      if (draft->node.resource_type != ResourceType::model) {
        throw Error(ErrorKind::unlabelled, "parse/version-of-other",
                    "Only models have versions, but '" + entry.name + "' is " + draft->node.unique_id, entry.span(),
                    "rename one of the two");
      }
      all.push_back({draft, &version});
      make_version(*draft, entry, version, latest);
    }
    for (const Found& found : all) {  // from now on they are found by the model's name
      for (auto& [name, drafts] : refables_)
        if (name != entry.name) std::erase(drafts, found.draft);
      auto& named = refables_[entry.name];
      if (std::find(named.begin(), named.end(), found.draft) == named.end()) named.push_back(found.draft);
    }
  }

  void make_version(Draft& draft, const YamlEntry& entry, const Value& version, const Value& latest) {
    attach(draft, entry);
    Node& node = draft.node;
    std::string formatted = "v" + jinja::to_str(version.get("v"));
    draft.version_entry = version;
    Value base = entry.data.get("config"), own = version.get("config");
    draft.patch = deep_merge(base.is_dict() ? base : Value::dict(), own.is_dict() ? own : Value::dict());
    if (entry.unrendered_versions.is_dict()) {
      Value unrendered = entry.unrendered_versions.get(jinja::to_str(version.get("v")));
      if (unrendered.is_dict()) draft.unrendered_patch = deep_merge(draft.patch, unrendered);
    }
    node.unique_id = "model." + node.package_name + "." + entry.name + "." + formatted;
    node.name = entry.name;
    node.fqn.back() = entry.name;
    node.fqn.push_back(formatted);
    node.model->version = version.get("v");
    node.model->latest_version = latest;
    node.model->defined_in = version.get_string("defined_in");
  }

  ParseState& state_;
  Index refables_, analyses_, functions_, tests_;
};

void check_access(const Node& node, const Value& access, Span span) {
  if (access.is_string() &&
      (access.as_string() == "private" || access.as_string() == "protected" || access.as_string() == "public"))
    return;
  fail_parsing("parse/access",
               "Node " + node.unique_id + " has an invalid value (" + jinja::to_str(access) + ") for the access field",
               {}, span);
}

/// dbt: normalize_date: a date is midnight, a naive time is local time.
std::string deprecation_date(const std::string& text) {
  std::string iso = text.size() == 10 ? text + "T00:00:00" : text;
  bool zoned = iso.size() > 19 && (iso.find('+', 10) != std::string::npos || iso.find('Z', 10) != std::string::npos ||
                                   iso.find('-', 19) != std::string::npos);
  return zoned ? iso : iso + "+00:00";
}

void warn_invalid_field(const ParseState& state, const Node& node, std::string_view field, const YamlEntry& entry) {
  std::string type(resource_type_name(node.resource_type));
  warn(state.invocation, "ValidationWarning", "I009",
       "[WARNING]: Field " + std::string(field) + " is not valid for " + type + " (" + entry.name + ")",
       Value::dict({{"field_name", Value(field)}, {"resource_type", Value(type)}, {"node_name", Value(entry.name)}}),
       yaml_place(entry, {std::string(field)}));
}

void check_time_spine(const Draft& draft) {
  const Node& node = draft.node;
  const Value& spine = node.model->time_spine;
  std::vector<std::string> names;
  const ColumnInfo* standard = nullptr;
  std::string wanted = spine.get_string("standard_granularity_column");
  for (const ColumnInfo& column : node.columns) {
    names.push_back("'" + column.name + "'");
    if (column.name == wanted) standard = &column;
  }
  Span span = yaml_place(*draft.entry, {"time_spine"});
  if (!standard)
    fail_parsing("parse/time-spine",
                 "Time spine standard granularity column must be defined on the model. Got invalid column name '" +
                     wanted + "' for model '" + node.name + "'. Valid names: [" + join(names, ", ") + "].",
                 {}, span);
  if (!standard->granularity)
    fail_parsing("parse/time-spine",
                 "Time spine standard granularity column must have a granularity defined. Please add one for column '" +
                     wanted + "' in model '" + node.name + "'.",
                 {}, span);
  Value custom = spine.get("custom_granularities");
  std::vector<std::string> missing;
  if (custom.is_list()) {
    for (const Value& item : custom.as_list()) {
      std::string column = item.get_string("column_name", item.get_string("name"));
      bool known =
          std::any_of(node.columns.begin(), node.columns.end(), [&](const ColumnInfo& c) { return c.name == column; });
      if (!known) missing.push_back("'" + column + "'");
    }
  }
  if (!missing.empty())
    fail_parsing("parse/time-spine",
                 "Time spine custom granularity columns do not exist in the model. Columns not found: [" +
                     join(missing, ", ") + "]; Available columns: [" + join(names, ", ") + "]",
                 {}, span);
}

Value time_spine_value(const Value& spine) {
  Value custom = Value::list();
  if (Value given = spine.get("custom_granularities"); given.is_list())
    for (const Value& item : given.as_list())
      custom.as_list().push_back(Value::dict(
          {{"name", item.get("name")},
           {"column_name", item.get("column_name").is_undefined() ? Value::none() : item.get("column_name")}}));
  return Value::dict(
      {{"standard_granularity_column", spine.get("standard_granularity_column")}, {"custom_granularities", custom}});
}

void apply_model_properties(Draft& draft) {
  Node& node = draft.node;
  const Value& data = draft.entry->data;
  const Value& version = draft.version_entry;
  if (!version.is_dict()) node.model->version = node.model->latest_version = Value();
  Value date = version.is_dict() ? version.get("deprecation_date") : data.get("deprecation_date");
  if (date.is_string()) node.model->deprecation_date = deprecation_date(date.as_string());
  if (Value access = version.get("access"); access.is_string()) {
    check_access(node, access, yaml_place(*draft.entry, {"versions"}));
    node.model->access = access.as_string();
  }
  if (Value access = draft.patch.get("access"); !is_absent(access))
    check_access(node, access, yaml_place(*draft.entry, {"config", "access"}));
  if (Value spine = data.get("time_spine"); spine.is_dict() && !version.is_dict()) {
    node.model->time_spine = time_spine_value(spine);
    check_time_spine(draft);
  }
}

bool has_primary_key(const Value& constraints) {
  return std::any_of(constraints.as_list().begin(), constraints.as_list().end(),
                     [](const Value& c) { return c.get_string("type") == "primary_key"; });
}

void check_primary_keys(const Draft& draft, const Value& model_constraints) {
  std::vector<std::string> keys;
  for (const ColumnInfo& column : draft.node.columns)
    for (const Value& c : column.constraints.as_list())
      if (c.get_string("type") == "primary_key") keys.push_back("'" + column.name + "'");
  std::vector<std::string> errors;
  if (keys.size() > 1)
    errors.push_back(
        "Found " + std::to_string(keys.size()) + " columns ([" + join(keys, ", ") +
        "]) with primary key constraints defined. Primary keys for multiple columns must be defined as a model level "
        "constraint.");
  if (!keys.empty() && has_primary_key(model_constraints))
    errors.push_back(
        "Primary key constraints defined at the model level and the columns level. Primary keys can be defined at the "
        "model level or the column level, not both.");
  if (!errors.empty())
    fail_parsing("parse/primary-key",
                 "Primary key constraint error: (" + draft.node.original_file_path + ")\n" + join(errors, "\n"), {},
                 yaml_place(*draft.entry, {"constraints"}));
}

void check_contract(const ParseState& state, const Draft& draft, const Value& model_constraints) {
  const Node& node = draft.node;
  bool enforces = node.materialized() == "table" || node.materialized() == "incremental";
  bool warns = false;
  for (const ColumnInfo& column : node.columns)
    for (const Value& c : column.constraints.as_list()) warns |= c.get_bool("warn_unsupported");
  if (warns && !enforces)
    warn(state.invocation, "UnsupportedConstraintMaterialization", "I068",
         "[WARNING]: Constraint types are not supported for " + node.materialized() +
             " materializations and will be ignored.  Set 'warn_unsupported: false' on this constraint to ignore this "
             "warning.",
         Value::dict({{"materialized", Value(node.materialized())}}), draft.entry->span());
  std::vector<std::string> errors;
  if (node.columns.empty())
    errors.push_back("Constraints must be defined in a `yml` schema configuration file like `schema.yml`.");
  if (node.language != "sql") errors.push_back("Language Error: Expected 'sql' but found '" + node.language + "'");
  if (!errors.empty())
    fail_parsing("parse/contract",
                 "Contract enforcement failed for: (" + node.original_file_path + ")\n" + join(errors, "\n"), {},
                 draft.entry->span());
  static constexpr std::string_view types[] = {"check", "not_null", "unique", "primary_key", "foreign_key", "custom"};
  for (const Value& c : model_constraints.as_list()) {
    std::string type = c.get_string("type");
    if (std::find(std::begin(types), std::end(types), type) == std::end(types))
      fail_parsing("parse/constraint-type",
                   "Invalid constraint type on model " + node.name +
                       ": Type must be one of ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom']",
                   {}, yaml_place(*draft.entry, {"constraints"}));
  }
}

void add_foreign_keys(const ParseState& state, Draft& draft) {
  auto add = [&](const Value& constraints) {
    for (const Value& c : constraints.as_list()) {
      std::string to = c.get_string("to");
      if (c.get_string("type") != "foreign_key" || to.empty()) continue;
      try {
        RefOrSource target = parse_ref_or_source(state.invocation, to, draft.entry->span());
        if (target.ref) draft.node.refs.push_back(*target.ref);
        if (target.source) draft.node.sources.push_back(*target.source);
      } catch (const Error&) {
        fail_parsing("parse/foreign-key",
                     "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model " + draft.node.name +
                         ": " + to + ".",
                     {}, yaml_place(*draft.entry, {"constraints"}));
      }
    }
  };
  add(draft.node.model->constraints);
  for (const ColumnInfo& column : draft.node.columns) add(column.constraints);
}

/// dbt: build_contract_checksum.
std::string contract_checksum(const Node& node) {
  std::vector<const ColumnInfo*> columns;
  for (const ColumnInfo& column : node.columns) columns.push_back(&column);
  std::sort(columns.begin(), columns.end(), [](const ColumnInfo* a, const ColumnInfo* b) { return a->name < b->name; });
  std::string text;
  for (const ColumnInfo* column : columns)
    text += "|" + column->name + column->data_type.value_or("None") +
            constraint_repr(column->constraints, "ColumnLevelConstraint");
  if (node.materialized() == "table" || node.materialized() == "incremental")
    text += node.materialized() + constraint_repr(node.model->constraints, "ModelLevelConstraint");
  return sha256_hex(text);
}

}  // namespace

Value deep_merge(const Value& a, const Value& b) {
  Value out = a.is_dict() ? jinja::deep_copy(a) : Value::dict();
  if (!b.is_dict()) return out;
  for (const auto& [key, value] : b.as_dict().entries()) {
    Value* old = out.as_dict().find(key);
    if (value.is_dict()) {
      out.as_dict().set(key, deep_merge(old ? *old : Value::dict(), value));
    } else if (value.is_sequence() && old && old->is_sequence()) {
      std::vector<Value> items = value.as_items();
      for (const Value& item : old->as_items()) items.push_back(item);
      out.as_dict().set(key, Value::list(std::move(items)));
    } else {
      out.as_dict().set(key, jinja::deep_copy(value));
    }
  }
  return out;
}

void link_patches(ParseState& state, std::vector<DraftPtr>& drafts, const std::vector<SchemaFile>& files) {
  const size_t errors_before = state.errors.size();
  parse_in_parallel(
      drafts.size(),
      [&](size_t i) {
        Draft& draft = *drafts[i];
        try {
          Value config =
              build_config(state, *draft.package, draft.node.resource_type, draft.node.fqn, Value(), draft.calls);
          draft.was_enabled = config.get_bool("enabled", true);
        } catch (Error& error) {
          error.diagnostic().subject = draft_subject(draft.node);
          if (!error.diagnostic().span) error.diagnostic().span = draft.node.declared_at;
          throw;
        }
      },
      [&](size_t i) -> std::vector<Diagnostic>& { return drafts[i]->errors; });
  for (DraftPtr& draft : drafts)
    for (Diagnostic& d : draft->errors) state.errors.push_back(std::move(d));
  if (state.errors.size() > errors_before) state.throw_if_errors();
  PatchLinker linker(state, drafts);
  auto attempt = [&](auto&& work) {
    try {
      work();
    } catch (const Error& error) {
      state.errors.push_back(error.diagnostic());
    }
  };
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key == "snapshots" && entry->data.as_dict().find("relation")) {
        attempt([&] {
          drafts.push_back(create_yaml_snapshot(state, *file.file, entry->name,
                                                jinja::to_str(entry->data.get("relation")),
                                                yaml_place(*entry, {"relation"})));
          linker.add(drafts.back().get());
        });
      }
    }
    for (std::string_view section : {"models", "seeds", "snapshots", "data_tests", "analyses", "functions"})
      for (const auto& entry : file.entries)
        if (entry->key == section) attempt([&] { linker.link(*entry); });
  }
}

void apply_properties(ParseState& state, Draft& draft) {
  Node& node = draft.node;
  if (node.model && node.language == "python" && draft.patch.get("materialized").is_undefined()) {
    Value patch = Value::dict();
    if (draft.patch.is_dict()) patch.as_dict().update(draft.patch.as_dict());
    patch.as_dict().set("materialized", Value("table"));
    draft.patch = patch;
  }
  if (!draft.entry) return;
  const Value& data = draft.entry->data;
  node.patch_path = patch_path(*draft.entry);
  node.description = data.get_string("description");
  if (draft.version_entry.is_dict())
    if (std::string own = draft.version_entry.get_string("description"); !own.empty()) node.description = own;
  if (node.resource_type == ResourceType::test) return;
  if (draft.version_entry.is_dict()) {
    node.columns = read_columns(Value::list(version_columns(data, draft.version_entry)), node.original_file_path);
  } else {
    node.columns = read_columns(data.get("columns"), node.original_file_path);
  }
  if (node.model) {
    apply_model_properties(draft);
    return;
  }
  for (std::string_view field : {"latest_version", "version", "constraints"})
    if (jinja::truth(data.get(field)) && field == "constraints") warn_invalid_field(state, node, field, *draft.entry);
  if (node.function) {
    Value returns = data.get("returns");
    auto or_none = [](const Value& v) { return v.is_undefined() ? Value::none() : v; };
    node.function->returns =
        Value::dict({{"data_type", returns.get("data_type")}, {"description", or_none(returns.get("description"))}});
    node.function->arguments = Value::list();
    if (Value arguments = data.get("arguments"); arguments.is_list())
      for (const Value& a : arguments.as_list())
        node.function->arguments.as_list().push_back(Value::dict({{"name", a.get("name")},
                                                                  {"data_type", a.get("data_type")},
                                                                  {"description", or_none(a.get("description"))},
                                                                  {"default_value", or_none(a.get("default_value"))}}));
  }
}

void finish_properties(ParseState& state, Draft& draft) {
  Node& node = draft.node;
  if (!node.model || !draft.entry) return;
  Value listed = draft.version_entry.get("constraints");
  if (!jinja::truth(listed)) listed = draft.entry->data.get("constraints");
  if (!listed.is_list()) listed = Value::list();
  bool enforced = node.config.get("contract").get_bool("enforced");
  if (enforced) check_contract(state, draft, listed);
  check_primary_keys(draft, listed);
  if (!listed.as_list().empty()) {
    node.model->constraints = Value::list();
    for (const Value& c : listed.as_list()) node.model->constraints.as_list().push_back(constraint_value(c, true));
  }
  add_foreign_keys(state, draft);
  if (enforced) node.model->contract_checksum = contract_checksum(node);
}

void patch_macros(ParseState& state, const std::vector<SchemaFile>& files) {
  NameMap<MacroId> by_id;
  for (const Macro& macro : state.manifest.macros) by_id.emplace(macro.unique_id, macro.id);
  auto patch = [&](const YamlEntry& entry) {
    auto found = by_id.find("macro." + entry.file->package->project.name + "." + entry.name);
    if (found == by_id.end()) {
      warn(state.invocation, "MacroNotFoundForPatch", "I059",
           "[WARNING]: Found patch for macro \"" + entry.name + "\" which was not found",
           Value::dict({{"patch_name", Value(entry.name)}}), entry.span());
      return;
    }
    Macro& macro = state.manifest.macros[found->second];
    if (!macro.patch_path.empty()) {
      std::string other = macro.patch_path.substr(macro.patch_path.find("://") + 3), path = entry.file->source->path;
      std::string fix =
          other == path
              ? "remove one of the macros entries for " + entry.name + " in this file:\n - " + path + "\n"
              : "remove the macros entry for " + entry.name + " in one of these files:\n - " + path + "\n" + other;
      fail_compilation("parse/duplicate-patch",
                       "dbt found two schema.yml entries for the same macro in package " + macro.package_name +
                           " named " + entry.name + ". Macros may only be described a single time. To fix this, " + fix,
                       {}, entry.span());
    }
    macro.patch_path = patch_path(entry);
    Value config = entry.data.get("config");
    Value meta = Value::dict();
    for (const Value& part : {entry.data.get("meta"), config.get("meta")})
      if (part.is_dict()) meta.as_dict().update(part.as_dict());
    Value docs = config.get("docs");
    if (!jinja::truth(docs)) docs = entry.data.get("docs");
    Value shown = Value::dict({{"show", Value(true)}, {"node_color", Value::none()}});
    if (docs.is_dict()) shown.as_dict().update(docs.as_dict());
    macro.meta = meta;
    macro.docs = shown;
    macro.config = Value::dict({{"meta", meta}, {"docs", shown}});
    macro.description = render_text_with_docs(state, entry.data.get_string("description"), macro.unique_id,
                                              macro.package_name, nullptr, yaml_place(entry, {"description"}));
    Value arguments = Value::list();
    if (Value listed = entry.data.get("arguments"); listed.is_list())
      for (const Value& a : listed.as_list())
        arguments.as_list().push_back(Value::dict(
            {{"name", a.get("name")},
             {"type", a.get("type").is_undefined() ? Value::none() : a.get("type")},
             {"description", Value(render_text_with_docs(state, a.get_string("description"), macro.unique_id,
                                                         macro.package_name, nullptr, entry.span()))}}));
    const bool validates = state.behavior("validate_macro_args");
    if (validates) check_macro_arguments(state, macro, arguments);
    if (!validates || !arguments.as_list().empty()) macro.arguments = arguments;
  };
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "macros") continue;
      try {
        patch(*entry);
      } catch (const Error& error) {
        state.errors.push_back(error.diagnostic());
      }
    }
  }
}

}  // namespace modelc
