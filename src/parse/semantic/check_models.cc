#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "parse/semantic/checks.h"
#include "parse/semantic/values.h"

namespace modelc::semantic {

using jinja::Value;

namespace {

std::vector<std::string> names_of(const std::vector<Value>& items) {
  std::vector<std::string> names;
  for (const Value& item : items) names.push_back(item.get_string("name"));
  return names;
}

std::vector<std::string> entities_of_type(const Node& model, std::initializer_list<std::string_view> types) {
  std::vector<std::string> names;
  for (const Value& entity : elements(model, "entities"))
    if (std::find(types.begin(), types.end(), entity.get_string("type")) != types.end())
      names.push_back(entity.get_string("name"));
  return names;
}

Value validity(const Value& dimension) { return dimension.get("type_params").get("validity_params"); }

std::vector<Value> window_dimensions(const Node& model) {
  std::vector<Value> out;
  for (const Value& dimension : elements(model, "dimensions"))
    if (validity(dimension).is_dict()) out.push_back(dimension);
  return out;
}

/// A validity window is two time dimensions, its start and its end.
void check_window_bounds(const Node& model, const std::vector<Value>& window, Issues& issues) {
  static const std::string requirements =
      "Semantic models using dimension validity params to define a validity window must have exactly two time "
      "dimensions with validity params specified - one marked `is_start` and the other marked `is_end`.";
  std::vector<std::string> names = names_of(window), starts, ends;
  for (const Value& dimension : window) {
    if (validity(dimension).get_bool("is_start")) starts.push_back(dimension.get_string("name"));
    if (validity(dimension).get_bool("is_end")) ends.push_back(dimension.get_string("name"));
  }
  if (window.size() == 1 && starts.size() == 1 && ends.size() == 1) {
    issues.error(&model, "Semantic model " + model.name +
                             " has a single validity param dimension that defines its window: `" + names[0] +
                             "`. This is not a currently supported configuration! " + requirements +
                             " If you have one column defining a window, as in a daily snapshot table, you can define "
                             "a separate dimension and increment the time value in the `expr` field as a work-around.");
  } else if (window.size() != 2) {
    issues.error(&model, "Semantic model " + model.name + " has " + std::to_string(window.size()) +
                             " dimensions defined with validity params. They are: " + list_repr(names) +
                             ". There must be either zero or two! If you wish to define a validity window for this "
                             "semantic model, please follow these requirements: " +
                             requirements);
  } else if (starts.size() != 1 || ends.size() != 1) {
    issues.error(&model, "Semantic model " + model.name +
                             " has two validity param dimensions defined, but does not have exactly one each marked "
                             "with is_start and is_end! Dimensions: " +
                             list_repr(names) + ". is_start dimensions: []. is_end dimensions: " + list_repr(ends) +
                             ". " + requirements);
  }
}

const Node* first_with(const View& view, std::string_view key, const std::string& name) {
  for (const Node* model : view.models)
    if (element_named(*model, key, name)) return model;
  return nullptr;
}

std::string spine_granularity(const Node& spine) {
  std::string wanted = spine.model->time_spine.get_string("standard_granularity_column");
  for (const ColumnInfo& column : spine.columns)
    if (column.name == wanted) return column.granularity.value_or("");
  return {};
}

}  // namespace

void check_validity_windows(const View& view, Issues& issues) {
  for (const Node* model : view.models) {
    const std::vector<Value> window = window_dimensions(*model);
    if (window.empty()) continue;
    check_window_bounds(*model, window, issues);
    const std::string start = "Semantic model " + model->name + " has ";
    std::vector<std::string> keys = entities_of_type(*model, {"primary", "unique"});
    if (entities_of_type(*model, {"natural"}).empty())
      issues.error(model, start +
                              "validity param dimensions defined, but does not have an entity with type `natural` set. "
                              "The natural key for this semantic model is what we use to process a validity window "
                              "join. Primary or unique entities, if any, might be suitable for use as natural keys: (" +
                              list_repr(keys) + ").");
    if (!keys.empty())
      issues.error(model, start +
                              "validity param dimensions defined and also has one or more entities designated as "
                              "`primary` or `unique`. This is not yet supported, as we do not currently process joins "
                              "against these key types for semantic models with validity windows specified.");
    if (const auto& measures = elements(*model, "measures"); !measures.empty())
      issues.error(model, start +
                              "both measures and validity param dimensions defined. This is not currently supported! "
                              "Please remove either the measures or the validity params. Measure names: " +
                              list_repr(names_of(measures)) +
                              ". Validity param dimension names: " + list_repr(names_of(window)) + ".");
  }
}

void check_dimensions_are_consistent(const View& view, Issues& issues) {
  std::map<std::string, Value> known;
  for (const Node* model : view.models) {
    for (const Value& dimension : elements(*model, "dimensions")) {
      std::string name = dimension.get_string("name"), type = dimension.get_string("type");
      auto [first, is_new] = known.emplace(name, dimension);
      if (is_new) continue;
      std::string other = first->second.get_string("type");
      if (other != type)
        issues.error(model, "In semantic model `" + model->name + "`, type conflict for dimension `" + name +
                                "` - already in model as type `" + member("DimensionType", other) + "` but got `" +
                                member("DimensionType", type) + "`");
      bool was = first->second.get_bool("is_partition"), is = dimension.get_bool("is_partition");
      if (was != is)
        issues.error(
            model, "In semantic model `" + model->name +
                       ", conflicting is_partition attribute for dimension `DimensionReference(element_name='" + name +
                       "')` - already in model with is_partition as `" + jinja::to_str(Value(was)) + "` but got `" +
                       jinja::to_str(Value(is)) + "``");
    }
  }
}

void check_elements_are_consistent(const View& view, Issues& issues) {
  static constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"dimension", "dimensions"}, {"entity", "entities"}, {"measure", "measures"}};  // sorted: dbt's order in texts
  std::vector<std::string> order;
  std::map<std::string, std::map<std::string_view, std::vector<std::string>>> models_by_kind;
  for (const Node* model : view.models) {
    for (std::string_view key : {"measures", "dimensions", "entities"}) {
      std::string_view kind = key == "entities" ? "entity" : key.substr(0, key.size() - 1);
      for (const Value& element : elements(*model, key)) {
        std::string name = element.get_string("name");
        if (!models_by_kind.contains(name)) order.push_back(name);
        models_by_kind[name][kind].push_back(model->name);
      }
    }
  }
  for (const std::string& name : order) {
    const auto& by_kind = models_by_kind[name];
    if (by_kind.size() < 2) continue;
    std::vector<std::string> used;
    for (const auto& [kind, models] : by_kind)
      used.push_back("<" + member("SemanticModelElementType", kind) + ": '" + std::string(kind) + "'>");
    for (const auto& [kind, key] : kinds) {
      auto found = by_kind.find(kind);
      if (found == by_kind.end()) continue;
      std::set<std::string> models(found->second.begin(), found->second.end());
      issues.error(first_with(view, key, name),
                   "In semantic models " + set_repr({models.begin(), models.end()}) + ", element `" + name +
                       "` is of type " + member("SemanticModelElementType", kind) + ", but it is used as types [" +
                       join(used, ", ") + "] across the model.");
    }
  }
}

void check_natural_entities(const View& view, Issues& issues) {
  for (const Node* model : view.models) {
    std::vector<std::string> all = entities_of_type(*model, {"natural"});
    std::set<std::string> names(all.begin(), all.end());
    std::string shown = set_repr({names.begin(), names.end()});
    if (names.size() > 1)
      issues.error(model, "Semantic models can have at most one natural entity, but semantic model `" + model->name +
                              "` has " + std::to_string(names.size()) + " distinct natural entities set! " + shown +
                              ".");
    if (!names.empty() && window_dimensions(*model).empty())
      issues.error(model,
                   "The use of `natural` entities is currently supported only in conjunction with a validity window "
                   "defined in the set of time dimensions associated with the semantic model. Semantic model `" +
                       model->name + "` uses a natural entity (" + shown + ") but does not define a validity window!");
  }
}

void check_defaults(const View& view, Issues& issues) {
  for (const Node* model : view.models) {
    Value time = model->semantic->manifest_entry.get("defaults").get("agg_time_dimension");
    if (!time.is_string() || is_time_dimension(*model, time.as_string())) continue;
    issues.error(model, "Default aggregation time dimension was specified as '" + time.as_string() +
                            "' which doesn't exist as a time dimension in semantic model named '" + model->name + "'.");
  }
}

void check_primary_entities(const View& view, Issues& issues) {
  for (const Node* model : view.models) {
    std::vector<std::string> primary = entities_of_type(*model, {"primary"});
    Value field = model->semantic->manifest_entry.get("primary_entity");
    if (primary.size() > 1) {
      issues.error(model, "Semantic models can have only one primary entity. The semantic model `" + model->name +
                              "` has " + std::to_string(primary.size()) + ": " + join(primary, ", "));
    } else if (!primary.empty() && !field.is_none()) {
      issues.error(model, "The semantic model `" + model->name + "` has an entity named `" + primary[0] +
                              "` with type primary but it also has the `primary_entity` field set to `" +
                              jinja::to_str(field) + "`. Both should not be present in the model.");
    } else if (primary.empty() && field.is_none() && !elements(*model, "dimensions").empty()) {
      issues.error(model, "The semantic model " + model->name +
                              " contains dimensions, but it does not define a primary entity. Either add an entity "
                              "with type PRIMARY or set a value for the primary_entity key.");
    }
  }
}

void check_primary_entity_pairs(const View& view, Issues& issues) {
  std::map<std::string, std::map<std::string, std::string>> pairs;
  for (const Node* model : view.models) {
    std::string entity = model->semantic->manifest_entry.get_string("primary_entity");
    std::vector<std::string> primary = entities_of_type(*model, {"primary"});
    if (entity.empty() && !primary.empty()) entity = primary[0];
    if (entity.empty()) continue;
    const bool first_of_entity = !pairs.contains(entity);
    auto& known = pairs[entity];
    for (const Value& dimension : elements(*model, "dimensions")) {
      std::string name = dimension.get_string("name");
      auto found = known.find(name);
      if (first_of_entity || found == known.end()) {
        known[name] = model->name;
        continue;
      }
      issues.error(model,
                   "Duplicate dimension + primary entity pairing detected, dimension + primary entity pairings must be "
                   "unique. Semantic model `" +
                       model->name + "` has a primary entity of `" + entity + "` and dimension `" + name +
                       "`, but this pairing is already in use on semantic model `" + found->second + "`.");
    }
  }
}

void check_time_spines(const View& view, Issues& issues) {
  if (view.time_spines.empty()) return;
  std::map<size_t, std::vector<const Node*>> by_rank;
  for (const Node* spine : view.time_spines)
    if (auto rank = granularity_rank(spine_granularity(*spine))) by_rank[*rank].push_back(spine);
  std::optional<size_t> smallest;
  for (const Node* model : view.models)
    for (const Value& dimension : elements(*model, "dimensions"))
      if (auto rank = granularity_rank(dimension.get("type_params").get_string("time_granularity")))
        smallest = std::min(*rank, smallest.value_or(*rank));
  if (!smallest) {
    issues.exception(view.time_spines[0], "running model validation to ensure that time spines are valid",
                     "ValueError: min() arg is an empty sequence");
    return;
  }
  Value duplicates = Value::dict();
  const Node* second = nullptr;
  for (const auto& [rank, spines] : by_rank) {
    if (spines.size() < 2) continue;
    if (!second) second = spines[1];
    Value names = Value::list();
    for (const Node* spine : spines) names.as_list().emplace_back(spine->relation_name);
    duplicates.as_dict().set(std::string_view(member_name(time_granularity.values[rank])), names);
  }
  if (duplicates.as_dict().size() > 0)
    issues.warning(second,
                   "Only one time spine is supported per granularity. Got duplicates: " + jinja::to_repr(duplicates));
  if (!by_rank.empty() && *smallest < by_rank.begin()->first) {
    issues.warning(view.time_spines[0],
                   "To avoid unexpected query errors, configuring a time spine at or below the smallest time "
                   "dimension granularity is recommended. Smallest time dimension granularity: " +
                       member_name(time_granularity.values[*smallest]) + "; Smallest time spine granularity: " +
                       member("TimeGranularity", time_granularity.values[by_rank.begin()->first]));
  }
}

}  // namespace modelc::semantic
