#include <map>

#include "parse/semantic/checks.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

void check_unique_labels(const std::vector<const Node*>& nodes, const std::string& kind, Issues& issues) {
  std::map<std::string, std::string> owner;
  for (const Node* node : nodes) {
    Value label = node->semantic->manifest_entry.get("label");
    if (!label.is_string()) continue;
    auto [first, is_new] = owner.emplace(label.as_string(), node->name);
    if (!is_new)
      issues.error(node, "Can't use label `" + label.as_string() + "` for  " + kind + " `" + node->name +
                             "` as it's already used for " + kind + " `" + first->second + "`");
  }
}

void check_element_labels(const Node& model, std::string_view key, const std::string& one, Issues& issues) {
  std::vector<std::string> order;
  std::map<std::string, int> counts;
  for (const Value& element : elements(model, key)) {
    std::string label = element.get_string("label");
    if (!element.get("label").is_string()) continue;
    if (++counts[label] == 1) order.push_back(label);
  }
  for (const std::string& label : order)
    if (counts[label] > 1)
      issues.error(&model, one + " labels must be unique within a semantic model. The label `" + label +
                               "` was used for " + std::to_string(counts[label]) + " " + std::string(key) +
                               " on semantic model `" + model.name);
}

}  // namespace

void check_metric_labels(const View& view, Issues& issues) { check_unique_labels(view.metrics, "metric", issues); }

void check_model_labels(const View& view, Issues& issues) {
  check_unique_labels(view.models, "semantic model", issues);
  for (const Node* model : view.models) {
    check_element_labels(*model, "dimensions", "Dimension", issues);
    check_element_labels(*model, "entities", "Entity", issues);
    check_element_labels(*model, "measures", "Measure", issues);
  }
}

/// An entity of several semantic models is one thing: where it has labels, they agree.
void check_entity_labels(const View& view, Issues& issues) {
  struct Labelled {
    std::string model, label;
  };
  std::map<std::string, Labelled> known;
  for (const Node* model : view.models) {
    for (const Value& entity : elements(*model, "entities")) {
      std::string name = entity.get_string("name");
      Value label = entity.get("label");
      if (!label.is_string()) continue;
      auto [first, is_new] = known.emplace(name, Labelled{model->name, label.as_string()});
      if (is_new || first->second.label == label.as_string()) continue;
      issues.error(model, "Entities with the same name must have the same label or the label must be `None`. Entity `" +
                              name + "` on semantic model `" + model->name + "` has label `" + label.as_string() +
                              "` but the same entity on semantic model `" + first->second.model + "`");
    }
  }
}

}  // namespace modelc::semantic
