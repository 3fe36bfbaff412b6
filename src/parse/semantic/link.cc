#include <algorithm>

#include "base/text.h"
#include "manifest/find.h"
#include "parse/semantic/semantic.h"

namespace modelc {

using jinja::Value;

namespace {

/// Semantic models by the names of their measures, as dbt's lookup sees them: of one package the last one that has the
/// measure, disabled ones after enabled ones.
class MeasureIndex {
 public:
  explicit MeasureIndex(const Manifest& manifest) {
    for (const Node& node : manifest.nodes) add(node);
    for (const Node& node : manifest.disabled) add(node);
  }
  /// Null when no semantic model has the measure. One that is not in the graph has the id no_id.
  const Node* find(const std::string& measure, const std::string& root, const std::string& package) const {
    auto found = by_measure_.find(measure);
    if (found == by_measure_.end()) return nullptr;
    for (const std::string& wanted : {root, package})
      for (const Node* model : found->second)
        if (model->package_name == wanted) return model;
    return found->second.front();
  }

 private:
  void add(const Node& node) {
    if (node.resource_type != ResourceType::semantic_model) return;
    for (const Value& measure : node.semantic->manifest_entry.get("measures").as_list()) {
      std::vector<const Node*>& models = by_measure_[measure.get_string("name")];
      auto same = std::find_if(models.begin(), models.end(),
                               [&](const Node* other) { return other->package_name == node.package_name; });
      if (same == models.end()) {
        models.push_back(&node);
      } else {
        *same = &node;
      }
    }
  }

  NameMap<std::vector<const Node*>> by_measure_;  // one a package
};

class SemanticLinker {
 public:
  SemanticLinker(ParseState& state, Manifest& manifest) : state_(state), manifest_(manifest), measures_(manifest) {}

  void run() {
    for (Node& node : manifest_.nodes) {
      if (!node.semantic) continue;
      try {
        if (node.resource_type == ResourceType::metric) link_metric(node, 0);
        if (node.resource_type == ResourceType::semantic_model) link_model(node);
        write_dependencies(node);
      } catch (const Error& error) {
        state_.errors.push_back(error.diagnostic());
      }
    }
  }

 private:
  static void depend(Node& node, NodeId id) {
    if (std::find(node.depends_on.begin(), node.depends_on.end(), id) == node.depends_on.end())
      node.depends_on.push_back(id);
  }

  static void add_measure(Value params, const Value& measure) {
    for (const Value& present : params.get("input_measures").as_list())
      if (jinja::equals(present, measure)) return;
    params.get("input_measures").as_list().push_back(measure);
  }

  [[noreturn]] static void fail(const Node& metric, std::string message, std::string hint = {}) {
    fail_parsing("parse/metric", std::move(message), draft_subject(metric), metric.declared_at, std::move(hint));
  }

  /// dbt: _process_metric_node. Metrics over metrics are linked first; a circle ends at the depth bound.
  void link_metric(Node& metric, int depth) {
    Value entry = metric.semantic->manifest_entry;
    Value params = entry.get("type_params");
    if (!params.get("input_measures").as_list().empty()) return;
    if (depth > 200) fail(metric, "The metric `" + metric.name + "` depends on itself.");
    std::string type = entry.get_string("type");
    if (type == "simple" || type == "cumulative") {
      if (!params.get("measure").is_dict())
        fail(metric, metric.name + " should have a measure defined, but it does not.");
      add_measure(params, params.get("measure"));
      link_measures(metric, params);
    } else if (type == "conversion") {
      Value conversion = params.get("conversion_type_params");
      if (!conversion.is_dict())
        fail(metric, metric.name + " is a conversion metric and must have conversion_type_params defined.");
      add_measure(params, conversion.get("base_measure"));
      add_measure(params, conversion.get("conversion_measure"));
      link_measures(metric, params);
    } else {
      link_inputs(metric, type, params, depth);
    }
    write_dependencies(metric);
  }

  void link_inputs(Node& metric, const std::string& type, const Value& params, int depth) {
    std::vector<Value> inputs = params.get("metrics").as_list();
    if (type == "ratio") {
      if (!params.get("numerator").is_dict() || !params.get("denominator").is_dict())
        fail(metric, "Invalid ratio metric. Both a numerator and denominator must be specified");
      inputs = {params.get("numerator"), params.get("denominator")};
    }
    for (const Value& input : inputs) {
      std::string name = input.get_string("name");
      Manifest::RefResult found = resolve_metric(manifest_, name, std::nullopt, metric.package_name);
      if (found.status == Manifest::Lookup::disabled)
        fail(metric, "The metric `" + name + "` is disabled and thus cannot be referenced.");
      if (found.status == Manifest::Lookup::missing)
        fail(metric, "The metric `" + name + "` does not exist but was referenced by metric `" + metric.name + "`.",
             similar_metric(name));
      Node& target = manifest_.nodes[found.id];
      link_metric(target, depth + 1);
      std::vector<Value> measures = target.semantic->manifest_entry.get("type_params").get("input_measures").as_list();
      for (const Value& measure : measures) add_measure(params, measure);
      depend(metric, target.id);
    }
  }

  std::string similar_metric(const std::string& name) const {
    std::vector<std::string> known;
    for (const Node& node : manifest_.nodes)
      if (node.resource_type == ResourceType::metric) known.push_back(node.name);
    std::string close = closest_match(name, known);
    return close.empty() ? close : "Did you mean '" + close + "'?";
  }

  void link_measures(Node& metric, const Value& params) {
    for (const Value& measure : params.get("input_measures").as_list()) {
      std::string name = measure.get_string("name");
      const Node* model = measures_.find(name, state_.root_name, metric.package_name);
      if (!model) fail(metric, "A semantic model having a measure `" + name + "` does not exist but was referenced.");
      if (!model->config.get_bool("enabled", true))
        fail(metric, "The measure `" + name + "` is referenced on disabled semantic model `" + model->name + "`.");
      depend(metric, model->id);
    }
  }

  void link_model(Node& node) {
    if (node.depends_on.empty()) return;
    const Node& model = manifest_.nodes[node.depends_on[0]];
    auto text = [](const std::string& s) { return s.empty() ? Value::none() : Value(s); };
    node.semantic->manifest_entry.as_dict().set("node_relation",
                                                Value::dict({{"alias", Value(model.alias)},
                                                             {"schema_name", Value(model.schema)},
                                                             {"database", text(model.database)},
                                                             {"relation_name", text(model.relation_name)}}));
  }

  void write_dependencies(const Node& node) {
    Value nodes = Value::list();
    for (NodeId id : node.depends_on) nodes.as_list().push_back(Value(manifest_.nodes[id].unique_id));
    node.semantic->manifest_entry.as_dict().set("depends_on",
                                                Value::dict({{"macros", Value::list()}, {"nodes", nodes}}));
  }

  ParseState& state_;
  Manifest& manifest_;
  MeasureIndex measures_;
};

}  // namespace

void link_semantic(ParseState& state, Manifest& manifest) { SemanticLinker(state, manifest).run(); }

}  // namespace modelc
