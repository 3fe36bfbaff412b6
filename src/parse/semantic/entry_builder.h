// One YAML entry of the semantic layer on its way to a draft: what metrics, semantic models and saved queries share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parse/semantic/values.h"

namespace modelc::semantic {

/// Belongs to one entry and one thread. All members throw Error for what the user got wrong.
class EntryBuilder {
 public:
  EntryBuilder(ParseState& state, const YamlEntry& entry) : state_(state), entry_(entry) {}

  /// Adds the drafts that the entry makes: one, or a semantic model and the metrics of its measures.
  void build(std::vector<DraftPtr>& out);

 private:
  // entry_builder.cc
  DraftPtr make(ResourceType type, const std::string& name, const jinja::Value& config_patch);
  jinja::Value start(const Node& node) const;
  std::string described(const Node& node, const jinja::Value& text, const YamlPath& path);
  jinja::Value described_or_none(const Node& node, const jinja::Value& text, const YamlPath& path);
  template <class Make>
  jinja::Value each(std::string_view key, Make make) {
    jinja::Value out = jinja::Value::list();
    std::vector<jinja::Value> items = list_or_empty(entry_.data.get(key)).as_list();
    for (size_t i = 0; i < items.size(); ++i)
      out.as_list().push_back(make(items[i], YamlPath{std::string(key), std::to_string(i)}));
    return out;
  }

  // metrics.cc
  void check_metric_name(const std::string& name) const;
  DraftPtr metric(const jinja::Value& data);
  DraftPtr metric_of_measure(const jinja::Value& measure, bool enabled, const jinja::Value& meta);

  // semantic_models.cc
  jinja::Value entity(const Node& node, const jinja::Value& given, const YamlPath& path);
  jinja::Value dimension(const Node& node, const jinja::Value& given, const YamlPath& path);
  jinja::Value measure(const Node& node, const jinja::Value& given, const YamlPath& path);
  void semantic_model(std::vector<DraftPtr>& out);

  // saved_queries.cc
  DraftPtr saved_query();
  jinja::Value exports(const Draft& query);

  ParseState& state_;
  const YamlEntry& entry_;
};

jinja::Value group_of(const Node& node);
jinja::Value strings(const std::vector<std::string>& items);
jinja::Value no_dependencies();
YamlPath with(YamlPath path, std::string_view key);

}  // namespace modelc::semantic
