// Unit tests: the tested model's SQL over fixtures, compared with expected rows (dbt: UnitTestManifestLoader,
// TestRunner).
#include <fmt/format.h>

#include <algorithm>

#include "base/csv.h"
#include "base/text.h"
#include "compile/relations.h"
#include "context/relation_object.h"
#include "run/node_task.h"
#include "run/table_diff.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

Error test_error(const Node& test, ErrorKind kind, std::string code, std::string message, std::string hint = {}) {
  Error error(kind, std::move(code), std::move(message), test.declared_at, std::move(hint));
  error.diagnostic().subject = node_subject(test);
  return error;
}

/// The node that `ref('x')`, `source('a', 'b')` or `this` of a fixture names; no_id when there is none.
NodeId find_input(RunShared& shared, const Node& test, const std::string& input) {
  if (trim(input) == "this") return test.unit_test->tested_node;
  NodeId found = no_id;
  const auto note = [&found](Manifest::RefResult result) {
    if (result.status == Manifest::Lookup::found) found = result.id;
    return Value("");
  };
  const std::string& package = test.package_name;
  Value names = Value::dict();
  names.as_dict().set("ref", Value::function("ref", [&](State&, CallArgs& args) {
                        if (args.positional.empty()) return Value("");
                        std::optional<std::string> of_package;
                        if (args.positional.size() > 1) of_package = jinja::to_str(args.positional[0]);
                        const Value* version = args.find_named("v");
                        if (!version) version = args.find_named("version");
                        return note(shared.manifest.resolve_ref(jinja::to_str(args.positional.back()), of_package,
                                                                version ? *version : Value(), package));
                      }));
  names.as_dict().set("source", Value::function("source", [&](State&, CallArgs& args) {
                        if (args.positional.size() != 2) return Value("");
                        return note(shared.manifest.resolve_source(jinja::to_str(args.positional[0]),
                                                                   jinja::to_str(args.positional[1]), package));
                      }));
  jinja::DictContext context(names);
  jinja::render(*shared.compiler.shared().inline_template("{{ " + input + " }}"), context);
  return found;
}

/// CSV text as a list of dicts of texts, as Python's csv.DictReader gives them.
Value rows_of_csv(const Node& test, const std::string& text) {
  const SourceFile file(test.original_file_path, text);
  CsvReader reader(file);
  std::vector<CsvField> fields;
  std::vector<std::string> names;
  Value rows = Value::list();
  while (reader.next(fields)) {
    if (names.empty()) {
      for (const auto& field : fields) names.emplace_back(field.text);
      continue;
    }
    Value row = Value::dict();
    for (size_t i = 0; i < names.size(); ++i)
      row.as_dict().set(names[i], i < fields.size() ? Value(fields[i].text) : Value::none());
    rows.as_list().push_back(std::move(row));
  }
  return rows;
}

/// Rows of a fixture as a list of dicts. SQL fixtures are no rows.
Value fixture_rows(const Node& test, const Value& fixture) {
  const Value rows = fixture.get("rows");
  if (rows.is_string()) return rows_of_csv(test, rows.as_string());
  return rows.is_list() ? jinja::deep_copy(rows) : Value::list();
}

bool is_sql(const Value& fixture) { return fixture.get_string("format") == "sql"; }

/// dbt wraps each fixture as an ephemeral model that stands for the original input.
std::unique_ptr<Node> fixture_node(const Node& test, const Node& original) {
  auto node = std::make_unique<Node>();
  node->resource_type = ResourceType::model;
  node->model = std::make_unique<ModelPart>();
  node->name = original.name;
  node->package_name = original.package_name;
  node->unique_id = fmt::format("model.{}.{}", original.package_name, original.name);
  if (original.source)
    node->unique_id =
        fmt::format("model.{}.{}__{}", original.package_name, original.source->source_name, original.name);
  node->path = original.name + ".sql";
  node->original_file_path = test.original_file_path;
  node->fqn = original.fqn;
  node->database = original.database;
  node->schema = original.schema;
  node->alias = node_identifier(original);
  node->quoting = original.quoting;
  node->config = Value::dict({{"materialized", Value("ephemeral")}});
  node->unrendered_config = Value::dict();
  node->meta = Value::dict();
  return node;
}

Value model_of(const Node& node) {
  return Value::dict({{"name", Value(node.name)},
                      {"resource_type", Value(resource_type_name(node.resource_type))},
                      {"unique_id", Value(node.unique_id)},
                      {"package_name", Value(node.package_name)},
                      {"path", Value(node.path)},
                      {"original_file_path", Value(node.original_file_path)},
                      {"database", Value(node.database)},
                      {"schema", Value(node.schema)},
                      {"alias", Value(node.alias)},
                      {"config", jinja::deep_copy(node.config)},
                      {"columns", Value::dict()},
                      {"meta", Value::dict()}});
}

/// Everything of one unit test that must outlive its templates.
struct UnitTestRun {
  NodeTask& task;
  std::unique_ptr<Node> node;  ///< what is compiled: the tested model's SQL under the test's name
  std::vector<std::unique_ptr<Node>> fixtures;
  std::vector<UnitTestInput> inputs;
};

/// The SQL of one fixture.
std::string compile_fixture(NodeTask& task, const Node& fixture, const Node& original, const Value& given) {
  SharedCompilation& shared = task.shared.compiler.shared();
  RuntimeContext context(shared, task.session, fixture);
  context.set_model(model_of(fixture));
  const Value deferred = defer_entry(task.shared.environment, original);
  context.shadow("defer_relation", deferred.is_dict()
                                       ? relation_value(state_relation(task.shared.environment, deferred))
                                       : Value::none());
  if (is_sql(given)) return jinja::render(*shared.inline_template(jinja::to_str(given.get("rows"))), context).text;
  CallArgs args;
  args.positional = {fixture_rows(task.node, given), Value::none()};
  return jinja::to_str(context.call_macro("get_fixture_sql", std::move(args)));
}

void add_inputs(UnitTestRun& run) {
  NodeTask& task = run.task;
  const Value& given = task.node.unit_test->given;
  if (!given.is_list()) return;
  for (const Value& item : given.as_list()) {
    const std::string input = item.get_string("input");
    const NodeId id = find_input(task.shared, task.node, input);
    if (id == no_id) {
      throw test_error(
          task.node, ErrorKind::parsing, "run/unit-test-input",
          fmt::format("Unit test '{}' had an input ({}) which was not found in the manifest.", task.node.name, input));
    }
    const Node& original = task.shared.manifest.node(id);
    run.fixtures.push_back(fixture_node(task.node, original));
    const Node* fixture = run.fixtures.back().get();
    UnitTestInput entry;
    entry.original = id;
    entry.is_this = id == task.node.unit_test->tested_node;
    entry.unique_id = fixture->unique_id;
    entry.cte_name = original.source ? fixture->unique_id.substr(fixture->unique_id.rfind('.') + 1) : fixture->alias;
    entry.compile = [&task, fixture, &original, item] { return compile_fixture(task, *fixture, original, item); };
    run.inputs.push_back(std::move(entry));
  }
}

std::string pseudo_path(const Node& test, const std::string& name) {
  return path_join(path_parent(test.original_file_path), name + ".sql");
}

std::unique_ptr<Node> test_node(const Node& test, const Node& tested) {
  auto node = std::make_unique<Node>();
  node->id = test.id;
  node->resource_type = ResourceType::unit_test;
  node->unit_test = std::make_unique<UnitTestPart>();
  node->unit_test->model_name = test.unit_test->model_name;
  node->unit_test->tested_node = tested.id;
  node->name = test.name;
  if (tested.model && !tested.model->version.is_undefined() && !tested.model->version.is_none()) {
    node->name += "_v" + jinja::to_str(tested.model->version);
  }
  node->package_name = test.package_name;
  node->unique_id = test.unique_id;
  node->path = pseudo_path(test, node->name);
  node->original_file_path = test.original_file_path;
  node->file = tested.file;
  node->tmpl = tested.tmpl;
  node->raw_code = tested.raw_code;
  node->language = tested.language;
  node->database = tested.database;
  node->schema = tested.schema;
  node->alias = node->name;
  node->declared_at = test.declared_at;
  const Value& expect = test.unit_test->expect;
  node->config = Value::dict({{"materialized", Value("unit")},
                              {"expected_rows", is_sql(expect) ? Value::list() : fixture_rows(test, expect)},
                              {"expected_sql", is_sql(expect) ? expect.get("rows") : Value::none()},
                              {"meta", Value::dict()}});
  return node;
}

// ---- overrides ----------------------------------------------------------------------------------------------------

/// A package's macros, some of them replaced.
class PackageOverlay final : public jinja::Object {
 public:
  explicit PackageOverlay(Value package) : package_(std::move(package)) {}
  std::string_view type_name() const override { return "dict"; }
  bool is_mapping() const override { return true; }
  void set(const std::string& name, Value value) { replaced_.as_dict().set(name, std::move(value)); }
  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    if (const Value* found = replaced_.as_dict().find(name)) return *found;
    return jinja::get_attribute(state, package_, name);
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    if (const Value* found = replaced_.as_dict().find(key)) return *found;
    return jinja::get_item(state, package_, key);
  }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (const Value* found = replaced_.as_dict().find(name)) return jinja::call(state, *found, args);
    return jinja::call_method(state, package_, name, args);
  }

 private:
  Value package_, replaced_ = Value::dict();
};

Value constant_macro(const std::string& name, const Value& result) {
  return Value::function(name, [result](State&, CallArgs&) { return jinja::deep_copy(result); });
}

void override_macros(RuntimeContext& context, const Value& macros) {
  if (!macros.is_dict()) return;
  std::map<std::string, jinja::Ref<PackageOverlay>> overlays;
  const auto overlay = [&](const std::string& package) -> PackageOverlay* {
    auto& slot = overlays[package];
    if (!slot) {
      Value original;
      if (!context.lookup(package, original)) return nullptr;
      slot = jinja::make_ref<PackageOverlay>(original);
      context.shadow(package, Value(slot));
    }
    return slot.get();
  };
  std::vector<std::pair<std::string, Value>> global;
  for (const auto& [key, value] : macros.as_dict().entries()) {
    const std::string name = jinja::to_str(key);
    const size_t dot = name.find('.');
    if (dot == std::string::npos) {
      global.emplace_back(name, value);
      continue;
    }
    const std::string package = name.substr(0, dot), macro = name.substr(dot + 1);
    if (PackageOverlay* found = overlay(package)) found->set(macro, constant_macro(macro, value));
    if (package == "dbt") context.shadow(macro, constant_macro(macro, value));
  }
  for (const auto& [name, value] : global) {  // they win over those of packages
    const bool is_macro = context.macros().find(name, context.package()) != no_id;
    context.shadow(name, is_macro ? constant_macro(name, value) : jinja::deep_copy(value));
    if (context.macros().find_in_package("dbt", name) == no_id) continue;
    if (PackageOverlay* dbt = overlay("dbt")) dbt->set(name, constant_macro(name, value));
  }
}

// ---- comparing ----------------------------------------------------------------------------------------------------

DiffTable rows_marked(const Table& table, std::string_view mark) {
  DiffTable out;
  size_t marker = table.column_names.size();
  for (size_t i = 0; i < table.column_names.size(); ++i) {
    const std::string name = to_lower(table.column_names[i]);
    if (name == "actual_or_expected")
      marker = i;
    else
      out.columns.push_back(name);
  }
  for (const auto& row : table.rows) {
    if (marker >= row.size() || jinja::to_str(row[marker]) != mark) continue;
    auto& cells = out.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      if (i != marker) cells.push_back(diff_cell(row[i]));
    }
  }
  return out;
}

Outcome compare(NodeTask& task, RuntimeContext& context) {
  Outcome outcome = outcome_of_main(context);
  outcome.status = RunStatus::pass;
  outcome.message.clear();
  outcome.failures = 0;
  const auto table = table_of(context.results().find("main")->table());
  const bool colors = task.shared.environment.invocation.events->options().colors;
  const std::string difference = table_diff(rows_marked(*table, "expected"), rows_marked(*table, "actual"), colors);
  if (difference.empty()) return outcome;
  outcome.status = RunStatus::fail;
  outcome.failures = 1;
  outcome.message = fmt::format("\n\n{} differs from {}:\n\n{}\n", task.shared.log.paint("actual", Color::green),
                                task.shared.log.paint("expected", Color::red), difference);
  return outcome;
}

void compile_unit_test(UnitTestRun& run) {
  NodeTask& task = run.task;
  RuntimeContext context(task.shared.compiler.shared(), task.session, *run.node, ContextMode::unit_test);
  context.inputs = &run.inputs;
  context.set_model(model_of(*run.node));
  const Value& overrides = task.node.unit_test->overrides;
  context.override_vars(overrides.get("vars"));
  if (const Value variables = overrides.get("env_vars"); variables.is_dict()) context.override_env_vars(variables);
  override_macros(context, overrides.get("macros"));
  task.compiled = task.shared.compiler.compile(context);
}

/// dbt's sentence around whatever the database or a macro objects to.
[[noreturn]] void rethrow_in_words(const NodeTask& task, const Error& error) {
  Diagnostic diagnostic = error.diagnostic();
  Diagnostic inner = diagnostic;
  inner.subject.clear();
  diagnostic.kind = ErrorKind::runtime;
  diagnostic.message = fmt::format(
      "An error occurred during execution of unit test '{}'. There may be an error in the unit test definition: check "
      "the data types.\n {}",
      task.node.name, render_brief(inner));
  diagnostic.subject = node_subject(task.node);
  throw Error(std::move(diagnostic));
}

}  // namespace

Outcome execute_unit_test(NodeTask& task) {
  { StepTimer timer(task.timing, "compile"); }
  StepTimer timer(task.timing, "execute");
  task.enter("executing");
  task.shared.log.node_executing(task.info(), task.node);
  const Node& tested = task.shared.manifest.node(task.node.unit_test->tested_node);
  UnitTestRun run{task, test_node(task.node, tested), {}, {}};
  add_inputs(run);
  compile_unit_test(run);

  RuntimeContext context(task.shared.compiler.shared(), task.session, *run.node);
  context.set_compiled(*task.compiled);
  context.set_model(model_of(*run.node));
  try {
    call_materialization(task.shared, context, "unit");
  } catch (DatabaseError& error) {
    task.session.rollback();
    task.build_path = context.build_path;
    locate_database_error(error, task.node, *task.compiled);
    rethrow_in_words(task, error);
  } catch (Error& error) {
    task.session.rollback();
    rethrow_in_words(task, error);
  }
  task.build_path = context.build_path;
  return compare(task, context);
}

}  // namespace modelc
