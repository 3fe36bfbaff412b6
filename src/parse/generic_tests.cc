#include "parse/generic_tests.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "parse/capture_context.h"
#include "parse/config_builder.h"
#include "parse/patches.h"

namespace modelc {

using jinja::Value;

namespace {

/// Keys of a test that are config, wherever they stand (dbt: TestBuilder.CONFIG_ARGS).
constexpr std::string_view kConfigKeys[] = {"severity", "tags",     "enabled",   "where",          "limit",
                                            "warn_if",  "error_if", "fail_calc", "store_failures", "store_failures_as",
                                            "meta",     "database", "schema",    "alias"};

bool is_config_key(std::string_view key) {
  return std::find(std::begin(kConfigKeys), std::end(kConfigKeys), key) != std::end(kConfigKeys);
}

std::string class_of(const Value& v) { return "<class '" + std::string(jinja::type_name(v)) + "'>"; }

/// "pkg.name" or "name".
struct TestName {
  std::string name;
  std::optional<std::string> package;
};

std::string leading_identifier(std::string_view text) {
  size_t n = 0;
  auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  while (n < text.size() && (letter(text[n]) || (n > 0 && text[n] >= '0' && text[n] <= '9'))) ++n;
  return std::string(text.substr(0, n));
}

TestName split_test_name(const std::string& text) {
  std::string first = leading_identifier(text);
  if (first.empty()) fail_compilation("parse/test-name", "Test name string did not match expected pattern: " + text);
  if (first.size() < text.size() && text[first.size()] == '.') {
    std::string second = leading_identifier(std::string_view(text).substr(first.size() + 1));
    if (!second.empty()) return {second, first};
  }
  return {first, std::nullopt};
}

/// The text that dbt digests for a test's id: the repr of `v` with sorted keys and texts for all scalars.
void append_hashable(std::string& out, const Value& v) {
  std::string_view separator;
  if (v.is_dict()) {
    std::vector<std::pair<Value, const Value*>> items;
    for (const auto& [key, value] : v.as_dict().entries())
      items.emplace_back(key.is_string() ? key : Value(jinja::to_str(key)), &value);
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return a.first.as_string() < b.first.as_string(); });
    out += '{';
    for (const auto& [key, value] : items) {
      jinja::append_repr(out += separator, key);
      append_hashable(out += ": ", *value);
      separator = ", ";
    }
    out += '}';
  } else if (v.is_list()) {
    out += '[';
    for (const Value& item : v.as_list()) {
      append_hashable(out += separator, item);
      separator = ", ";
    }
    out += ']';
  } else {
    jinja::append_repr(out, v.is_string() ? v : Value(jinja::to_str(v)));
  }
}

/// Removes what the dict has under `key`; undefined when there is nothing.
Value take(jinja::DictData& dict, std::string_view key) {
  const Value* found = dict.find(key);
  if (!found) return {};
  Value value = *found;
  dict.erase(Value(key));
  return value;
}

/// A config value as it stands in a generated config() call.
std::string config_literal(const Value& v) {
  if (v.is_string()) return "\"" + replace_all(v.as_string(), "\"", "\\\"") + "\"";
  return jinja::to_str(v);
}

/// The argument `model` that dbt gives every test of the target.
Value model_argument(const TestTarget& target) {
  std::string call;
  if (!target.source.empty()) {
    call = "source('" + target.source + "', '" + target.table + "')";
  } else {
    call = "ref('" + target.name + "'";
    if (jinja::truth(target.version)) call += ", version='" + jinja::to_str(target.version) + "'";
    call += ")";
  }
  return Value("{{ get_where_subquery(" + call + ") }}");
}

class TestBuilder {
 public:
  TestBuilder(ParseState& state, const TestTarget& target, const Value& model, YamlRenderer& renderer)
      : state_(state), target_(target), model_(model), entry_(*target.entry), renderer_(renderer) {}

  DraftPtr build(const Value& test, const std::optional<std::string>& column, std::vector<std::string> tags,
                 Span span) {
    column_ = column;
    span_ = span;
    read_definition(test);
    if (args_.as_dict().find("model"))
      fail_compilation("parse/test-model", "Test arguments include \"model\", which is a reserved argument");
    args_.as_dict().set("model", model_);
    name_ = split_test_name(test_name_);
    read_config();
    std::string description = take_text("description");
    std::string compiled_name, full_name;
    if (args_.as_dict().find("name")) {
      compiled_name = full_name = take_text("name");
    } else {
      std::tie(compiled_name, full_name) = synthetic_names();
      if (compiled_name != full_name && !config_.as_dict().find("alias"))
        config_.as_dict().set("alias", Value(compiled_name));
    }
    for (std::string& tag : config_tags()) tags.push_back(std::move(tag));
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    DraftPtr draft = make_node(compiled_name, full_name, std::move(tags), std::move(description));
    capture(*draft);
    finish_config(state_, *draft);
    if (draft->enabled) render_descriptions(state_, *draft);
    draft->forget_inputs();
    return draft;
  }

 private:
  bool is_source() const { return !target_.source.empty(); }

  void read_definition(const Value& test) {
    Value definition = test.is_string() ? Value::dict() : test;
    if (test.is_string()) definition.as_dict().set(test, Value::dict());
    if (!definition.is_dict())
      fail_parsing("parse/test-definition",
                   "test must be dict or str, got " + class_of(test) + " (value " + jinja::to_str(test) + ")");
    Value name, args;
    if (const Value* given = definition.as_dict().find("test_name")) {
      name = *given;
      args = Value::dict();
      args.as_dict().update(definition.as_dict());
      args.as_dict().erase(Value("test_name"));
    } else {
      if (definition.as_dict().size() != 1) {
        std::string items;
        for (const auto& [key, value] : definition.as_dict().entries())
          items += (items.empty() ? "(" : ", (") + jinja::to_repr(key) + ", " + jinja::to_repr(value) + ")";
        fail_parsing("parse/test-definition", "test definition dictionary must have exactly one key, got [" + items +
                                                  "] instead (" + std::to_string(definition.as_dict().size()) +
                                                  " keys)");
      }
      name = definition.as_dict().entries()[0].first;
      args = definition.as_dict().entries()[0].second;
    }
    if (!args.is_dict())
      fail_parsing("parse/test-definition",
                   "test arguments must be a dict, got " + class_of(args) + " (value " + jinja::to_str(args) + ")");
    if (!name.is_string())
      fail_parsing("parse/test-definition",
                   "test name must be a str, got " + class_of(name) + " (value " + jinja::to_str(name) + ")");
    test_name_ = name.as_string();
    args_ = jinja::deep_copy(args);
    if (column_) args_.as_dict().set("column_name", Value(*column_));
    read_arguments();
  }

  /// dbt: require_generic_test_arguments_property.
  void read_arguments() {
    auto& args = args_.as_dict();
    const std::string& path = entry_.file->source->path;
    const Value* found = args.find("arguments");
    if (!state_.behavior("require_generic_test_arguments_property", true)) {
      if (found)
        deprecated(
            "ArgumentsPropertyInGenericTestDeprecation", "D038",
            "Found `arguments` property in test definition of `" + test_name_ + "` (" + jinja::to_str(*found) +
                ") without usage of `require_generic_test_arguments_property` behavior change flag. The `arguments` "
                "property "
                "is deprecated for custom usage and will be used to nest keyword arguments in future versions of dbt.",
            {{"test_name", "`" + test_name_ + "` (" + jinja::to_str(*found) + ")"}});
      return;
    }
    Value arguments = found ? take(args, "arguments") : Value::dict();
    bool others = false;
    for (const auto& [key, value] : args.entries()) {
      std::string name = jinja::to_str(key);
      if (is_config_key(name)) {
        std::string key_path = "data_tests." + test_name_ + "." + name;
        deprecated("PropertyMovedToConfigDeprecation", "D030",
                   "Found `" + name + "` as a top-level property of `" + key_path + "` in file `" + path + "`. The `" +
                       name + "` top-level property should be moved into the `config` of `" + key_path + "`.",
                   {{"key", name}, {"file", path}, {"key_path", key_path}});
      } else if (name != "config" && name != "column_name" && name != "description" && name != "name") {
        others = true;
      }
    }
    if (others && !jinja::truth(arguments)) {
      std::string shown = "`" + test_name_ + "` defined on '" +
                          (is_source() ? target_.source + "_" + target_.table : target_.name) + "' in package '" +
                          entry_.file->package->project.name + "' (" + path + ")";
      deprecated("MissingArgumentsPropertyInGenericTestDeprecation", "D039",
                 "Found top-level arguments to test " + shown +
                     ". Arguments to generic tests should be nested under the `arguments` property.",
                 {{"test_name", shown}});
    }
    if (arguments.is_dict()) args.update(arguments.as_dict());
  }

  void deprecated(std::string name, std::string code, const std::string& message,
                  std::vector<std::pair<std::string_view, std::string>> fields) {
    Value data = Value::dict();
    for (auto& [key, value] : fields) data.as_dict().set(key, Value(std::move(value)));
    std::string text = "[WARNING][" + name + "]: Deprecated functionality\n" + message;
    warn_deprecation(state_, std::move(name), std::move(code), std::move(text), std::move(data), span_);
  }

  Value rendered(std::string_view key, const Value& value) {
    if (!value.is_string() || !jinja::has_markup(value.as_string())) return value;
    try {
      return renderer_.render_text(value.as_string());
    } catch (const Error& error) {
      std::string message = error.diagnostic().message;
      if (size_t at = message.rfind(": "); at != std::string::npos) message = message.substr(at + 2);
      if (message.find("is undefined") == std::string::npos) throw;
      fail_compilation("parse/test-config", "The " + target_.name + "." + column_.value_or("None") + " column's \"" +
                                                name_.name + "\" test references an undefined macro in its " +
                                                std::string(key) + " configuration argument. The macro " + message +
                                                ".\nPlease note that the generic test configuration parser currently "
                                                "does not support using custom macros "
                                                "to populate configuration values");
    }
  }

  void read_config() {
    config_ = Value::dict();
    auto& args = args_.as_dict();
    Value nested = args_.get("config");
    if (!nested.is_dict()) nested = Value();
    for (std::string_view key : kConfigKeys) {
      Value value = take(args, key);
      bool given = jinja::truth(value);
      if (nested.is_dict()) {
        if (given && nested.as_dict().find(key))
          fail_compilation("parse/test-config", "Test cannot have the same key at the top-level and in config");
        if (!given) value = take(nested.as_dict(), key);
      }
      if (value.is_undefined() || value.is_none()) continue;
      if (Value v = rendered(key, value); !v.is_none()) config_.as_dict().set(key, v);
    }
    if (nested.is_dict())
      for (const auto& [key, value] : nested.as_dict().entries())
        if (Value v = rendered(jinja::to_str(key), value); !v.is_none()) config_.as_dict().set(key, v);
    args.erase(Value("config"));
  }

  std::string take_text(std::string_view key) { return jinja::to_str(take(args_.as_dict(), key)); }

  std::vector<std::string> config_tags() const {
    Value tags = config_.get("tags");
    if (tags.is_undefined()) return {};
    if (tags.is_string()) return {tags.as_string()};
    if (!tags.is_list())
      fail_compilation("parse/test-tags",
                       "got " + jinja::to_str(tags) + " (" + class_of(tags) + ") for tags, expected a list of strings");
    std::vector<std::string> out;
    for (const Value& tag : tags.as_list()) {
      if (!tag.is_string())
        fail_compilation("parse/test-tags",
                         "got " + jinja::to_str(tag) + " (" + class_of(tag) + ") for tag, expected a str");
      out.push_back(tag.as_string());
    }
    return out;
  }

  std::pair<std::string, std::string> synthetic_names() const {
    std::string type = name_.package ? *name_.package + "_" : "";
    std::string target = target_.name;
    if (is_source()) {
      type += "source_" + name_.name;
      target = target_.source + "_" + target_.table;
      if (name_.package) type = *name_.package + "_source_" + name_.name;
    } else {
      type += name_.name;
      if (jinja::truth(target_.version)) target += "_v" + jinja::to_str(target_.version);
    }
    return generic_test_names(type, target, args_);
  }

  DraftPtr make_node(const std::string& compiled_name, const std::string& full_name, std::vector<std::string> tags,
                     std::string description) {
    auto draft = std::make_unique<Draft>();
    draft->package = entry_.file->package;
    Node& node = draft->node;
    const std::string& path = entry_.file->source->path;
    node.resource_type = ResourceType::test;
    node.test = std::make_unique<TestPart>();
    node.name = full_name;
    node.package_name = entry_.file->package->project.name;
    node.path = compiled_name + ".sql";
    node.original_file_path = path;
    std::vector<std::string_view> parts = split(path, '/');
    node.fqn.reserve(parts.size() + 1);
    node.fqn.push_back(node.package_name);
    for (size_t i = 1; i + 1 < parts.size(); ++i) node.fqn.emplace_back(parts[i]);
    node.fqn.push_back(full_name);
    node.alias = full_name;
    node.schema = state_.project.target.schema;
    node.database = state_.project.target.database;
    node.quoting = state_.quoting;
    node.tags = std::move(tags);
    node.description = std::move(description);
    node.checksum_name = "none";
    node.created_at = state_.created_at;
    node.declared_at = span_;
    Value metadata = Value::dict({{"namespace", name_.package ? Value(*name_.package) : Value::none()},
                                  {"name", Value(name_.name)},
                                  {"kwargs", args_}});
    node.unique_id = "test." + node.package_name + "." + full_name + "." + generic_test_hash(full_name, metadata);
    node.test->generic = true;
    node.test->test_name = name_.name;
    node.test->test_namespace = name_.package;
    node.test->kwargs = args_;
    node.test->column_name = column_;
    node.test->file_key_name = std::string(entry_.key) + "." + (is_source() ? target_.source : target_.name);
    node.test->yaml_span = span_;
    std::string call = "{{ " + (name_.package ? *name_.package + "." : std::string()) + "test_" + name_.name +
                       "(**_dbt_generic_test_kwargs) }}";
    std::string configs;
    for (const auto& [key, value] : config_.as_dict().entries())
      configs += (configs.empty() ? "" : ",") + jinja::to_str(key) + "=" + config_literal(value);
    node.tmpl = shared_template(call);
    node.file = &node.tmpl->file();
    node.raw_code = configs.empty() ? node.file->text() : add_text(call + "{{ config(" + configs + ") }}")->text();
    return draft;
  }

  /// Tests of one kind share a template: the call; config() gives '' when it is rendered.
  jinja::TemplatePtr shared_template(const std::string& call) {
    std::lock_guard lock(state_.template_mutex);
    jinja::TemplatePtr& tmpl = state_.test_templates[call];
    if (!tmpl) tmpl = jinja::compile(*add_text(call));
    return tmpl;
  }

  const SourceFile* add_text(std::string text) const {
    return state_.invocation.sources->add("<generic test>", std::move(text));
  }

  void add_config_call(Draft& draft) {
    if (config_.as_dict().size() > 0) merge_config_call(draft.calls, config_);
  }

  void add_target_ref(Draft& draft) {
    if (is_source()) {
      draft.node.sources.push_back({target_.source, target_.table, span_});
    } else {
      RefArgs ref;
      ref.name = target_.name;
      if (jinja::truth(target_.version))
        ref.version = in_model_text_ ? Value(jinja::to_str(target_.version)) : target_.version;
      ref.span = span_;
      draft.node.refs.push_back(std::move(ref));
    }
  }

  void add_macro(Draft& draft, MacroId id) {
    std::vector<MacroId>& macros = draft.node.depends_on_macros;
    if (id != no_id && std::find(macros.begin(), macros.end(), id) == macros.end()) macros.push_back(id);
  }

  /// Finds the refs that hide in the arguments and in the test macro itself.
  void capture(Draft& draft) {
    const MacroNamespace& macros = state_.macros();
    MacroId test_macro = macros.resolve("test_" + name_.name, draft.node.package_name);
    add_macro(draft, test_macro);
    add_config_call(draft);
    bool embedded = test_macro != no_id && macros.macro(test_macro).embedded;
    if (embedded && macros.macro(test_macro).package_name == "dbt" &&
        (name_.name == "unique" || name_.name == "not_null")) {
      in_model_text_ = false;
      add_target_ref(draft);
      return;
    }
    in_model_text_ = true;
    CaptureContext context(state_, draft);
    Value kwargs = Value::dict();
    for (const auto& [key, value] : args_.as_dict().entries()) {
      bool is_model = key.is_string() && key.as_string() == "model";
      bool is_column = key.is_string() && key.as_string() == "column_name";
      kwargs.as_dict().set(key, is_model ? model_value(draft, context) : is_column ? value : evaluated(value, context));
    }
    forget_unseen_macros(draft, test_macro);
    // dbt renders the test's text, whose config() call repeats what the YAML says: lists such as tags are then there
    // twice.
    if (!(embedded && dispatches_to_embedded(test_macro))) {
      MacroId callee = name_.package ? macros.find_in_package(*name_.package, "test_" + name_.name) : test_macro;
      if (callee != no_id && test_macro != no_id && leads_to(test_macro, callee)) {
        try {
          context.call(callee, kwargs);
        } catch (Error& error) {
          if (!error.diagnostic().span) error.diagnostic().span = span_;
          throw;
        }
      }
    }
    add_config_call(draft);
  }

  /// Arguments may call any macro when they run. While parsing, dbt shows them only those that the test's own macro or
  /// get_where_subquery depends on (TestMacroNamespace): the others do not become dependencies.
  void forget_unseen_macros(Draft& draft, MacroId test_macro) {
    if (test_macro == no_id) return;
    const MacroId where = state_.macros().resolve("get_where_subquery", "");
    std::erase_if(draft.node.depends_on_macros,
                  [&](MacroId id) { return !leads_to(test_macro, id) && (where == no_id || !leads_to(where, id)); });
  }

  /// A test sees only macros that its own test macro depends on, directly or not.
  bool leads_to(MacroId from, MacroId wanted) const {
    std::vector<MacroId> open = {from}, seen;
    while (!open.empty()) {
      MacroId id = open.back();
      open.pop_back();
      if (id == wanted) return true;
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
      seen.push_back(id);
      for (MacroId next : state_.macros().macro(id).depends_on) open.push_back(next);
    }
    return false;
  }

  bool dispatches_to_embedded(MacroId id) const {
    MacroId target = state_.macros().dispatch(state_.macros().macro(id).name, "dbt", state_.root_name);
    return target == no_id || state_.macros().macro(target).embedded;
  }

  Value model_value(Draft& draft, CaptureContext& context) {
    MacroId where = state_.macros().resolve("get_where_subquery", "");
    if (where == no_id || !state_.macros().macro(where).embedded) return evaluated(args_.get("model"), context);
    add_target_ref(draft);
    add_macro(draft, where);
    return context.this_relation();
  }

  /// dbt: add_rendered_test_kwargs.
  Value evaluated(const Value& value, CaptureContext& context) {
    if (value.is_list()) {
      std::vector<Value> items;
      for (const Value& item : value.as_list()) items.push_back(evaluated(item, context));
      return Value::list(std::move(items));
    }
    if (value.is_dict()) {
      Value out = Value::dict();
      for (const auto& [key, item] : value.as_dict().entries()) out.as_dict().set(key, evaluated(item, context));
      return out;
    }
    if (!value.is_string()) return value;
    const std::string& text = value.as_string();
    bool call = looks_like_call(text);
    if (!call && !jinja::has_markup(text)) return value;
    if (call) {
      if (std::optional<std::string> name = plain_ref(text)) {
        RefArgs ref;
        ref.name = *name;
        ref.span = span_;
        context.draft().node.refs.push_back(std::move(ref));
        return context.this_relation();
      }
    }
    const SourceFile* file = state_.invocation.sources->add("<test argument>", call ? "{{ " + text + " }}" : text);
    return context.run_native(*jinja::compile(*file));
  }

  static bool looks_like_call(std::string_view text) {
    text = trim(text);
    if (!text.ends_with(')')) return false;
    for (std::string_view name : {"env_var", "ref", "var", "source", "doc"}) {
      if (!text.starts_with(name)) continue;
      std::string_view rest = trim(text.substr(name.size()));
      if (rest.starts_with('(') && rest.size() > 2) return true;
    }
    return false;
  }

  /// ref('name') and nothing else: needs no template.
  static std::optional<std::string> plain_ref(std::string_view text) {
    text = trim(text);
    if (!text.starts_with("ref(")) return std::nullopt;
    std::string_view inner = trim(text.substr(4, text.size() - 5));
    if (inner.size() < 3 || (inner.front() != '\'' && inner.front() != '"') || inner.back() != inner.front())
      return std::nullopt;
    inner = inner.substr(1, inner.size() - 2);
    if (inner.find_first_of("'\"\\") != std::string_view::npos) return std::nullopt;
    return std::string(inner);
  }

  ParseState& state_;
  const TestTarget& target_;
  const Value& model_;
  const YamlEntry& entry_;
  YamlRenderer& renderer_;
  std::optional<std::string> column_;
  Span span_;
  std::string test_name_;
  TestName name_;
  Value args_, config_;
  bool in_model_text_ = true;
};

/// dbt wraps what goes wrong in a test's definition; `where` is the entry as it prints it.
void record(std::vector<Diagnostic>& errors, const Error& error, const TestTarget& target, Span span) {
  Diagnostic d = error.diagnostic();
  bool definition = d.code.starts_with("parse/test-");
  if (definition) {
    const std::string& path = target.entry->file->source->path;
    std::string shown = jinja::to_str(target.entry->data);
    if (shown.size() >= 50) shown = shown.substr(0, 44) + "..." + shown.substr(shown.size() - 3);
    if (d.kind == ErrorKind::parsing) {
      d.message = "Invalid test config given in " + path + ":\n\t" + d.message + "\n\t@: " + shown;
    } else {
      d.message = "Invalid generic test configuration given in " + path + ": \n" + d.message + "\n\t@: " + shown;
    }
  }
  if (!d.span) d.span = span;
  errors.push_back(std::move(d));
}

class TargetTests {
 public:
  TargetTests(ParseState& state, const TestTarget& target, std::vector<std::string> yaml_path,
              std::vector<Diagnostic>& errors, std::vector<DraftPtr>& out)
      : state_(state),
        target_(target),
        yaml_path_(std::move(yaml_path)),
        errors_(errors),
        out_(out),
        model_(model_argument(target)),
        renderer_(state, *target.entry->file->package, target.entry->key) {}

  void add_column(const Value& column, size_t index, bool own_path) {
    Value tests = column.get("data_tests");
    if (!tests.is_list() || tests.as_list().empty()) return;
    std::string name = column.get_string("name");
    Value quote = column.get("quote");
    if (quote.is_bool() ? quote.as_bool() : target_.quote_columns.value_or(false))
      name = std::string(1, state_.traits.quote_character) + name + state_.traits.quote_character;
    std::vector<std::string> tags = target_.tags;
    auto add_tags = [&](const Value& more) {
      if (more.is_string()) tags.push_back(more.as_string());
      if (more.is_list())
        for (const Value& tag : more.as_list())
          if (tag.is_string()) tags.push_back(tag.as_string());
    };
    add_tags(column.get("tags"));
    add_tags(column.get("config").get("tags"));
    std::vector<std::string> path = yaml_path_;
    if (own_path) {
      path.push_back("columns");
      path.push_back(std::to_string(index));
    }
    add_list(tests, name, tags, path);
  }

  void add_target(const Value& tests) { add_list(tests, std::nullopt, target_.tags, yaml_path_); }

 private:
  void add_list(const Value& tests, const std::optional<std::string>& column, const std::vector<std::string>& tags,
                std::vector<std::string> path) {
    if (!tests.is_list()) return;
    const size_t depth = path.size();
    for (size_t i = 0; i < tests.as_list().size(); ++i) {
      Span span;
      for (std::string_view key : {"data_tests", "tests"}) {
        path.resize(depth);
        Span base = yaml_place(*target_.entry, path);
        path.emplace_back(key);
        path.push_back(std::to_string(i));
        span = yaml_place(*target_.entry, path);
        if (!(span == base)) break;
      }
      try {
        out_.push_back(TestBuilder(state_, target_, model_, renderer_).build(tests.as_list()[i], column, tags, span));
      } catch (const Error& error) {
        record(errors_, error, target_, span);
      }
    }
  }

  ParseState& state_;
  const TestTarget& target_;
  std::vector<std::string> yaml_path_;
  std::vector<Diagnostic>& errors_;
  std::vector<DraftPtr>& out_;
  Value model_;
  YamlRenderer renderer_;
};

}  // namespace

std::pair<std::string, std::string> generic_test_names(std::string_view type, std::string_view target,
                                                       const Value& args) {
  std::vector<std::pair<std::string, Value>> sorted;
  for (const auto& [key, value] : args.as_dict().entries()) sorted.emplace_back(jinja::to_str(key), value);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string unique;
  bool first = true;
  auto add = [&](const Value& part) {
    if (!first) unique += "__";
    first = false;
    bool in_run = false;
    for (char c : jinja::to_str(part)) {
      bool word = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (word)
        unique += c;
      else if (!in_run)
        unique += '_';
      in_run = !word;
    }
  };
  for (const auto& [key, value] : sorted) {
    if (key == "model") continue;
    if (value.is_dict()) {
      for (const auto& entry : value.as_dict().entries()) add(entry.second);
    } else if (value.is_sequence()) {
      for (const Value& item : value.as_items()) add(item);
    } else {
      add(value);
    }
  }
  std::string identifier = std::string(type) + "_" + std::string(target);
  std::string full = identifier + "_" + unique;
  if (full.size() < 64) return {full, full};
  return {identifier.substr(0, 30) + "_" + md5_hex(full), full};
}

std::string generic_test_hash(std::string_view name, const Value& metadata) {
  std::string text(name);
  append_hashable(text, metadata);
  const std::string digest = md5_hex(text);
  return digest.substr(digest.size() - 10);
}

std::vector<DraftPtr> build_entry_tests(ParseState& state, const YamlEntry& entry, std::vector<Diagnostic>& errors) {
  std::vector<DraftPtr> out;
  TestTarget target;
  target.entry = &entry;
  target.name = entry.name;
  if (Value quote = entry.data.get("quote_columns"); quote.is_bool()) target.quote_columns = quote.as_bool();
  Value versions = entry.data.get("versions"), columns = entry.data.get("columns");
  if (entry.key == "models" && versions.is_list() && !versions.as_list().empty()) {
    for (size_t v = 0; v < versions.as_list().size(); ++v) {
      const Value& version = versions.as_list()[v];
      target.version = version.get("v");
      std::vector<Value> chosen;
      try {
        chosen = version_columns(entry.data, version);
      } catch (Error& error) {
        error.diagnostic().span = yaml_place(entry, {"versions", std::to_string(v)});
        errors.push_back(error.diagnostic());
        continue;
      }
      TargetTests tests(state, target, {}, errors, out);
      for (size_t i = 0; i < chosen.size(); ++i) tests.add_column(chosen[i], i, false);
      Value own = version.get("data_tests");
      tests.add_target(own.is_list() ? own : entry.data.get("data_tests"));
    }
    return out;
  }
  TargetTests tests(state, target, {}, errors, out);
  if (columns.is_list())
    for (size_t i = 0; i < columns.as_list().size(); ++i) tests.add_column(columns.as_list()[i], i, true);
  tests.add_target(entry.data.get("data_tests"));
  return out;
}

std::vector<DraftPtr> build_table_tests(ParseState& state, const TestTarget& target, const Value& table,
                                        const std::vector<std::string>& yaml_path, std::vector<Diagnostic>& errors) {
  std::vector<DraftPtr> out;
  TargetTests tests(state, target, yaml_path, errors, out);
  tests.add_target(table.get("data_tests"));
  if (Value columns = table.get("columns"); columns.is_list())
    for (size_t i = 0; i < columns.as_list().size(); ++i) tests.add_column(columns.as_list()[i], i, true);
  return out;
}

}  // namespace modelc
