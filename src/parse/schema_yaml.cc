#include "parse/schema_yaml.h"

#include <algorithm>

#include "base/text.h"
#include "jinja/json.h"
#include "jinja/pymodules.h"
#include "parse/shapes.h"

namespace modelc {

using jinja::Value;

namespace {

/// In the order in which dbt handles the sections of a file.
constexpr std::string_view kSections[] = {"models",     "seeds",           "snapshots",  "sources",      "macros",
                                          "data_tests", "analyses",        "exposures",  "functions",    "metrics",
                                          "groups",     "semantic_models", "unit_tests", "saved_queries"};

bool needs_name(std::string_view section) {
  return section != "data_tests" && section != "groups" && section != "unit_tests";
}

bool is_patch(std::string_view section) {
  for (std::string_view name : {"models", "seeds", "snapshots", "macros", "data_tests", "analyses", "functions"})
    if (section == name) return true;
  return false;
}

/// dbt: normalize_attribute. A top-level key moves into `config`.
void move_into_config(const YamlEntry& entry, std::string_view attribute) {
  auto& data = entry.data.as_dict();
  const Value* found = data.find(attribute);
  if (!found) return;
  Value value = *found;
  Value config = entry.data.get("config");
  if (config.is_dict() && config.as_dict().find(attribute))
    fail_parsing("parse/key-in-two-places",
                 "In " + entry.file->source->path + ": found " + std::string(attribute) +
                     " dictionary in 'config' dictionary and as top-level key.\n                    Remove the "
                     "top-level key and "
                     "define it under 'config' dictionary only.",
                 {}, yaml_place(entry, {std::string(attribute)}));
  if (!config.is_dict()) {
    config = Value::dict();
    data.set("config", config);
  }
  config.as_dict().set(attribute, value);
  data.erase(Value(attribute));
}

void rename_tests(const YamlEntry& entry, Value data) {
  if (!data.is_dict()) return;
  Value tests = data.get("tests");
  if (!jinja::truth(tests)) return;
  if (data.as_dict().find("data_tests"))
    fail_entry(entry, "Invalid test config: cannot have both 'tests' and 'data_tests' defined");
  data.as_dict().set("data_tests", tests);
  data.as_dict().erase(Value("tests"));
}

void rename_all_tests(const YamlEntry& entry) {
  auto each = [](const Value& list, auto&& work) {
    if (list.is_list())
      for (const Value& item : list.as_list()) work(item);
  };
  rename_tests(entry, entry.data);
  each(entry.data.get("columns"), [&](const Value& column) { rename_tests(entry, column); });
  each(entry.data.get("versions"), [&](const Value& version) {
    rename_tests(entry, version);
    each(version.get("columns"), [&](const Value& column) { rename_tests(entry, column); });
  });
}

/// dbt remembers that a table says something about loaded_at_field, even null.
void mark_loaded_at(const Value& data) {
  Value tables = data.get("tables");
  if (!tables.is_list()) return;
  for (const Value& table : tables.as_list()) {
    if (!table.is_dict()) continue;
    if (table.as_dict().find("loaded_at_field") || jinja::truth(table.get("config").get("loaded_at_field")))
      table.as_dict().set("loaded_at_field_present", Value(true));
  }
}

/// The whole entry as dbt shows it in messages: with the keys that it adds itself.
Value shown_data(const YamlEntry& entry) {
  Value shown = Value::dict();
  shown.as_dict().update(entry.data.as_dict());
  if (is_patch(entry.key)) {
    shown.as_dict().set("original_file_path", Value(entry.file->source->path));
    shown.as_dict().set("yaml_key", Value(entry.key));
    shown.as_dict().set("package_name", Value(entry.file->package->project.name));
  }
  return shown;
}

/// Columns to blame: the fault's path "['columns'][0]['name']" looked up in the YAML.
Span place_of_fault(const YamlEntry& entry, const std::string& fault) {
  std::vector<std::string> path;
  size_t at = fault.find("at path ");
  while (at != std::string::npos && (at = fault.find('[', at)) != std::string::npos) {
    size_t close = fault.find(']', at);
    if (close == std::string::npos) break;
    std::string_view part = trim(std::string_view(fault).substr(at + 1, close - at - 1));
    if (part.size() >= 2 && part.front() == '\'') part = part.substr(1, part.size() - 2);
    if (!part.empty()) path.emplace_back(part);
    if (close + 1 >= fault.size() || fault[close + 1] != '[') break;
    at = close + 1;
  }
  return yaml_place(entry, path);
}

/// dbt: UnparsedSourceDefinition.validate. Null says "no field" on purpose; an empty text says nothing.
void check_loaded_at(const YamlEntry& entry) {
  auto check = [&](const Value& level, std::vector<std::string> path) {
    if (Value field = level.get("loaded_at_field"); !field.is_string() || !field.as_string().empty()) return;
    path.emplace_back("loaded_at_field");
    fail_entry(entry, "loaded_at_field cannot be an empty string.", yaml_place(entry, path));
  };
  check(entry.data, {});
  if (Value tables = entry.data.get("tables"); tables.is_list())
    for (size_t i = 0; i < tables.as_list().size(); ++i) check(tables.as_list()[i], {"tables", std::to_string(i)});
}

void check_shape(const YamlEntry& entry) {
  std::string_view shape = entry.key;
  if (shape == "sources" && entry.data.as_dict().find("overrides")) shape = "source_patch";
  if (auto fault = shape_fault(shape, entry.data)) fail_entry(entry, *fault, place_of_fault(entry, *fault));
}

class FileReader {
 public:
  FileReader(const ParseState& state, SchemaFile& out) : state_(state), out_(out), file_(*out.file) {}

  void read() {
    const YamlNode& root = file_.yaml.root;
    for (const Diagnostic& warning : file_.yaml.warnings)
      warn_deprecation(
          state_, "DuplicateYAMLKeysDeprecation", "D024",
          "[WARNING][DuplicateYAMLKeysDeprecation]: Deprecated functionality\n" + warning.message + " in file `" +
              file_.source->path + "`",
          Value::dict({{"duplicate_description", Value(warning.message)}, {"file", Value(file_.source->path)}}),
          warning.span);
    if (root.is_null()) return;
    if (!root.is_mapping())
      fail_parsing("parse/yaml-root",
                   "Error reading " + file_.package->project.name + ": " + file_.source->relative_path +
                       " - Contents of file '" + file_.source->path + "' are not valid. Dictionary expected.",
                   {}, root.span(file_.text));
    for (std::string_view section : kSections)
      if (needs_name(section)) check_section(section);
    for (std::string_view section : kSections) {
      if (section == "data_tests") {
        read_data_tests();
      } else {
        read_section(section);
      }
    }
  }

 private:
  /// dbt: validate_yaml in read_files.py.
  void check_section(std::string_view section) {
    const YamlNode* list = file_.yaml.root.find(section);
    if (!list) return;
    auto fail = [&](const std::string& reason, const YamlNode& node) {
      fail_parsing("parse/yaml-section", "The schema file at " + file_.source->path + " is invalid because " + reason,
                   {}, node.span(file_.text));
    };
    std::string name(section);
    if (!list->is_sequence()) fail("the value of '" + name + "' is not a list", *list);
    for (const YamlNode& item : list->children) {
      if (!item.is_mapping()) fail("a list element for '" + name + "' is not a dictionary", item);
      if (!item.find("name")) fail("a list element for '" + name + "' does not have a name attribute.", item);
    }
  }

  /// A section that was once written otherwise: dbt says so and goes on without the rest of it.
  void read_data_tests() {
    const size_t errors_before = out_.errors.size();
    try {
      read_section("data_tests");
    } catch (const Error& error) {
      if (error.diagnostic().kind != ErrorKind::parsing) throw;
      out_.errors.push_back(error.diagnostic());
    }
    if (out_.errors.size() == errors_before || out_.errors[errors_before].kind != ErrorKind::parsing) return;
    Event event;
    event.name = "Note";
    event.code = "Z050";
    event.level = EventLevel::warn;
    event.message = "Unable to parse 'data_tests' section of file '" + file_.source->path + "'\n" +
                    render_brief(out_.errors[errors_before]);
    event.data = Value::dict({{"msg", Value(event.message)}});
    out_.errors.resize(errors_before);
    state_.invocation.events->fire(event);
  }

  void read_section(std::string_view section) {
    const YamlNode* list = file_.yaml.root.find(section);
    if (!list) return;
    if (!list->is_sequence()) {
      if (list->is_null() && !needs_name(section)) return;
      std::string shown = jinja::to_str(jinja::from_yaml(*list));
      if (shown.size() >= 50) shown = shown.substr(0, 44) + "..." + shown.substr(shown.size() - 3);
      fail_parsing("parse/yaml-section",
                   std::string(section) + " must be a list, got <class '" +
                       std::string(jinja::type_name(jinja::from_yaml(*list))) + "'> instead: (" + shown + ")",
                   {}, list->span(file_.text));
    }
    YamlRenderer renderer(state_, *file_.package, section);
    for (const YamlNode& item : list->children) {
      try {
        read_entry(section, item, *list, renderer);
      } catch (const Error& error) {
        out_.errors.push_back(error.diagnostic());
      }
    }
  }

  void read_entry(std::string_view section, const YamlNode& item, const YamlNode& list, YamlRenderer& renderer) {
    auto entry = std::make_unique<YamlEntry>();
    entry->file = &file_;
    entry->key = section;
    entry->place = item.span(file_.text);
    entry->places = YamlPlaces(item);
    entry->data = jinja::from_yaml(item);
    bool string_keys = entry->data.is_dict();
    if (string_keys)
      for (const auto& [key, value] : entry->data.as_dict().entries()) string_keys &= key.is_string();
    if (!string_keys)
      fail_parsing("parse/yaml-entry",
                   "Invalid " + std::string(section) + " config given in " + file_.source->path + " @ " +
                       std::string(section) + ": " + jinja::to_repr(jinja::from_yaml(list)) +
                       " - expected a dict with string keys",
                   {}, item.span(file_.text));
    if (!entry->data.as_dict().find("name") && !entry->data.as_dict().find("model"))
      fail_parsing("parse/yaml-entry", "Entry did not contain a name", {}, item.span(file_.text));
    keep_unrendered(*entry);
    if (section == "sources") mark_loaded_at(entry->data);
    try {
      entry->data = renderer.render(entry->data);
    } catch (Error& error) {
      error.diagnostic().span = yaml_place(*entry, renderer.fault_path());
      throw;
    }
    entry->name = jinja::to_str(entry->data.get("name"));
    check_shape(*entry);
    if (section == "sources" && !entry->data.as_dict().find("overrides")) check_loaded_at(*entry);
    if (is_patch(section)) {
      if (section != "macros")
        for (std::string_view attribute : {"meta", "docs", "group", "contract", "access"})
          move_into_config(*entry, attribute);
      rename_all_tests(*entry);
    }
    out_.entries.push_back(std::move(entry));
  }

  void keep_unrendered(YamlEntry& entry) {
    if (state_.unrendered_flag) {
      if (Value config = entry.data.get("config"); config.is_dict()) entry.unrendered_config = jinja::deep_copy(config);
      Value versions = entry.data.get("versions");
      if (versions.is_list()) {
        entry.unrendered_versions = Value::dict();
        for (const Value& version : versions.as_list())
          if (Value config = version.get("config"); config.is_dict())
            entry.unrendered_versions.as_dict().set(Value(jinja::to_str(version.get("v"))), jinja::deep_copy(config));
      }
    }
    if (entry.key != "sources") return;
    entry.unrendered_database = entry.data.get("database");
    entry.unrendered_schema = entry.data.get("schema");
  }

  const ParseState& state_;
  SchemaFile& out_;
  const LoadedFile& file_;
};

}  // namespace

std::vector<YamlEntry*> SchemaFile::under(std::string_view key) const {
  std::vector<YamlEntry*> found;
  for (const auto& entry : entries)
    if (entry->key == key) found.push_back(entry.get());
  return found;
}

void fail_entry(const YamlEntry& entry, const std::string& reason, Span span) {
  fail_parsing("parse/yaml-entry",
               "Invalid " + std::string(entry.key) + " config given in " + entry.file->source->path + " @ " +
                   std::string(entry.key) + ": " + jinja::to_repr(shown_data(entry)) + " - " + reason,
               {}, span ? span : entry.span());
}

Span yaml_place(const YamlEntry& entry, const std::vector<std::string>& path) {
  return entry.places.find(entry.file->text, path);
}

void YamlEntry::release() {
  data = unrendered_config = unrendered_versions = Value();
  places = YamlPlaces();
}

std::vector<SchemaFile> read_schema_files(ParseState& state) {
  std::vector<SchemaFile> out;
  std::vector<YamlDocument*> trees;
  for (LoadedFile& file : state.files) {
    if (file.source->kind != FileKind::schema_yaml || !file.text) continue;
    SchemaFile schema;
    schema.file = &file;
    out.push_back(std::move(schema));
    trees.push_back(&file.yaml);
  }
  parse_in_parallel(
      out.size(),
      [&](size_t i) {
        FileReader(state, out[i]).read();
        *trees[i] = YamlDocument();
      },
      [&](size_t i) -> std::vector<Diagnostic>& { return out[i].errors; });
  for (SchemaFile& schema : out)
    for (Diagnostic& d : schema.errors) state.errors.push_back(std::move(d));
  return out;
}

YamlRenderer::YamlRenderer(const ParseState& state, const Package& package, std::string_view key)
    : state_(state),
      key_(key),
      context_(state.invocation, var_scope(state.invocation, state.project, package.project.name)) {
  context_.add("target", state.target);
  context_.add("project_name", Value(state.root_name));
}

Value YamlRenderer::render(const Value& value) {
  path_.clear();
  return walk(value);
}

std::vector<std::string> YamlRenderer::fault_path() const {
  std::vector<std::string> out;
  for (const Step& step : path_) out.push_back(step.key.data() ? std::string(step.key) : std::to_string(step.index));
  return out;
}

Value YamlRenderer::render_text(const std::string& text) {
  const SourceFile* file = state_.invocation.sources->add("<yaml>", text);
  try {
    return jinja::render_native(*jinja::compile(*file), context_);
  } catch (Error& error) {
    Diagnostic& d = error.diagnostic();
    d.message = "Could not render " + text + ": " + d.message;
    throw;
  }
}

Value YamlRenderer::walk(const Value& value) {
  if (value.is_string()) {
    if (kept()) return value;
    const std::string& text = value.as_string();
    if (jinja::has_markup(text)) return render_text(text);
    return text.ends_with('\n') ? Value(text.substr(0, text.size() - 1)) : value;  // Jinja's part in a plain text
  }
  if (value.is_object()) {  // dbt turns dates into ISO text
    if (kept()) return value;
    if (jinja::is_date(value)) return Value(jinja::to_str(value));
    if (jinja::is_datetime(value)) {
      std::string text = jinja::to_str(value);
      if (size_t space = text.find(' '); space != std::string::npos) text[space] = 'T';
      return Value(text);
    }
    return value;
  }
  if (value.is_list()) {
    std::vector<Value> items;
    bool changed = false;
    const std::vector<Value>& old = value.as_list();
    for (size_t i = 0; i < old.size(); ++i) {
      path_.push_back({{}, i});
      Value item = walk(old[i]);
      path_.pop_back();
      if (!changed && !item.is_same(old[i])) {
        changed = true;
        items.assign(old.begin(), old.begin() + static_cast<ptrdiff_t>(i));
      }
      if (changed) items.push_back(std::move(item));
    }
    return changed ? Value::list(std::move(items)) : value;
  }
  if (value.is_dict()) {
    Value copy;
    for (const auto& [key, item] : value.as_dict().entries()) {
      path_.push_back({key.is_string() ? std::string_view(key.as_string()) : std::string_view(), 0});
      Value rendered = walk(item);
      path_.pop_back();
      if (rendered.is_same(item)) continue;
      if (copy.is_undefined()) {
        copy = Value::dict();
        copy.as_dict().update(value.as_dict());
      }
      copy.as_dict().set(key, std::move(rendered));
    }
    return copy.is_undefined() ? value : copy;
  }
  return value;
}

/// dbt: SchemaYamlRenderer._is_norender_key over the path from `from` on.
bool YamlRenderer::kept_generally(const std::vector<Step>& path, size_t from) {
  size_t size = path.size() > from ? path.size() - from : 0;
  auto key = [&](size_t i) { return path[from + i].key; };
  auto late = [](std::string_view k) { return k == "tests" || k == "data_tests" || k == "description"; };
  if (size >= 1 && (late(key(0)) || key(0) == "loaded_at_query")) return true;
  if (size == 2 && (late(key(1)) || key(1) == "loaded_at_query")) return true;
  if (size >= 2 && key(0) == "config" && (key(1) == "pre_hook" || key(1) == "post_hook" || key(1) == "loaded_at_query"))
    return true;
  if (size == 5 && key(4) == "description") return true;
  return size >= 3 && (key(0) == "columns" || key(0) == "dimensions" || key(0) == "measures" || key(0) == "entities") &&
         late(key(2));
}

bool YamlRenderer::kept() const {
  if (path_.empty()) return false;
  std::string_view first = path_[0].key;
  if (key_ == "sources") {
    if (first == "description" || first == "loaded_at_query") return true;
    if (path_.size() >= 2 && first == "config" && path_[1].key == "loaded_at_query") return true;
    return first == "tables" && kept_generally(path_, 2);
  }
  if (key_ == "macros") return kept_generally(path_, first == "arguments" ? 1 : 0);
  if (key_ == "metrics") {
    if (path_.back().key == "filter" || (path_.size() > 1 && path_[path_.size() - 2].key == "filter")) return true;
  } else if (key_ == "saved_queries") {
    if (first == "query_params" && path_.size() > 1 && path_[1].key == "where") return true;
  }
  return kept_generally(path_, 0);
}

}  // namespace modelc
