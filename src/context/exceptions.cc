// The `exceptions` object of templates: dbt's errors and warnings, by their names and in its wording.
#include <algorithm>

#include "base/text.h"
#include "context/relation_object.h"
#include "context/sql_context.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

std::string text(const Value& v) { return jinja::to_str(v); }

std::string place_list(const Value& node_1, const Value& node_2) {
  return "\n- " + node_1.get_string("unique_id") + " (" + node_1.get_string("original_file_path") + ")\n- " +
         node_2.get_string("unique_id") + " (" + node_2.get_string("original_file_path") + ")";
}

/// dbt: ContractError. Rows are sorted by column name; the frame is agate's print_table.
std::string contract_message(const Value& yaml_columns, const Value& sql_columns) {
  auto items = [](const Value& v) { return v.is_sequence() ? v.as_items() : std::vector<Value>(); };
  std::vector<Value> yaml = items(yaml_columns), sql = items(sql_columns);
  if (yaml.empty()) return "This model has an enforced contract, and its 'columns' specification is missing";
  std::vector<std::vector<std::string>> rows;
  for (const Value& s : sql) {
    const Value* match = nullptr;
    for (const Value& y : yaml)
      if (y.get_string("name") == s.get_string("name")) match = &y;
    if (!match) {
      rows.push_back({s.get_string("name"), s.get_string("data_type"), "", "missing in contract"});
    } else if (match->get_string("data_type") != s.get_string("data_type")) {
      rows.push_back(
          {s.get_string("name"), s.get_string("data_type"), match->get_string("data_type"), "data type mismatch"});
    }
  }
  for (const Value& y : yaml) {
    bool found = false;
    for (const Value& s : sql) found |= s.get_string("name") == y.get_string("name");
    if (!found) rows.push_back({y.get_string("name"), "", y.get_string("data_type"), "missing in definition"});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; });
  std::vector<std::string> heads = {"column_name", "definition_type", "contract_type", "mismatch_reason"};
  std::vector<size_t> widths;
  for (size_t i = 0; i < heads.size(); ++i) {
    size_t width = heads[i].size();
    for (auto& row : rows) {
      if (row[i].size() > 50) row[i] = row[i].substr(0, 47) + "...";
      width = std::max(width, row[i].size());
    }
    widths.push_back(width);
  }
  auto line = [&](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (size_t i = 0; i < cells.size(); ++i)
      out += " " + cells[i] + std::string(widths[i] - cells[i].size(), ' ') + " |";
    return out + "\n";
  };
  std::string table = line(heads) + "|";
  for (size_t width : widths) table += " " + std::string(width, '-') + " |";
  table += "\n";
  for (const auto& row : rows) table += line(row);
  return "This model has an enforced contract that failed.\n"
         "Please ensure the name, data_type, and number of columns in your contract match the columns in your model's "
         "definition.\n\n" +
         table;
}

class ExceptionsObject : public jinja::Object {
 public:
  ExceptionsObject(const Invocation& invocation, std::string subject)
      : invocation_(invocation), subject_(std::move(subject)) {}

  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    static const std::string_view names[] = {"warn",
                                             "missing_config",
                                             "missing_materialization",
                                             "missing_relation",
                                             "raise_ambiguous_alias",
                                             "raise_ambiguous_catalog_match",
                                             "raise_cache_inconsistent",
                                             "raise_dataclass_not_dict",
                                             "raise_compiler_error",
                                             "raise_database_error",
                                             "raise_dep_not_found",
                                             "raise_dependency_error",
                                             "raise_duplicate_patch_name",
                                             "raise_duplicate_resource_name",
                                             "raise_invalid_property_yml_version",
                                             "raise_not_implemented",
                                             "relation_wrong_type",
                                             "raise_contract_error",
                                             "column_type_missing",
                                             "raise_fail_fast_error",
                                             "warn_snapshot_timestamp_data_types"};
    for (std::string_view known : names) {
      if (known != name) continue;
      jinja::Ref<ExceptionsObject> self(this);
      return Value::function(std::string(name), [self, known](State& state, CallArgs& args) {
        return *self->call_method(state, known, args);
      });
    }
    return std::nullopt;
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    return key.is_string() ? get_attribute(state, key.as_string()) : std::nullopt;
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "raise_compiler_error")
      fail(ErrorKind::compilation, name, text(args.bind(name, {"msg", "node"}, 1)[0]));
    if (name == "warn") {
      Event event{"JinjaLogWarning", "I061", EventLevel::warn, text(args.bind(name, {"msg", "node"}, 1)[0]), {}, {}};
      event.data = Value::dict({{"msg", event.message}});
      invocation_.events->warn_or_error(event, state.current_span());
      return Value("");
    }
    if (name == "warn_snapshot_timestamp_data_types") return warn_timestamps(state, args);
    return raise(name, args);
  }

 private:
  [[noreturn]] void fail(ErrorKind kind, std::string_view name, std::string message) const {
    Diagnostic d;
    d.kind = kind;
    d.code = "context/" + replace_all(name, "_", "-");
    d.message = std::move(message);
    d.subject = subject_;
    throw Error(std::move(d));
  }

  Value warn_timestamps(State& state, CallArgs& args) {
    std::vector<Value> b =
        args.bind("warn_snapshot_timestamp_data_types", {"snapshot_time_data_type", "updated_at_data_type"}, 2);
    Event event{"SnapshotTimestampWarning",
                "Q043",
                EventLevel::warn,
                "Data type of snapshot table timestamp columns (" + text(b[0]) +
                    ") doesn't match derived column 'updated_at' (" + text(b[1]) +
                    "). Please update snapshot config 'updated_at'.",
                {},
                {}};
    event.data = Value::dict({{"snapshot_time_data_type", b[0]}, {"updated_at_data_type", b[1]}});
    invocation_.events->warn_or_error(event, state.current_span());
    return Value::none();
  }

  std::optional<Value> raise(std::string_view name, CallArgs& args) {
    const ErrorKind compilation = ErrorKind::compilation;
    if (name == "raise_database_error") fail(ErrorKind::database, name, text(args.bind(name, {"msg", "node"}, 1)[0]));
    if (name == "raise_dependency_error") fail(ErrorKind::dependency, name, text(args.bind(name, {"msg"}, 1)[0]));
    if (name == "raise_not_implemented")
      fail(ErrorKind::runtime, name, "ERROR: " + text(args.bind(name, {"msg"}, 1)[0]));
    if (name == "raise_fail_fast_error") fail(ErrorKind::runtime, name, text(args.bind(name, {"msg", "node"}, 1)[0]));
    if (name == "raise_cache_inconsistent")
      fail(ErrorKind::internal, name, "Cache inconsistency detected: " + text(args.bind(name, {"message"}, 1)[0]));
    if (name == "raise_dataclass_not_dict")
      fail(compilation, name,
           "The object (\"" + text(args.bind(name, {"obj"}, 1)[0]) +
               "\") was used as a dictionary. This capability has been removed from objects of this type.");
    if (name == "missing_relation") {
      std::vector<Value> b = args.bind(name, {"relation", "model"}, 1);
      fail(compilation, name, "Relation " + text(b[0]) + " not found!");
    }
    if (name == "missing_config") {
      std::vector<Value> b = args.bind(name, {"model", "name"}, 2);
      fail(compilation, name,
           "Model '" + b[0].get_string("unique_id") + "' does not define a required config parameter '" + text(b[1]) +
               "'.");
    }
    if (name == "missing_materialization") {
      std::vector<Value> b = args.bind(name, {"model", "adapter_type"}, 2);
      std::string adapter = text(b[1]);
      fail(compilation, name,
           "No materialization '" + b[0].get("config").get_string("materialized") + "' was found for adapter " +
               adapter + "! (searched types 'default'" + (adapter == "default" ? "" : " and '" + adapter + "'") + ")");
    }
    if (name == "relation_wrong_type") {
      std::vector<Value> b = args.bind(name, {"relation", "expected_type", "model"}, 2);
      const Relation& relation = relation_of(b[0], "relation");
      std::string shown = text(b[0]);
      fail(compilation, name,
           "Trying to create " + text(b[1]) + " " + shown + ", but it currently exists as a " +
               std::string(relation_type_name(relation.type)) + ". Either drop " + shown +
               " manually, or run dbt with `--full-refresh` and dbt will drop it for you.");
    }
    if (name == "column_type_missing")
      fail(compilation, name,
           "Contracted models require data_type to be defined for each column. Please ensure that the column name and "
           "data_type are defined within the YAML configuration for the " +
               text(args.bind(name, {"column_names"}, 1)[0]) + " column(s).");
    if (name == "raise_contract_error") {
      std::vector<Value> b = args.bind(name, {"yaml_columns", "sql_columns"}, 2);
      fail(ErrorKind::contract, name, contract_message(b[0], b[1]));
    }
    if (name == "raise_ambiguous_alias") {
      std::vector<Value> b = args.bind(name, {"node_1", "node_2", "duped_name"}, 2);
      std::string duped = b[2].is_string() ? b[2].as_string()
                                           : b[0].get_string("database") + "." + b[0].get_string("schema") + "." +
                                                 b[0].get_string("alias");
      fail(compilation, name,
           "dbt found two resources with the database representation \"" + duped +
               "\".\ndbt cannot create two resources with identical database representations. To fix this,\nchange the "
               "configuration of one of these resources:" +
               place_list(b[0], b[1]));
    }
    if (name == "raise_ambiguous_catalog_match") {
      std::vector<Value> b = args.bind(name, {"unique_id", "match_1", "match_2"}, 3);
      auto shown = [](const Value& match) {
        Value metadata = match.get("metadata");
        return metadata.get_string("schema") + "." + metadata.get_string("name");
      };
      fail(compilation, name,
           "dbt found two relations in your warehouse with similar database identifiers. dbt\nis unable to determine "
           "which of "
           "these relations was created by the model \"" +
               text(b[0]) +
               "\".\nIn order for dbt to correctly generate the catalog, one of the following relations must be "
               "deleted or "
               "renamed:\n\n - " +
               shown(b[1]) + "\n - " + shown(b[2]));
    }
    if (name == "raise_dep_not_found") {
      std::vector<Value> b = args.bind(name, {"node", "node_description", "required_pkg"}, 3);
      fail(compilation, name,
           "Error while parsing " + text(b[1]) + ".\nThe required package \"" + text(b[2]) +
               "\" was not found. Is the package installed?\nHint: You may need to run `dbt deps`.");
    }
    if (name == "raise_duplicate_patch_name") {
      std::vector<Value> b = args.bind(name, {"patch_1", "existing_patch_path"}, 2);
      std::string resource = b[0].get_string("name"), path = b[0].get_string("original_file_path");
      fail(compilation, name,
           "dbt found two schema.yml entries for the same resource named " + resource +
               ". Resources and their associated columns may only be described a single time. To fix this, remove the "
               "resource "
               "entry for " +
               resource + " in one of these files:\n - " + path + "\n" + text(b[1]));
    }
    if (name == "raise_duplicate_resource_name") {
      std::vector<Value> b = args.bind(name, {"node_1", "node_2"}, 2);
      std::string resource = b[0].get_string("name");
      fail(compilation, name,
           "dbt found two resources with the name \"" + resource +
               "\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen "
               "looking "
               "for ref(\"" +
               resource + "\").\n\nTo fix this, change the name of one of these resources:" + place_list(b[0], b[1]));
    }
    if (name == "raise_invalid_property_yml_version") {
      std::vector<Value> b = args.bind(name, {"path", "issue"}, 2);
      fail(compilation, name,
           "The yml property file at " + text(b[0]) + " is invalid because " + text(b[1]) +
               ". Please consult the documentation for more information on yml property file syntax:\n\n"
               "https://docs.getdbt.com/reference/configs-and-properties");
    }
    return std::nullopt;
  }

  const Invocation& invocation_;
  std::string subject_;
};

}  // namespace

Value exceptions_value(const Invocation& invocation, std::string node_subject) {
  return Value(jinja::make_ref<ExceptionsObject>(invocation, std::move(node_subject)));
}

}  // namespace modelc
