#include <algorithm>

#include "base/text.h"
#include "parse/semantic/entry_builder.h"

namespace modelc::semantic {

using jinja::Value;

/// dbt: UnparsedMetric.validate.
void EntryBuilder::check_metric_name(const std::string& name) const {
  std::vector<std::string> errors;
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.find(' ') != std::string::npos) errors.push_back("cannot contain spaces");
  if (name.size() > 250) errors.push_back("cannot contain more than 250 characters");
  if (name.empty() || !letter(name[0])) errors.push_back("must begin with a letter");
  bool words = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || c == '_' || (c >= '0' && c <= '9') || (c & 0x80);
  });
  if (!words) errors.push_back("must contain only letters, numbers and underscores");
  if (!errors.empty())
    fail_entry(entry_, "The metric name '" + name + "' is invalid.  It " + join(errors, ", "),
               yaml_place(entry_, {"name"}));
}

DraftPtr EntryBuilder::metric(const Value& data) {
  std::string name = data.get_string("name");
  Value type = enum_value(entry_, metric_type, data.get("type"), {"type"});
  DraftPtr draft = make(ResourceType::metric, name, data.get("config"));
  Node& node = draft->node;
  Value meta = node.config.get("meta");
  if (meta.as_dict().size() == 0 && data.get("meta").is_dict()) meta = data.get("meta");
  node.meta = meta;
  Value tags = list_or_empty(data.get("tags"));
  for (const Value& tag : tags.as_list()) node.tags.push_back(jinja::to_str(tag));
  node.description = described(node, data.get("description"), {"description"});
  Value entry = start(node);
  auto& out = entry.as_dict();
  out.set("description", Value(node.description));
  out.set("label", data.get("label"));
  out.set("type", type);
  out.set("type_params", metric_type_params(entry_, type.as_string(), data.get("type_params")));
  out.set("filter", where_filter(data.get("filter")));
  out.set("metadata", Value::none());
  out.set("time_granularity", or_none(data.get("time_granularity")));
  out.set("meta", meta);
  out.set("tags", tags);
  out.set("config", node.config);
  out.set("unrendered_config", node.unrendered_config);
  out.set("sources", Value::list());
  out.set("depends_on", no_dependencies());
  out.set("refs", Value::list());
  out.set("metrics", Value::list());
  out.set("created_at", Value(node.created_at));
  out.set("group", group_of(node));
  node.semantic->manifest_entry = entry;
  return draft;
}

/// A measure with `create_metric: true` is a metric as well.
DraftPtr EntryBuilder::metric_of_measure(const Value& measure, bool enabled, const Value& meta) {
  std::string name = measure.get_string("name");
  auto given = [&](std::string_view key, Value fallback) {
    Value value = measure.get(key);
    return jinja::truth(value) ? value : fallback;
  };
  return metric(
      Value::dict({{"name", Value(name)},
                   {"label", given("label", Value(name))},
                   {"type", Value("simple")},
                   {"type_params", Value::dict({{"measure", Value(name)}, {"expr", given("expr", Value(name))}})},
                   {"description", given("description", Value("Metric created from measure " + name))},
                   {"config", Value::dict({{"enabled", Value(enabled)}, {"meta", meta}})}}));
}

}  // namespace modelc::semantic
