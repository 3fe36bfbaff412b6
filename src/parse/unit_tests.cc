#include "parse/unit_tests.h"

#include <algorithm>

#include "base/csv.h"
#include "base/hash.h"
#include "base/text.h"
#include "manifest/find.h"
#include "parse/config_builder.h"
#include "parse/schema_yaml.h"
#include "parse/sql_nodes.h"
#include "parse/yaml_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }

/// Python's csv.DictReader: a list of dicts by the names of the first row.
Value read_csv_rows(const SourceFile& file) {
  CsvReader reader(file);
  std::vector<CsvField> fields;
  std::vector<std::string> names;
  Value rows = Value::list();
  if (!reader.next(fields)) return rows;
  for (const CsvField& field : fields) names.emplace_back(field.text);
  while (reader.next(fields)) {
    Value row = Value::dict();
    for (size_t i = 0; i < names.size(); ++i)
      row.as_dict().set(std::string_view(names[i]), i < fields.size() ? Value(fields[i].text) : Value::none());
    if (fields.size() > names.size()) {
      std::vector<Value> rest;
      for (size_t i = names.size(); i < fields.size(); ++i) rest.emplace_back(fields[i].text);
      row.as_dict().set(Value::none(), Value::list(std::move(rest)));
    }
    rows.as_list().push_back(std::move(row));
  }
  return rows;
}

/// Fixtures of one package are told apart by file name alone, whatever their folder and ending.
void check_fixture_names(ParseState& state) {
  NameMap<NamedThing> seen;
  for (const LoadedFile& file : state.files) {
    if (file.source->kind != FileKind::fixture || !file.text) continue;
    std::string name(path_stem(file.source->path));
    NamedThing fixture{"fixture." + file.package->project.name + "." + name, name, file.source->path,
                       Span{file.text, 0, 0}};
    auto [other, is_new] = seen.emplace(fixture.unique_id, fixture);
    if (!is_new) state.errors.push_back(duplicate_thing_error("fixtures", fixture, other->second).diagnostic());
  }
}

class UnitTestBuilder {
 public:
  UnitTestBuilder(ParseState& state, const YamlEntry& entry, const std::vector<DraftPtr>& drafts)
      : state_(state), entry_(entry), drafts_(drafts) {}

  DraftPtr build() {
    const Value& data = entry_.data;
    auto draft = std::make_unique<Draft>();
    draft->package = entry_.file->package;
    draft->entry = &entry_;
    Node& node = draft->node;
    node.resource_type = ResourceType::unit_test;
    node.unit_test = std::make_unique<UnitTestPart>();
    UnitTestPart& part = *node.unit_test;
    node.name = entry_.name;
    part.model_name = data.get_string("model");
    node.package_name = entry_.file->package->project.name;
    node.unique_id = "unit_test." + node.package_name + "." + part.model_name + "." + node.name;
    node.path = entry_.file->source->relative_path;
    node.original_file_path = entry_.file->source->path;
    node.fqn = {node.package_name};
    std::vector<std::string_view> folders = split(node.original_file_path, '/');
    for (size_t i = 1; i + 1 < folders.size(); ++i) node.fqn.emplace_back(folders[i]);
    node.fqn.push_back(part.model_name);
    node.fqn.push_back(node.name);
    node.description = data.get_string("description");
    node.declared_at = entry_.span();
    node.created_at = state_.created_at;
    node.checksum_name.clear();

    Value versions = data.get("versions");
    if (jinja::truth(versions.get("include")) && jinja::truth(versions.get("exclude")))
      fail_entry(entry_, "Unit tests can not both include and exclude versions.", yaml_place(entry_, {"versions"}));
    part.versions = versions.is_dict() ? Value::dict({{"include", or_none(versions.get("include"))},
                                                      {"exclude", or_none(versions.get("exclude"))}})
                                       : Value::none();
    part.given = Value::list();
    Value given = data.get("given");
    for (size_t i = 0; i < given.as_list().size(); ++i)
      part.given.as_list().push_back(fixture(given.as_list()[i], "input", {"given", std::to_string(i)}));
    part.expect = fixture(data.get("expect"), "expected", {"expect"});
    Value overrides = data.get("overrides");
    part.overrides = Value::none();
    if (overrides.is_dict()) {
      part.overrides = Value::dict();
      for (std::string_view key : {"macros", "vars", "env_vars"}) {
        Value v = overrides.get(key);
        part.overrides.as_dict().set(key, v.is_dict() ? v : Value::dict());
      }
    }
    part.checksum = checksum(part);
    node.config = build_config(state_, *draft->package, ResourceType::unit_test, node.fqn, data.get("config"), Value());
    draft->enabled = node.config.get_bool("enabled", true);
    copy_config_to_node(node, node.config);
    return draft;
  }

 private:
  [[noreturn]] void fail(std::string message, const std::vector<std::string>& path) {
    fail_parsing("parse/unit-test", std::move(message), {}, yaml_place(entry_, path));
  }

  /// One of `given` or the `expect`, in manifest form with its rows in place.
  Value fixture(const Value& given, std::string_view kind, std::vector<std::string> path) {
    Value out = Value::dict();
    if (kind == "input") out.as_dict().set("input", given.get("input"));
    std::string format = given.get_string("format", "dict");
    Value rows = or_none(given.get("rows")), file = or_none(given.get("fixture"));
    std::string test = "Unit test " + entry_.name + " has " + std::string(kind);
    if (format == "dict") {
      if (rows.is_none() && file.is_none()) {
        if (kind != "input") fail(test + " rows which do not match format dict", path);
        rows = seed_rows(given.get_string("input"), path);
      }
      if (!rows.is_list()) fail(test + " rows which do not match format dict", path);
    } else {
      if (!rows.is_string() && !file.is_string())
        fail(test + " rows or fixtures which do not match format " + format + ".  Expected string.", path);
      if (file.is_string() && !file.as_string().empty()) {
        path.push_back("fixture");
        rows = fixture_rows(file.as_string(), path);
      } else if (format == "csv") {
        rows = read_csv_rows(*state_.invocation.sources->add("<unit test " + entry_.name + ">", rows.as_string()));
      }
      if (format == "csv") rows = empty_to_none(rows);
    }
    if (rows.is_list()) rows = promote_complete_row(rows);
    out.as_dict().set("rows", rows);
    out.as_dict().set("format", Value(format));
    out.as_dict().set("fixture", file);
    return out;
  }

  static Value empty_to_none(const Value& rows) {
    if (!rows.is_list()) return rows;
    Value out = Value::list();
    for (const Value& row : rows.as_list()) {
      Value copy = Value::dict();
      for (const auto& [key, value] : row.as_dict().entries())
        copy.as_dict().set(key, value.is_string() && value.as_string().empty() ? Value::none() : value);
      out.as_list().push_back(std::move(copy));
    }
    return out;
  }

  /// The first row without None goes to the front: engines take the types of columns from it.
  static Value promote_complete_row(const Value& rows) {
    std::vector<Value> items = rows.as_list();
    for (Value& row : items) {
      const auto& entries = row.as_dict().entries();
      if (std::any_of(entries.begin(), entries.end(), [](const auto& e) { return e.second.is_none(); })) continue;
      std::swap(items[0], row);
      break;
    }
    return Value::list(std::move(items));
  }

  Value fixture_rows(const std::string& name, const std::vector<std::string>& path) {
    for (const LoadedFile& file : state_.files) {
      if (file.source->kind != FileKind::fixture || file.package != entry_.file->package || !file.text) continue;
      if (path_stem(file.source->path) != name) continue;
      return file.source->path.ends_with(".sql") ? Value(file.text->text()) : read_csv_rows(*file.text);
    }
    fail("File not found for fixture '" + name + "' in unit tests in " + entry_.file->source->path, path);
  }

  Value seed_rows(const std::string& input, const std::vector<std::string>& path) {
    RefOrSource target = parse_ref_or_source(state_.invocation, input, yaml_place(entry_, path));
    const std::string& own = entry_.file->package->project.name;
    std::string package = target.ref && target.ref->package ? *target.ref->package : own;
    std::string name = target.ref ? target.ref->name : input;
    for (const DraftPtr& draft : drafts_) {
      const Node& node = draft->node;
      if (node.resource_type != ResourceType::seed || node.name != name || node.package_name != package) continue;
      const SourceFile* file = state_.invocation.sources->add(
          node.original_file_path,
          state_.invocation.fs->read(path_join(node.seed->root_path, node.original_file_path)));
      return read_csv_rows(*file);
    }
    if (package != own)
      fail("Unable to find seed '" + package + "." + name + "' for unit tests in '" + package + "' package", path);
    std::vector<std::string> folders;
    for (const std::string& folder : entry_.file->package->project.seed_paths) folders.push_back("'" + folder + "'");
    fail("Unable to find seed '" + package + "." + name + "' for unit tests in directories: [" + join(folders, ", ") +
             "]",
         path);
  }

  static std::string format_repr(const std::string& format) {
    std::string name = format == "csv" ? "CSV" : format == "sql" ? "SQL" : "Dict";
    return "<UnitTestFormat." + name + ": '" + format + "'>";
  }

  static std::string fixture_repr(const Value& f, std::string_view type) {
    std::string out = std::string(type) + "(";
    if (Value input = f.get("input"); !input.is_undefined()) out += "input=" + jinja::to_repr(input) + ", ";
    return out + "rows=" + jinja::to_repr(f.get("rows")) + ", format=" + format_repr(f.get_string("format")) +
           ", fixture=" + jinja::to_repr(f.get("fixture")) + ")";
  }

  /// dbt: build_unit_test_checksum, over the reprs of its objects.
  static std::string checksum(const UnitTestPart& part) {
    std::string text = part.model_name + "-";
    text += part.versions.is_none() ? "None"
                                    : "UnitTestNodeVersions(include=" + jinja::to_repr(part.versions.get("include")) +
                                          ", exclude=" + jinja::to_repr(part.versions.get("exclude")) + ")";
    text += "-[";
    for (size_t i = 0; i < part.given.as_list().size(); ++i)
      text += (i ? ", " : "") + fixture_repr(part.given.as_list()[i], "UnitTestInputFixture");
    text += "]-" + fixture_repr(part.expect, "UnitTestOutputFixture") + "-";
    text += part.overrides.is_none() ? "None"
                                     : "UnitTestOverrides(macros=" + jinja::to_repr(part.overrides.get("macros")) +
                                           ", vars=" + jinja::to_repr(part.overrides.get("vars")) +
                                           ", env_vars=" + jinja::to_repr(part.overrides.get("env_vars")) + ")";
    for (const Value& given : part.given.as_list())
      if (jinja::truth(given.get("fixture"))) text += "-" + jinja::to_str(given.get("rows"));
    return sha256_hex(text);
  }

  ParseState& state_;
  const YamlEntry& entry_;
  const std::vector<DraftPtr>& drafts_;
};

[[noreturn]] void fail(const Node& test, std::string message) {
  fail_parsing("parse/unit-test", std::move(message), {}, test.declared_at);
}

/// An incremental model needs to know which of its two ways is tested.
void check_incremental(const ParseState& state, const Node& test, const Node& model) {
  MacroId incremental = state.macros().find_in_package("dbt", "is_incremental");
  const auto& macros = model.depends_on_macros;
  if (incremental == no_id || std::find(macros.begin(), macros.end(), incremental) == macros.end()) return;
  Value override = test.unit_test->overrides.get("macros").get("is_incremental");
  if (!override.is_bool())
    fail(test, "Boolean override for 'is_incremental' must be provided for unit test '" + test.name + "' in model '" +
                   model.name + "'");
  if (!override.as_bool()) return;
  const auto& given = test.unit_test->given.as_list();
  bool has_this =
      std::any_of(given.begin(), given.end(), [](const Value& g) { return g.get_string("input") == "this"; });
  if (!has_this)
    fail(test, "Unit test '" + test.name + "' for incremental model '" + model.name + "' must have a 'this' input");
}

bool lists(const Value& versions, const Value& version) {
  if (!versions.is_list()) return false;
  return std::any_of(versions.as_list().begin(), versions.as_list().end(),
                     [&](const Value& v) { return jinja::equals(v, version); });
}

Node copy_for_version(const Node& test, const Node& model) {
  Node copy;
  copy.resource_type = ResourceType::unit_test;
  copy.unit_test = std::make_unique<UnitTestPart>(*test.unit_test);
  copy.unit_test->version = model.model->version;
  copy.unit_test->tested_node = model.id;
  copy.name = test.name;
  copy.package_name = test.package_name;
  copy.unique_id = test.unique_id + "_v" + jinja::to_str(model.model->version);
  copy.path = test.path;
  copy.original_file_path = test.original_file_path;
  copy.fqn = test.fqn;
  copy.description = test.description;
  copy.declared_at = test.declared_at;
  copy.created_at = test.created_at;
  copy.checksum_name.clear();
  copy.config = test.config;
  copy.unrendered_config = test.unrendered_config;
  copy.tags = test.tags;
  copy.meta = test.meta;
  copy.schema = test.schema;
  copy.depends_on = {model.id};
  return copy;
}

/// The unit tests that one definition stands for; empty when its model is disabled.
std::vector<Node> bind_one(ParseState& state, const Manifest& manifest, Node test, std::vector<Node>& disabled) {
  std::vector<std::string_view> words = split_whitespace(test.unit_test->model_name);
  std::string name(words.empty() ? std::string_view() : words[0]);
  Value version;
  if (words.size() == 2) version = Value(words[1]);
  auto found = manifest.resolve_ref(name, test.package_name, version, test.package_name);
  if (found.status == Manifest::Lookup::missing)
    fail(test, "Unable to find model '" + test.package_name + "." + test.unit_test->model_name + "' for unit test '" +
                   test.name + "' in " + test.original_file_path);
  if (found.status == Manifest::Lookup::disabled || !test.config_bool("enabled", true)) {
    Value config = Value::dict();
    config.as_dict().update(test.config.as_dict());
    config.as_dict().set("enabled", Value(false));
    test.config = config;
    disabled.push_back(std::move(test));
    return {};
  }
  const Node& model = manifest.nodes[found.id];
  test.schema = model.schema;
  test.depends_on = {model.id};
  test.unit_test->tested_node = model.id;
  check_incremental(state, test, model);
  Value include = test.unit_test->versions.get("include"), exclude = test.unit_test->versions.get("exclude");
  std::vector<Node> out;
  if (!model.is_versioned()) {
    if (jinja::truth(include) || jinja::truth(exclude))
      fail(test, "Unit test '" + test.name +
                     "' should not have a versions include or exclude when referencing non-versioned model '" +
                     model.name + "'");
    out.push_back(std::move(test));
    return out;
  }
  for (const Node& other : manifest.nodes) {
    if (!other.is_versioned() || other.name != model.name || other.package_name != model.package_name) continue;
    if (jinja::truth(exclude) && lists(exclude, other.model->version)) continue;
    if (jinja::truth(include) && !lists(include, other.model->version)) continue;
    out.push_back(copy_for_version(test, other));
  }
  if (out.empty())
    fail(test, "Unit test '" + test.name + "' referenced a version of '" + model.name + "' which was not found.");
  return out;
}

}  // namespace

std::vector<DraftPtr> build_unit_tests(ParseState& state, const std::vector<SchemaFile>& files,
                                       const std::vector<DraftPtr>& drafts) {
  check_fixture_names(state);
  std::vector<DraftPtr> out;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "unit_tests") continue;
      try {
        out.push_back(UnitTestBuilder(state, *entry, drafts).build());
      } catch (Error& error) {
        if (!error.diagnostic().span) error.diagnostic().span = entry->span();
        state.errors.push_back(error.diagnostic());
      }
    }
  }
  return out;
}

void bind_unit_tests(ParseState& state, Manifest& manifest, std::vector<Node>& unit_tests) {
  std::vector<Node> bound, disabled;
  for (Node& test : unit_tests) {
    try {
      for (Node& node : bind_one(state, manifest, std::move(test), disabled)) bound.push_back(std::move(node));
    } catch (const Error& error) {
      state.errors.push_back(error.diagnostic());
    }
  }
  for (Node& node : disabled) manifest.disabled.push_back(std::move(node));
  unit_tests = std::move(bound);
}

}  // namespace modelc
