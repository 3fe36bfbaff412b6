// selectors.yml (dbt: config/selectors.py).
#include <fmt/format.h>

#include "base/fs.h"
#include "base/yaml.h"
#include "jinja/json.h"
#include "project/base_context.h"
#include "select/spec.h"

namespace modelc {
namespace {

using jinja::Value;

constexpr std::string_view file_name = "selectors.yml";

Error bad_selectors(std::string message, Span span = {}) {
  return Error(ErrorKind::runtime, "select/bad-selectors", std::move(message), span);
}

/// What dbt's schema refuses, shown as dbt shows it.
[[noreturn]] void refuse_shape(const Value& part, Span span) {
  throw bad_selectors(
      fmt::format("Could not parse selector file data: \n{}\nValid root-level selector definitions: union, "
                  "intersection, string, "
                  "dictionary. No lists. \nhttps://docs.getdbt.com/reference/node-selection/yaml-selectors",
                  jinja::to_yaml(part, true)),
      span);
}

/// Runs `check`; its complaint becomes one about the file.
template <class Check>
auto in_file(Span span, Check check) {
  try {
    return check();
  } catch (const Error& error) {
    throw bad_selectors("Could not read selector file data: " + render_brief(error.diagnostic()), span);
  }
}

void check_entry(const Value& entry, Span span) {
  if (!entry.is_dict()) refuse_shape(entry, span);
  if (!entry.get("name").is_string()) refuse_shape(entry.get("name").is_undefined() ? entry : entry.get("name"), span);
  const Value definition = entry.get("definition");
  if (definition.is_undefined()) refuse_shape(entry, span);
  if (!definition.is_string() && !definition.is_dict()) refuse_shape(definition, span);
  const Value description = entry.get("description"), is_default = entry.get("default");
  if (!description.is_undefined() && !description.is_string()) refuse_shape(description, span);
  if (!is_default.is_undefined() && !is_default.is_bool()) refuse_shape(is_default, span);
}

Value render(const Invocation& invocation, const Project& project, const YamlDocument& document) {
  BaseContext context(invocation, VarScope{&invocation.flags.cli_vars, {}, "", false});
  if (project.target.credentials.is_dict()) context.add("target", target_dict(project.target));
  return render_yaml_value(jinja::from_yaml(document.root), document.file, context, *invocation.sources);
}

/// The place of entry `i` of the list, for messages.
Span entry_span(const YamlDocument& document, size_t i) {
  const YamlNode* list = document.root.find("selectors");
  return list && list->is_sequence() && i < list->size() ? list->children[i].span(document.file)
                                                         : Span{document.file, 0, 0};
}

SelectorDefinition make_selector(const Value& entry, const Value& normalized, Span span) {
  SelectorDefinition selector;
  selector.name = entry.get_string("name");
  selector.description = entry.get_string("description");
  selector.definition = entry.get("definition");
  selector.is_default = entry.get("default");
  selector.manifest_entry = jinja::deep_copy(entry);
  selector.manifest_entry.as_dict().set("definition", normalized);
  selector.span = span;
  return selector;
}

}  // namespace

std::vector<SelectorDefinition> load_selectors(const Invocation& invocation, const Project& project) {
  if (project.packages.empty()) return {};
  const std::string path = path_join(project.root().project.root, file_name);
  if (!invocation.fs->exists(path)) return {};
  const SourceFile* file = invocation.sources->add(std::string(file_name), invocation.fs->read(path));
  const YamlDocument document = load_yaml(*file);
  if (document.root.is_null()) return {};
  const Span whole{file, 0, 0};
  const Value root = render(invocation, project, document);
  if (!root.is_dict()) refuse_shape(root, whole);
  if (root.as_dict().size() == 0) return {};
  const Value list = root.get("selectors");
  if (list.is_undefined()) refuse_shape(root, whole);
  if (!list.is_list()) refuse_shape(list, whole);
  for (size_t i = 0; i < list.as_list().size(); ++i) check_entry(list.as_list()[i], entry_span(document, i));

  std::vector<SelectorDefinition> selectors;
  NamedSpecs specs;
  Value normalized = Value::dict();
  std::string default_name;
  for (size_t i = 0; i < list.as_list().size(); ++i) {
    const Value& entry = list.as_list()[i];
    const Span span = entry_span(document, i);
    const std::string name = entry.get_string("name");
    in_file(span, [&] {
      if (entry.get_bool("default")) {
        if (!default_name.empty()) {
          throw Error(
              ErrorKind::runtime, "select/bad-selectors",
              fmt::format(
                  "Error when parsing the selector file. Found multiple selectors with `default: true`:{} and {}",
                  default_name, name));
        }
        default_name = name;
      }
      specs.insert_or_assign(name, spec_from_definition(entry.get("definition"), specs, Indirect::eager));
    });
    const Value definition = manifest_definition(entry.get("definition"), normalized);
    normalized.as_dict().set(name, definition);
    SelectorDefinition selector = make_selector(entry, definition, span);
    bool replaced = false;  // of two selectors with one name the later counts
    for (SelectorDefinition& other : selectors) {
      if (other.name != name) continue;
      other = selector;
      replaced = true;
    }
    if (!replaced) selectors.push_back(std::move(selector));
  }
  return selectors;
}

}  // namespace modelc
