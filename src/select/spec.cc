#include "select/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "jinja/json.h"

namespace modelc {
namespace {

using jinja::DictData;
using jinja::Value;

constexpr std::string_view default_includes[] = {"fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"};

Error bad_spec(std::string message) { return Error(ErrorKind::runtime, "select/bad-spec", std::move(message)); }

Spec group(Spec::Kind kind, std::vector<Spec> parts, Indirect indirect = Indirect::eager) {
  Spec spec;
  spec.kind = kind;
  spec.parts = std::move(parts);
  spec.indirect = indirect;
  return spec;
}

Spec leaf(SelectionCriteria criteria, Indirect indirect) {
  Spec spec;
  spec.criteria = std::move(criteria);
  spec.indirect = indirect;
  return spec;
}

/// "a b,c" -> any of (all of a), (all of b, c). Only blanks divide, and two in a row hold an empty spec, as in dbt.
void add_intersections(std::vector<Spec>& parts, std::string_view argument, bool expect_exists, Indirect indirect) {
  for (std::string_view raw : split(argument, ' ')) {
    Spec all = group(Spec::Kind::all_of, {}, indirect);
    for (std::string_view token : split(raw, ',')) all.parts.push_back(leaf(parse_criteria(token), indirect));
    all.expect_exists = expect_exists;
    all.raw = raw;
    parts.push_back(std::move(all));
  }
}

Spec union_of(const std::vector<std::string>& arguments, Indirect indirect) {
  std::vector<Spec> parts;
  for (const std::string& argument : arguments) add_intersections(parts, argument, true, indirect);
  return group(Spec::Kind::any_of, std::move(parts), indirect);
}

// ---- YAML definitions -------------------------------------------------------------------------------------------

/// Python's truth of a YAML value, where the grammar expects a flag.
bool flag(const Value& definition, std::string_view key) { return jinja::truth(definition.get(key)); }

std::optional<uint32_t> depth(const Value& definition, std::string_view key) {
  const Value value = definition.get(key);
  if (!jinja::truth(value)) return std::nullopt;
  if (value.is_int() || value.is_bool())
    return static_cast<uint32_t>(std::clamp<int64_t>(value.as_int(), 0, UINT32_MAX));
  const std::string text(trim(jinja::to_str(value)));
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return UINT32_MAX;
  if (error != std::errc() || end != text.data() + text.size())
    throw bad_spec(fmt::format("Invalid node spec - could not handle parent depth {}", text));
  return number;
}

class DefinitionReader {
 public:
  DefinitionReader(const NamedSpecs& earlier, Indirect indirect) : earlier_(earlier), indirect_(indirect) {}

  Spec read(const Value& definition, bool root) {
    if (definition.is_string()) return leaf(parse_criteria(definition.as_string()), indirect_);
    if (!definition.is_dict()) {
      throw bad_spec(fmt::format("Expected to find union, intersection, str or dict, instead found <class '{}'>: {}",
                                 jinja::type_name(definition), jinja::to_str(definition)));
    }
    const DictData& dict = definition.as_dict();
    const bool is_union = dict.find("union"), is_intersection = dict.find("intersection");
    if (root && (is_union || is_intersection) && dict.size() > 1) {
      std::vector<std::string> keys;
      for (const auto& entry : dict.entries()) keys.push_back(jinja::to_str(entry.first));
      throw bad_spec(fmt::format(
          "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {}.",
          join(keys, ",")));
    }
    if (is_union) return read_group(definition, "union", Spec::Kind::any_of);
    if (is_intersection) return read_group(definition, "intersection", Spec::Kind::all_of);
    return read_dict(definition);
  }

 private:
  std::vector<Value> items(const Value& definition, std::string_view key) {
    const Value list = definition.get(key);
    if (!list.is_list()) throw bad_spec(fmt::format("Invalid value for key \"{}\". Expected a list.", key));
    for (const Value& item : list.as_list()) {
      if (item.is_string()) continue;
      if (!item.is_dict()) {
        throw bad_spec(fmt::format("Invalid value type <class '{}'> in key \"{}\", expected dict or str (value: {}).",
                                   jinja::type_name(item), key, jinja::to_str(item)));
      }
      for (const auto& entry : item.as_dict().entries()) {
        if (entry.first.is_string()) continue;
        throw bad_spec(fmt::format("Expected all keys to \"{}\" dict to be strings, but \"{}\" is a \"<class '{}'>\"",
                                   key, jinja::to_str(entry.first), jinja::type_name(entry.first)));
      }
    }
    return list.as_list();
  }

  std::optional<Spec> read_exclusions(const Value& definition) {
    std::vector<Spec> parts;
    for (const Value& item : items(definition, "exclude")) parts.push_back(read(item, false));
    if (parts.empty()) return std::nullopt;
    if (parts.size() == 1) return std::move(parts.front());
    return group(Spec::Kind::any_of, std::move(parts));
  }

  Spec without(Spec base, std::optional<Spec> excluded) {
    if (!excluded) return base;
    std::vector<Spec> parts;
    parts.push_back(std::move(base));
    parts.push_back(std::move(*excluded));
    return group(Spec::Kind::difference, std::move(parts));
  }

  Spec read_group(const Value& definition, std::string_view key, Spec::Kind kind) {
    std::vector<Spec> parts;
    std::optional<Spec> excluded;
    for (const Value& item : items(definition, key)) {
      if (!item.is_dict() || !item.as_dict().find("exclude")) {
        parts.push_back(read(item, false));
      } else {  // as in dbt, a method beside this `exclude` counts for nothing
        if (excluded) {
          throw bad_spec("You cannot provide multiple exclude arguments to the same selector set operator:\n" +
                         jinja::to_yaml(item, true));
        }
        excluded = read_exclusions(item);
      }
    }
    return without(group(kind, std::move(parts)), std::move(excluded));
  }

  Spec read_dict(const Value& definition) {
    const DictData& dict = definition.as_dict();
    if (dict.size() == 1) {
      const auto& [key, value] = dict.entries().front();
      if (!key.is_string()) {
        throw bad_spec(fmt::format("Expected definition key to be a \"str\", got one of type \"<class '{}'>\" ({})",
                                   jinja::type_name(key), jinja::to_str(key)));
      }
      return criteria(definition, key.as_string(), value);
    }
    const Value *method = dict.find("method"), *value = dict.find("value");
    if (method && method->is_string() && method->as_string() == "selector") {
      const std::string name = value ? jinja::to_str(*value) : "None";
      auto found = earlier_.find(name);
      if (found == earlier_.end()) throw bad_spec(fmt::format("Existing selector definition for {} not found.", name));
      return found->second;
    }
    if (!method || !value) {
      std::vector<Value> keys;
      for (const auto& entry : dict.entries()) keys.push_back(entry.first);
      throw bad_spec(fmt::format("Expected either 1 key or else \"method\" and \"value\" keys, but got {}",
                                 jinja::to_repr(Value::list(keys))));
    }
    std::optional<Spec> excluded;
    if (dict.find("exclude")) excluded = read_exclusions(definition);
    return without(criteria(definition, jinja::to_str(*method), *value), std::move(excluded));
  }

  Spec criteria(const Value& definition, const std::string& method, const Value& value) {
    SelectionCriteria criteria = parse_criteria(method + ":");  // checks the method and splits its arguments
    criteria.raw = jinja::to_repr(definition);
    criteria.value = jinja::to_str(value);
    if (!value.is_string()) criteria.typed_value = value;
    criteria.childrens_parents = flag(definition, "childrens_parents");
    criteria.parents = flag(definition, "parents");
    criteria.children = flag(definition, "children");
    criteria.parents_depth = depth(definition, "parents_depth");
    criteria.children_depth = depth(definition, "children_depth");
    if (criteria.children && criteria.childrens_parents)
      throw bad_spec(
          fmt::format("Invalid node spec {} - \"@\" prefix and \"+\" suffix are incompatible", criteria.raw));
    const Value mode = definition.get("indirect_selection");
    const Indirect indirect = mode.is_undefined() ? indirect_ : parse_indirect(jinja::to_str(mode));
    return leaf(std::move(criteria), indirect);
  }

  const NamedSpecs& earlier_;
  Indirect indirect_;
};

// ---- the form of manifest.json ----------------------------------------------------------------------------------

/// A token taken apart, with dbt's keys in dbt's order; depths stay texts.
Value token_dict(const std::string& token) {
  const SelectionCriteria criteria = parse_criteria(token);
  Value dict = Value::dict();
  DictData& out = dict.as_dict();
  if (criteria.childrens_parents) out.set("childrens_parents", Value(true));
  if (criteria.parents) out.set("parents", Value(true));
  if (criteria.parents_depth) out.set("parents_depth", Value(std::to_string(*criteria.parents_depth)));
  std::string method = criteria.method;
  for (const std::string& argument : criteria.method_arguments) method += "." + argument;
  out.set("method", Value(method));
  if (!criteria.value.empty()) out.set("value", Value(criteria.value));
  if (criteria.children) out.set("children", Value(true));
  if (criteria.children_depth) out.set("children_depth", Value(std::to_string(*criteria.children_depth)));
  return dict;
}

}  // namespace

Indirect parse_indirect(std::string_view name) {
  if (name == "eager") return Indirect::eager;
  if (name == "cautious") return Indirect::cautious;
  if (name == "buildable") return Indirect::buildable;
  if (name == "empty") return Indirect::empty;
  throw bad_spec(fmt::format("'{}' is not a valid IndirectSelection", name));
}

Spec spec_from_arguments(const std::vector<std::string>& select, const std::vector<std::string>& exclude,
                         Indirect indirect) {
  std::vector<Spec> parts;
  if (select.empty()) {
    std::vector<Spec> everything;
    for (std::string_view token : default_includes) add_intersections(everything, token, false, indirect);
    parts.push_back(group(Spec::Kind::any_of, std::move(everything), indirect));
  } else {
    parts.push_back(union_of(select, indirect));
  }
  parts.push_back(union_of(exclude, indirect));
  return group(Spec::Kind::difference, std::move(parts));
}

Spec spec_from_definition(const Value& definition, const NamedSpecs& earlier, Indirect indirect) {
  return DefinitionReader(earlier, indirect).read(definition, true);
}

NamedSpecs specs_of(const std::vector<SelectorDefinition>& selectors, Indirect indirect) {
  NamedSpecs specs;
  for (const SelectorDefinition& selector : selectors)
    specs.insert_or_assign(selector.name, spec_from_definition(selector.definition, specs, indirect));
  return specs;
}

Value manifest_definition(const Value& definition, const Value& earlier) {
  if (definition.is_string()) return token_dict(definition.as_string());
  if (!definition.is_dict() || definition.as_dict().size() == 0) return definition;
  for (std::string_view key : {"union", "intersection"}) {
    const Value* items = static_cast<const DictData&>(definition.as_dict()).find(key);
    if (!items || !items->is_list()) continue;
    std::vector<Value> out;
    for (const Value& item : items->as_list()) out.push_back(manifest_definition(item, earlier));
    return Value::dict({{key, Value::list(std::move(out))}});
  }
  auto [key, value] = definition.as_dict().entries().front();
  if (value.is_list()) {
    std::vector<Value> out;
    for (const Value& item : value.as_list()) out.push_back(manifest_definition(item, earlier));
    value = Value::list(std::move(out));
  }
  const std::string name = jinja::to_str(key);
  if (name == "exclude") return Value::dict({{"exclude", value}});
  if (definition.as_dict().size() == 1) return Value::dict({{"method", key}, {"value", value}});
  if (name == "method" && value.is_string() && value.as_string() == "selector") {
    const Value found = earlier.get(jinja::to_str(definition.get("value")));
    return found.is_undefined() ? definition : found;
  }
  return definition;
}

}  // namespace modelc
