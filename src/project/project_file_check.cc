#include "project/project_file_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/json.h"
#include "jinja/template.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view config_trees[] = {"models",     "seeds",           "snapshots",     "analyses",
                                             "data_tests", "sources",         "unit_tests",    "exposures",
                                             "metrics",    "semantic-models", "saved-queries", "functions"};

enum class Wanted : uint8_t { text, texts, text_or_list, mapping, boolean, integer, list, comment, anything };

struct Key {
  std::string_view name;
  Wanted wanted;
};

constexpr Key keys[] = {{"name", Wanted::anything},
                        {"version", Wanted::anything},
                        {"config-version", Wanted::integer},
                        {"profile", Wanted::text},
                        {"model-paths", Wanted::texts},
                        {"seed-paths", Wanted::texts},
                        {"test-paths", Wanted::texts},
                        {"analysis-paths", Wanted::texts},
                        {"macro-paths", Wanted::texts},
                        {"snapshot-paths", Wanted::texts},
                        {"docs-paths", Wanted::texts},
                        {"asset-paths", Wanted::texts},
                        {"function-paths", Wanted::texts},
                        {"clean-targets", Wanted::texts},
                        {"source-paths", Wanted::texts},
                        {"data-paths", Wanted::texts},
                        {"target-path", Wanted::text},
                        {"log-path", Wanted::text},
                        {"packages-install-path", Wanted::text},
                        {"require-dbt-version", Wanted::text_or_list},
                        {"quoting", Wanted::mapping},
                        {"dispatch", Wanted::list},
                        {"vars", Wanted::mapping},
                        {"on-run-start", Wanted::text_or_list},
                        {"on-run-end", Wanted::text_or_list},
                        {"query-comment", Wanted::comment},
                        {"restrict-access", Wanted::boolean},
                        {"flags", Wanted::mapping},
                        {"dbt-cloud", Wanted::mapping},
                        {"tests", Wanted::mapping},
                        {"packages", Wanted::list},
                        {"project-root", Wanted::text},
                        {"models", Wanted::mapping},
                        {"seeds", Wanted::mapping},
                        {"snapshots", Wanted::mapping},
                        {"analyses", Wanted::mapping},
                        {"data_tests", Wanted::mapping},
                        {"sources", Wanted::mapping},
                        {"unit_tests", Wanted::mapping},
                        {"exposures", Wanted::mapping},
                        {"metrics", Wanted::mapping},
                        {"semantic-models", Wanted::mapping},
                        {"saved-queries", Wanted::mapping},
                        {"functions", Wanted::mapping}};

constexpr std::string_view reserved_names[] = {"_sql_results",
                                               "adapter",
                                               "api",
                                               "column",
                                               "config",
                                               "context",
                                               "database",
                                               "env",
                                               "env_var",
                                               "exceptions",
                                               "execute",
                                               "flags",
                                               "fromjson",
                                               "fromyaml",
                                               "graph",
                                               "invocation_id",
                                               "load_agate_table",
                                               "load_result",
                                               "log",
                                               "model",
                                               "modules",
                                               "post_hooks",
                                               "pre_hooks",
                                               "ref",
                                               "render",
                                               "return",
                                               "run_started_at",
                                               "schema",
                                               "source",
                                               "sql",
                                               "sql_now",
                                               "store_result",
                                               "store_raw_result",
                                               "target",
                                               "this",
                                               "tojson",
                                               "toyaml",
                                               "try_or_compiler_error",
                                               "var",
                                               "write"};

/// Collects faults of one file, so that all of them are reported together.
class Faults {
 public:
  explicit Faults(const SourceFile* file) : file_(file) {}

  void add(const YamlNode* node, std::string message, std::string hint = {}) {
    faults_.push_back({node ? node->span(file_) : Span{}, std::move(message)});
    if (hint_.empty()) hint_ = std::move(hint);
  }

  void raise_if_any() const {
    if (faults_.empty()) return;
    std::string message = faults_[0].message;
    if (faults_.size() > 1) {
      message.clear();
      for (const Fault& fault : faults_) {
        if (!message.empty()) message += '\n';
        if (fault.span) message += format_place(fault.span) + ": ";
        message += fault.message;
      }
    }
    throw Error(ErrorKind::project, "project/invalid-project-file", message, faults_[0].span,
                faults_.size() == 1 ? hint_ : "");
  }

 private:
  struct Fault {
    Span span;
    std::string message;
  };
  const SourceFile* file_;
  std::vector<Fault> faults_;
  std::string hint_;
};

bool is_texts(const YamlNode& node) {
  return node.is_sequence() &&
         std::all_of(node.children.begin(), node.children.end(), [](const YamlNode& n) { return n.is_string(); });
}

bool fits(const YamlNode& node, Wanted wanted) {
  if (node.is_null()) return true;
  if (node.is_string() && jinja::has_markup(node.text)) return true;  // known only when it is rendered
  switch (wanted) {
    case Wanted::text:
      return node.is_string();
    case Wanted::texts:
      return is_texts(node);
    case Wanted::text_or_list:
      return node.is_string() || is_texts(node);
    case Wanted::mapping:
      return node.is_mapping();
    case Wanted::boolean:
      return node.kind == YamlKind::boolean;
    case Wanted::integer:
      return node.kind == YamlKind::integer;
    case Wanted::list:
      return node.is_sequence();
    case Wanted::comment:
      return node.is_string() || node.is_mapping() || node.kind == YamlKind::boolean;
    case Wanted::anything:
      break;
  }
  return true;
}

std::string_view describe(Wanted wanted) {
  switch (wanted) {
    case Wanted::text:
      return "a string";
    case Wanted::texts:
      return "a list of strings";
    case Wanted::text_or_list:
      return "a string or a list of strings";
    case Wanted::mapping:
      return "a mapping";
    case Wanted::boolean:
      return "true or false";
    case Wanted::integer:
      return "an integer";
    case Wanted::list:
      return "a list";
    case Wanted::comment:
      return "a string or a mapping";
    case Wanted::anything:
      break;
  }
  return "a value";
}

std::string repr(const YamlNode& node) { return jinja::to_repr(jinja::from_yaml(node)); }

/// jsonschema's complaint: by type where there is one type, else for the whole.
std::string type_fault(std::string_view key, const YamlNode& node, Wanted wanted) {
  if (wanted == Wanted::mapping && key != "quoting" && key != "vars" && key != "dbt-cloud") {
    return fmt::format("at path ['{}']: {} is not of type 'object'", key, repr(node));
  }
  if (wanted == Wanted::boolean) return fmt::format("at path ['{}']: {} is not of type 'boolean'", key, repr(node));
  if (wanted == Wanted::list) return fmt::format("at path ['{}']: {} is not of type 'array'", key, repr(node));
  return fmt::format("at path ['{}']: {} is not valid under any of the given schemas", key, repr(node));
}

void check_keys(Faults& faults, const YamlNode& root) {
  for (size_t i = 0; i < root.size(); ++i) {
    const YamlNode& name = root.key_at(i);
    const YamlNode& value = root.value_at(i);
    const auto key = std::find_if(std::begin(keys), std::end(keys), [&](const Key& k) { return k.name == name.text; });
    if (key == std::end(keys)) {
      std::vector<std::string> known;
      for (const Key& k : keys) known.emplace_back(k.name);
      const std::string close = closest_match(name.text, known);
      faults.add(&name,
                 fmt::format("at path []: Additional properties are not allowed ('{}' was unexpected)", name.text),
                 close.empty() ? "values of your own belong under `vars:`" : fmt::format("did you mean '{}'?", close));
    } else if (!fits(value, key->wanted)) {
      faults.add(&value, type_fault(key->name, value, key->wanted),
                 fmt::format("'{}' takes {}", key->name, describe(key->wanted)));
    }
  }
}

bool is_identifier(std::string_view name) {
  const auto is_word = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), is_word);
}

void check_name(Faults& faults, const YamlNode& root) {
  const YamlNode* name = root.find("name");
  if (!name || name->is_null()) {
    faults.add(&root, "Required \"name\" field not present in project", "add a line like `name: my_project`");
  } else if (!name->is_string()) {
    faults.add(name, fmt::format("at path ['name']: {} is not of type 'string'", repr(*name)));
  } else if (!jinja::has_markup(name->text) && !is_identifier(name->text)) {
    faults.add(name, fmt::format("at path ['name']: '{}' does not match '^[^\\\\d\\\\W]\\\\w*$'", name->text),
               "a name has letters, digits and underscores, and does not begin with a digit");
  } else if (std::find(std::begin(reserved_names), std::end(reserved_names), name->text) != std::end(reserved_names)) {
    faults.add(name, fmt::format("at path []: Invalid project name: {} is a reserved word", name->text));
  }
}

/// Two or three numbers without leading zeros; behind three, a prerelease and a build.
bool is_project_version(std::string_view text) {
  const auto number = [&](std::string_view& rest) {
    const size_t n = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const bool fits = n > 0 && (n == 1 || rest[0] != '0');
    rest.remove_prefix(n);
    return fits;
  };
  if (!number(text) || !text.starts_with('.')) return false;
  text.remove_prefix(1);
  if (!number(text)) return false;
  if (text.empty()) return true;
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return number(text) && (text.empty() || ((text[0] == '-' || text[0] == '+') && text.size() > 1));
}

void check_version(Faults& faults, const YamlNode& root) {
  const YamlNode* version = root.find("version");
  if (!version || version->is_null() || version->kind == YamlKind::floating || version->kind == YamlKind::integer)
    return;
  if (version->is_string() && (jinja::has_markup(version->text) || is_project_version(version->text))) return;
  faults.add(version,
             fmt::format("at path ['version']: {} is not valid under any of the given schemas", repr(*version)),
             "write it like '1.0.0'");
}

void check_dispatch(Faults& faults, const YamlNode& root) {
  const YamlNode* dispatch = root.find("dispatch");
  if (!dispatch || !dispatch->is_sequence()) return;
  for (const YamlNode& entry : dispatch->children) {
    const YamlNode* order = entry.find("search_order");
    if (entry.find("macro_namespace") && order && order->is_sequence()) continue;
    faults.add(&entry, fmt::format("at path []: Invalid project dispatch config: {}", repr(entry)),
               "each entry has macro_namespace and a list search_order");
  }
}

void check_quoting(Faults& faults, const YamlNode& root) {
  const YamlNode* quoting = root.find("quoting");
  if (!quoting || !quoting->is_mapping()) return;
  for (size_t i = 0; i < quoting->size(); ++i) {
    constexpr std::string_view known[] = {"schema", "database", "project", "identifier", "snowflake_ignore_case"};
    const bool is_known = std::find(std::begin(known), std::end(known), quoting->key_at(i).text) != std::end(known);
    if (is_known && fits(quoting->value_at(i), Wanted::boolean)) continue;
    faults.add(quoting,
               fmt::format("at path ['quoting']: {} is not valid under any of the given schemas", repr(*quoting)),
               "quoting has database, schema and identifier, each true or false");
    return;
  }
}

void check_pairs(Faults& faults, const YamlNode& root) {
  const YamlNode *tests = root.find("tests"), *data_tests = root.find("data_tests");
  if (tests && data_tests && tests->size() && data_tests->size()) {
    faults.add(tests, "at path []: Invalid project config: cannot have both 'tests' and 'data_tests' defined");
  }
  constexpr std::pair<std::string_view, std::string_view> renamed[] = {{"source-paths", "model-paths"},
                                                                       {"data-paths", "seed-paths"}};
  for (const auto& [old_name, name] : renamed) {
    if (!root.find(old_name) || !root.find(name)) continue;
    faults.add(
        root.find(old_name),
        fmt::format(
            "{0} and {1} cannot both be defined. The `{0}` config has been deprecated in favor of `{1}`. Please update "
            "your `dbt_project.yml` configuration to reflect this change.",
            old_name, name));
  }
  const YamlNode* version = root.find("config-version");
  if (version && version->kind == YamlKind::integer && version->integer != 2) {
    faults.add(version, fmt::format("Got an unexpected project version={}, expected 2", version->integer));
  }
}

void deprecate(const Invocation& invocation, std::string name, std::string code, const std::string& text,
               bool with_name, Span span) {
  const auto wants_names = invocation.flags.behavior.find("require_event_names_in_deprecations");
  const bool named = with_name || (wants_names != invocation.flags.behavior.end() && wants_names->second);
  const std::string tag = named ? "[WARNING][" + name + "]" : "[WARNING]";
  invocation.events->warn_or_error({std::move(name),
                                    std::move(code),
                                    EventLevel::warn,
                                    tag + ": Deprecated functionality\n\n" + text,
                                    Value::dict(),
                                    {}},
                                   span);
}

}  // namespace

std::span<const std::string_view> config_tree_keys() { return config_trees; }

void check_project_structure(const YamlDocument& document) {
  Faults faults(document.file);
  const YamlNode& root = document.root;
  if (!root.is_mapping()) {
    faults.add(&root, fmt::format("{} does not parse to a dictionary", document.file->path()));
    faults.raise_if_any();
  }
  check_name(faults, root);
  check_version(faults, root);
  check_keys(faults, root);
  check_dispatch(faults, root);
  check_quoting(faults, root);
  check_pairs(faults, root);
  faults.raise_if_any();
}

void warn_of_project_file(const Invocation& invocation, const YamlDocument& document) {
  if (!invocation.events) return;
  for (const Diagnostic& twice : document.warnings) {
    deprecate(invocation, "DuplicateYAMLKeysDeprecation", "D024",
              fmt::format("{} in file `{}`", twice.message, document.file->path()), true, twice.span);
  }
  struct Old {
    std::string_view key, name, code, new_key, output, harmless;
  };
  constexpr Old old_keys[] = {{"source-paths", "ConfigSourcePathDeprecation", "D003", "model-paths", "", ""},
                              {"data-paths", "ConfigDataPathDeprecation", "D004", "seed-paths", "", ""},
                              {"log-path", "ConfigLogPathDeprecation", "D010", "", "logs", "logs"},
                              {"target-path", "ConfigTargetPathDeprecation", "D011", "", "artifacts", "target"}};
  for (const Old& old : old_keys) {
    const YamlNode* node = document.root.find(old.key);
    if (!node || (!old.harmless.empty() && node->text == old.harmless)) continue;
    const std::string flag = "--" + std::string(old.key), variable = "DBT_" + to_upper(replace_all(old.key, "-", "_"));
    const std::string text =
        old.new_key.empty()
            ? fmt::format(
                  "The `{}` config in `dbt_project.yml` has been deprecated, and will no longer be supported in a "
                  "future version of dbt-core. If you "
                  "wish to write dbt {} to a custom directory, please use the {} CLI flag or {} env var instead.",
                  old.key, old.output, flag, variable)
            : fmt::format(
                  "The `{}` config has been renamed to `{}`. Please update your `dbt_project.yml` configuration to "
                  "reflect this change.",
                  old.key, old.new_key);
    deprecate(invocation, std::string(old.name), std::string(old.code), text, false, node->span(document.file));
  }
}

}  // namespace modelc
