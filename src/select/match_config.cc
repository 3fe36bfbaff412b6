// config.a.b: a value inside the config of nodes and sources.
#include "base/text.h"
#include "select/methods.h"

namespace modelc {
namespace {

using jinja::Value;

/// What the user is looking for. On the command line all values are text; there "true" and "false" also find booleans.
class Wanted {
 public:
  Wanted(const SelectionCriteria& criteria, bool ignore_case)
      : text_(criteria.value),
        typed_(criteria.typed_value),
        ignore_case_(ignore_case),
        is_true_(equals_ignore_case(text_, "true")),
        is_false_(equals_ignore_case(text_, "false")) {}

  bool found_in(const Value& value) const {
    if (!value.is_list()) return is(value);
    for (const Value& item : value.as_list())
      if (is(item)) return true;
    return false;
  }

 private:
  bool is(const Value& value) const {
    if (value.is_bool() && (value.as_bool() ? is_true_ : is_false_)) return true;
    if (!typed_.is_undefined()) return jinja::equals(typed_, value);
    if (!value.is_string()) return false;
    return ignore_case_ ? equals_ignore_case(value.as_string(), text_) : value.as_string() == text_;
  }

  std::string_view text_;
  const Value& typed_;
  bool ignore_case_, is_true_, is_false_;
};

const Value* descend(const Value& config, const std::vector<std::string>& path) {
  const Value* value = &config;
  for (const std::string& key : path) {
    if (!value->is_dict()) return nullptr;
    // dbt's hooks have a '-' in their names, which the grammar does not take: it reads the attribute.
    std::string_view name = key == "pre_hook" ? "pre-hook" : key == "post_hook" ? "post-hook" : std::string_view(key);
    value = static_cast<const jinja::DictData&>(value->as_dict()).find(name);
    if (!value) return nullptr;
  }
  return value;
}

}  // namespace

NodeSet match_config(const MethodContext& context, const SelectionCriteria& criteria) {
  const std::vector<std::string>& path = criteria.method_arguments;
  const Wanted wanted(criteria, path.size() == 1 && path[0] == "severity");
  return nodes_where(context.manifest, [&](const Node& node) {
    if (path.empty() || (!is_manifest_node(node) && node.resource_type != ResourceType::source)) return false;
    const Value* value = descend(node.config, path);
    return value && wanted.found_in(*value);
  });
}

}  // namespace modelc
