#include "parse/semantic.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "parse/config_builder.h"
#include "parse/patches.h"
#include "parse/schema_yaml.h"
#include "parse/sql_nodes.h"
#include "parse/yaml_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }
Value or_default(const Value& v, Value fallback) { return v.is_undefined() ? fallback : v; }
Value list_or_empty(const Value& v) { return v.is_list() ? v : Value::list(); }
Value text_or_none(const Value& v) { return v.is_undefined() || v.is_none() ? Value::none() : Value(jinja::to_str(v)); }

void check_choice(const YamlEntry& entry, const Value& value, std::string_view what,
                  std::initializer_list<std::string_view> choices, const std::vector<std::string>& path) {
  for (std::string_view choice : choices)
    if (value.is_string() && value.as_string() == choice) return;
  fail_entry(entry, jinja::to_repr(value) + " is not a valid " + std::string(what), yaml_place(entry, path));
}

/// dbt: parse_where_filter.
Value where_filter(const Value& given) {
  if (given.is_undefined() || given.is_none()) return Value::none();
  Value filters = Value::list();
  for (const Value& text : given.is_list() ? given.as_list() : std::vector<Value>{given})
    filters.as_list().push_back(Value::dict({{"where_sql_template", text}}));
  return Value::dict({{"where_filters", filters}});
}

bool is_granularity(const std::string& name) {
  for (std::string_view known : {"nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week",
                                 "month", "quarter", "year"})
    if (name == known) return true;
  return false;
}

Value time_window(const YamlEntry& entry, const Value& given) {
  if (given.is_undefined() || given.is_none()) return Value::none();
  std::string text = jinja::to_str(given);
  std::string lower = to_lower(text);
  std::vector<std::string_view> parts = split(lower, ' ');
  auto fail = [&](const std::string& reason) {
    fail_parsing("parse/metric-window",
                 "Invalid window config given in " + entry.file->source->path +
                     " @ window: " + jinja::to_repr(Value::dict({{"window", given}})) + " - " + reason,
                 {}, entry.span());
  };
  if (parts.size() != 2)
    fail("Invalid window (" + text +
         ") in cumulative/conversion metric. Should be of the form `<count> <granularity>`, e.g., `28 days`");
  std::string granularity(parts[1]);
  if (granularity.ends_with('s') && is_granularity(granularity.substr(0, granularity.size() - 1)))
    granularity.pop_back();
  if (parts[0].empty() || parts[0].find_first_not_of("0123456789") != std::string_view::npos)
    fail("Invalid count (" + std::string(parts[0]) + ") in cumulative/conversion metric window string: (" + text + ")");
  return Value::dict(
      {{"count", Value(static_cast<int64_t>(std::stoll(std::string(parts[0]))))}, {"granularity", Value(granularity)}});
}

Value input_measure(const Value& given) {
  if (given.is_undefined() || given.is_none()) return Value::none();
  bool plain = given.is_string();
  return Value::dict(
      {{"name", plain ? given : given.get("name")},
       {"filter", plain ? Value::none() : where_filter(given.get("filter"))},
       {"alias", plain ? Value::none() : or_none(given.get("alias"))},
       {"join_to_timespine", plain ? Value(false) : or_default(given.get("join_to_timespine"), Value(false))},
       {"fill_nulls_with", plain ? Value::none() : or_none(given.get("fill_nulls_with"))}});
}

Value metric_input(const YamlEntry& entry, const Value& given) {
  if (given.is_undefined() || given.is_none()) return Value::none();
  bool plain = given.is_string();
  return Value::dict({{"name", plain ? given : given.get("name")},
                      {"filter", plain ? Value::none() : where_filter(given.get("filter"))},
                      {"alias", plain ? Value::none() : or_none(given.get("alias"))},
                      {"offset_window", plain ? Value::none() : time_window(entry, given.get("offset_window"))},
                      {"offset_to_grain", plain ? Value::none() : or_none(given.get("offset_to_grain"))}});
}

Value metric_type_params(const YamlEntry& entry, const std::string& type, const Value& given) {
  Value metrics = Value::list();
  for (const Value held = list_or_empty(given.get("metrics")); const Value& metric : held.as_list())
    metrics.as_list().push_back(metric_input(entry, metric));
  Value conversion = Value::none();
  if (Value c = given.get("conversion_type_params"); c.is_dict()) {
    Value calculation = or_default(c.get("calculation"), Value("conversion_rate"));
    check_choice(entry, calculation, "ConversionCalculationType", {"conversions", "conversion_rate"},
                 {"type_params", "conversion_type_params", "calculation"});
    conversion = Value::dict({{"base_measure", input_measure(c.get("base_measure"))},
                              {"conversion_measure", input_measure(c.get("conversion_measure"))},
                              {"entity", c.get("entity")},
                              {"calculation", calculation},
                              {"window", time_window(entry, c.get("window"))},
                              {"constant_properties", or_none(c.get("constant_properties"))}});
  }
  Value cumulative = Value::none();
  if (to_lower(type) == "cumulative") {
    Value c = given.get("cumulative_type_params");
    auto either = [&](std::string_view key) {
      Value own = c.get(key);
      return jinja::truth(own) ? own : or_none(given.get(key));
    };
    Value period = or_default(c.get("period_agg"), Value("first"));
    check_choice(entry, period, "PeriodAggregation", {"first", "last", "average"},
                 {"type_params", "cumulative_type_params", "period_agg"});
    cumulative = Value::dict({{"window", time_window(entry, either("window"))},
                              {"grain_to_date", either("grain_to_date")},
                              {"period_agg", period},
                              {"metric", Value::none()}});
  }
  return Value::dict({{"measure", input_measure(given.get("measure"))},
                      {"input_measures", Value::list()},
                      {"numerator", metric_input(entry, given.get("numerator"))},
                      {"denominator", metric_input(entry, given.get("denominator"))},
                      {"expr", text_or_none(given.get("expr"))},
                      {"window", time_window(entry, given.get("window"))},
                      {"grain_to_date", or_none(given.get("grain_to_date"))},
                      {"metrics", metrics},
                      {"conversion_type_params", conversion},
                      {"cumulative_type_params", cumulative},
                      {"metric_aggregation_params", Value::none()}});
}

std::string place_in(const YamlEntry& entry, ResourceType type, const std::string& name) {
  return std::string(resource_type_name(type)) + "." + entry.file->package->project.name + "." + name;
}

Value strings(const std::vector<std::string>& items) {
  return Value::list(std::vector<Value>(items.begin(), items.end()));
}

Value no_dependencies() { return Value::dict({{"macros", Value::list()}, {"nodes", Value::list()}}); }

class SemanticBuilder {
 public:
  SemanticBuilder(ParseState& state, const YamlEntry& entry) : state_(state), entry_(entry) {}

  void build(std::vector<DraftPtr>& out) {
    if (entry_.key == "metrics") {
      check_metric_name(entry_.name);
      out.push_back(metric(entry_.data));
    } else if (entry_.key == "semantic_models") {
      semantic_model(out);
    } else {
      out.push_back(saved_query());
    }
  }

 private:
  DraftPtr make(ResourceType type, const std::string& name, const Value& config_patch) {
    auto draft = std::make_unique<Draft>();
    draft->package = entry_.file->package;
    draft->entry = &entry_;
    Node& node = draft->node;
    node.resource_type = type;
    node.semantic = std::make_unique<SemanticPart>();
    node.name = name;
    node.package_name = entry_.file->package->project.name;
    node.unique_id = place_in(entry_, type, name);
    node.path = entry_.file->source->relative_path;
    node.original_file_path = entry_.file->source->path;
    node.fqn = {node.package_name};
    std::vector<std::string_view> folders = split(node.path, '/');
    for (size_t i = 0; i + 1 < folders.size(); ++i) node.fqn.emplace_back(folders[i]);
    node.fqn.push_back(name);
    node.declared_at = entry_.span();
    node.created_at = state_.created_at;
    node.checksum_name.clear();
    node.config = build_config(state_, *draft->package, type, node.fqn, config_patch, Value());
    node.unrendered_config = build_unrendered_config(state_, *draft->package, type, node.fqn, config_patch, Value());
    draft->enabled = node.config.get_bool("enabled", true);
    if (std::string group = node.config.get_string("group"); !group.empty()) node.group = group;
    node.meta = node.config.get("meta");
    return draft;
  }

  Value start(const Node& node) const {
    return Value::dict({{"name", Value(node.name)},
                        {"resource_type", Value(resource_type_name(node.resource_type))},
                        {"package_name", Value(node.package_name)},
                        {"path", Value(node.path)},
                        {"original_file_path", Value(node.original_file_path)},
                        {"unique_id", Value(node.unique_id)},
                        {"fqn", strings(node.fqn)}});
  }

  Value group_of(const Node& node) const { return node.group ? Value(*node.group) : Value::none(); }

  std::string described(const Node& node, const Value& text, std::vector<std::string> path) {
    return render_description(state_, text.is_string() ? text.as_string() : std::string(), node, nullptr,
                              yaml_place(entry_, path));
  }

  Value described_or_none(const Node& node, const Value& text, std::vector<std::string> path) {
    return text.is_string() ? Value(described(node, text, std::move(path))) : Value::none();
  }

  void check_metric_name(const std::string& name) {
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

  DraftPtr metric(const Value& data) {
    std::string name = data.get_string("name"), type = data.get_string("type");
    check_choice(entry_, data.get("type"), "MetricType", {"simple", "ratio", "cumulative", "derived", "conversion"},
                 {"type"});
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
    out.set("type", Value(type));
    out.set("type_params", metric_type_params(entry_, type, data.get("type_params")));
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

  Value element_config(const Value& element, const Node& node) const {
    Value meta = Value::dict();
    for (const Value& level : {node.config.get("meta"), element.get("config").get("meta")})
      if (level.is_dict()) meta.as_dict().update(level.as_dict());
    return Value::dict({{"meta", meta}});
  }

  template <class Make>
  Value each(std::string_view key, Make make) {
    Value out = Value::list();
    std::vector<Value> items = list_or_empty(entry_.data.get(key)).as_list();
    for (size_t i = 0; i < items.size(); ++i)
      out.as_list().push_back(make(items[i], std::vector<std::string>{std::string(key), std::to_string(i)}));
    return out;
  }

  static std::vector<std::string> with(std::vector<std::string> path, std::string_view key) {
    path.emplace_back(key);
    return path;
  }

  Value entity(const Node& node, const Value& e, const std::vector<std::string>& path) {
    check_choice(entry_, e.get("type"), "EntityType", {"foreign", "natural", "primary", "unique"}, with(path, "type"));
    return Value::dict({{"name", e.get("name")},
                        {"type", e.get("type")},
                        {"description", described_or_none(node, e.get("description"), with(path, "description"))},
                        {"label", or_none(e.get("label"))},
                        {"role", or_none(e.get("role"))},
                        {"expr", or_none(e.get("expr"))},
                        {"config", element_config(e, node)}});
  }

  Value dimension(const Node& node, const Value& d, const std::vector<std::string>& path) {
    check_choice(entry_, d.get("type"), "DimensionType", {"categorical", "time"}, with(path, "type"));
    Value params = Value::none();
    if (Value given = d.get("type_params"); given.is_dict()) {
      Value validity = Value::none();
      if (Value v = given.get("validity_params"); v.is_dict())
        validity = Value::dict({{"is_start", or_default(v.get("is_start"), Value(false))},
                                {"is_end", or_default(v.get("is_end"), Value(false))}});
      std::string granularity = given.get_string("time_granularity");
      if (!is_granularity(granularity))
        fail_entry(entry_, "'" + granularity + "' is not a valid TimeGranularity",
                   yaml_place(entry_, with(path, "type_params")));
      params = Value::dict({{"time_granularity", given.get("time_granularity")}, {"validity_params", validity}});
    }
    return Value::dict({{"name", d.get("name")},
                        {"type", d.get("type")},
                        {"description", described_or_none(node, d.get("description"), with(path, "description"))},
                        {"label", or_none(d.get("label"))},
                        {"is_partition", or_default(d.get("is_partition"), Value(false))},
                        {"type_params", params},
                        {"expr", or_none(d.get("expr"))},
                        {"metadata", Value::none()},
                        {"config", element_config(d, node)}});
  }

  void check_aggregation(const Value& aggregation, const std::vector<std::string>& path) {
    check_choice(entry_, aggregation, "AggregationType",
                 {"sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count"},
                 path);
  }

  Value measure(const Node& node, const Value& m, const std::vector<std::string>& path) {
    check_aggregation(m.get("agg"), with(path, "agg"));
    Value agg_params = Value::none();
    if (Value p = m.get("agg_params"); p.is_dict())
      agg_params =
          Value::dict({{"percentile", or_none(p.get("percentile"))},
                       {"use_discrete_percentile", or_default(p.get("use_discrete_percentile"), Value(false))},
                       {"use_approximate_percentile", or_default(p.get("use_approximate_percentile"), Value(false))}});
    Value non_additive = Value::none();
    if (Value n = m.get("non_additive_dimension"); n.is_dict()) {
      check_aggregation(n.get("window_choice"), with(path, "non_additive_dimension"));
      non_additive = Value::dict({{"name", n.get("name")},
                                  {"window_choice", n.get("window_choice")},
                                  {"window_groupings", list_or_empty(n.get("window_groupings"))}});
    }
    return Value::dict({{"name", m.get("name")},
                        {"agg", m.get("agg")},
                        {"description", described_or_none(node, m.get("description"), with(path, "description"))},
                        {"label", or_none(m.get("label"))},
                        {"create_metric", Value(false)},  // dbt does not keep it either
                        {"expr", text_or_none(m.get("expr"))},
                        {"agg_params", agg_params},
                        {"non_additive_dimension", non_additive},
                        {"agg_time_dimension", or_none(m.get("agg_time_dimension"))},
                        {"config", element_config(m, node)}});
  }

  void semantic_model(std::vector<DraftPtr>& result) {
    const Value& data = entry_.data;
    DraftPtr draft = make(ResourceType::semantic_model, entry_.name, data.get("config"));
    Node& node = draft->node;
    Span model_span = yaml_place(entry_, {"model"});
    RefOrSource target = parse_ref_or_source(state_.invocation, data.get_string("model"), model_span);
    if (target.ref) node.refs.push_back(*target.ref);
    Value refs = Value::list();
    for (const RefArgs& ref : node.refs)
      refs.as_list().push_back(Value::dict({{"name", Value(ref.name)},
                                            {"package", ref.package ? Value(*ref.package) : Value::none()},
                                            {"version", or_none(ref.version)}}));
    Value description = described_or_none(node, data.get("description"), {"description"});
    node.description = description.is_string() ? description.as_string() : std::string();
    Value entry = start(node);
    auto& out = entry.as_dict();
    out.set("model", data.get("model"));
    out.set("node_relation", Value::none());
    out.set("description", description);
    out.set("label", or_none(data.get("label")));
    out.set("defaults",
            data.get("defaults").is_dict()
                ? Value::dict({{"agg_time_dimension", or_none(data.get("defaults").get("agg_time_dimension"))}})
                : Value::none());
    out.set("entities", each("entities", [&](const Value& e, const auto& path) { return entity(node, e, path); }));
    out.set("measures", each("measures", [&](const Value& m, const auto& path) { return measure(node, m, path); }));
    out.set("dimensions",
            each("dimensions", [&](const Value& d, const auto& path) { return dimension(node, d, path); }));
    out.set("metadata", Value::none());
    out.set("depends_on", no_dependencies());
    out.set("refs", refs);
    out.set("created_at", Value(node.created_at));
    out.set("config", node.config);
    out.set("unrendered_config", node.unrendered_config);
    out.set("primary_entity", or_none(data.get("primary_entity")));
    out.set("group", group_of(node));
    node.semantic->manifest_entry = entry;
    bool enabled = draft->enabled;
    Value meta = node.config.get("meta");
    result.push_back(std::move(draft));
    for (const Value held = list_or_empty(data.get("measures")); const Value& m : held.as_list())
      if (m.get_bool("create_metric")) result.push_back(metric_of_measure(m, enabled, meta));
  }

  DraftPtr metric_of_measure(const Value& m, bool enabled, const Value& meta) {
    std::string name = m.get_string("name");
    Value expr = m.get("expr");
    Value data = Value::dict(
        {{"name", Value(name)},
         {"label", jinja::truth(m.get("label")) ? m.get("label") : Value(name)},
         {"type", Value("simple")},
         {"type_params", Value::dict({{"measure", Value(name)}, {"expr", jinja::truth(expr) ? expr : Value(name)}})},
         {"description",
          jinja::truth(m.get("description")) ? m.get("description") : Value("Metric created from measure " + name)},
         {"config", Value::dict({{"enabled", Value(enabled)}, {"meta", meta}})}});
    return metric(data);
  }

  DraftPtr saved_query() {
    const Value& data = entry_.data;
    DraftPtr draft = make(ResourceType::saved_query, entry_.name, data.get("config"));
    Node& node = draft->node;
    std::vector<std::string> tags;
    for (const Value& given : {data.get("tags"), node.config.get("tags")}) {
      std::vector<Value> items = given.is_list()     ? given.as_list()
                                 : given.is_string() ? std::vector<Value>{given}
                                                     : std::vector<Value>();
      for (const Value& tag : items) tags.push_back(jinja::to_str(tag));
    }
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    node.tags = tags;
    Value query = data.get("query_params");
    for (const Value held = list_or_empty(query.get("metrics")); const Value& metric : held.as_list())
      node.metrics.push_back({jinja::to_str(metric)});
    Value description = described_or_none(node, data.get("description"), {"description"});
    node.description = description.is_string() ? description.as_string() : std::string();
    Value entry = start(node);
    auto& out = entry.as_dict();
    out.set("query_params", Value::dict({{"metrics", list_or_empty(query.get("metrics"))},
                                         {"group_by", list_or_empty(query.get("group_by"))},
                                         {"where", where_filter(query.get("where"))},
                                         {"order_by", list_or_empty(query.get("order_by"))},
                                         {"limit", or_none(query.get("limit"))}}));
    out.set("exports", exports(*draft));
    out.set("description", description);
    out.set("label", or_none(data.get("label")));
    out.set("metadata", Value::none());
    out.set("config", node.config);
    out.set("unrendered_config", node.unrendered_config);
    out.set("group", group_of(node));
    out.set("depends_on", no_dependencies());
    out.set("created_at", Value(node.created_at));
    out.set("refs", Value::list());
    out.set("tags", strings(tags));
    node.semantic->manifest_entry = entry;
    return draft;
  }

  /// An export is named by the same macros as a node.
  Value exports(const Draft& query) {
    return each("exports", [&](const Value& e, const std::vector<std::string>& path) {
      Value config = e.get("config");
      auto given = [&](std::string_view key) {
        Value own = config.get(key);
        return own.is_undefined() ? or_none(query.node.config.get(key)) : own;
      };
      Value as = given("export_as");
      if (!as.is_none())
        check_choice(entry_, as, "ExportDestinationType", {"table", "view"}, with(with(path, "config"), "export_as"));
      Draft scratch;
      scratch.package = query.package;
      scratch.node.resource_type = ResourceType::saved_query;
      scratch.node.name = e.get_string("name");
      scratch.node.package_name = query.node.package_name;
      scratch.node.original_file_path = query.node.original_file_path;
      Value schema = given("schema_name");
      if (schema.is_none()) schema = given("schema");
      Value names =
          Value::dict({{"schema", given("schema")}, {"alias", given("alias")}, {"database", given("database")}});
      generate_names(state_, scratch, names);
      Value alias = given("alias");
      return Value::dict(
          {{"name", e.get("name")},
           {"config", Value::dict({{"export_as", as},
                                   {"schema_name", jinja::truth(schema) ? schema : Value(scratch.node.schema)},
                                   {"alias", jinja::truth(alias) ? alias : Value(scratch.node.alias)},
                                   {"database", Value(scratch.node.database)}})},
           {"unrendered_config", config.is_dict() ? config : Value::dict()}});
    });
  }

  ParseState& state_;
  const YamlEntry& entry_;
};

// ---- linking -----------------------------------------------------------------------------------------------------

class SemanticLinker {
 public:
  SemanticLinker(ParseState& state, Manifest& manifest) : state_(state), manifest_(manifest) {
    for (Node& node : manifest_.nodes) {
      if (node.resource_type == ResourceType::metric) metrics_[node.name].push_back(&node);
      if (node.resource_type != ResourceType::semantic_model) continue;
      for (const Value& measure : node.semantic->manifest_entry.get("measures").as_list())
        by_measure_[measure.get_string("name")].push_back(&node);
    }
    for (const Node& node : manifest_.disabled) {
      if (node.resource_type == ResourceType::metric) disabled_metrics_[node.name] = &node;
      if (node.resource_type != ResourceType::semantic_model) continue;
      for (const Value& measure : node.semantic->manifest_entry.get("measures").as_list())
        disabled_by_measure_[measure.get_string("name")] = &node;
    }
  }

  void run() {
    bool any = false;
    for (Node& node : manifest_.nodes) {
      if (!node.semantic) continue;
      any = true;
      try {
        if (node.resource_type == ResourceType::metric) link_metric(node, 0);
        if (node.resource_type == ResourceType::semantic_model) link_model(node);
        write_dependencies(node);
      } catch (const Error& error) {
        state_.errors.push_back(error.diagnostic());
      }
    }
    if (any && !by_measure_.empty()) check_time_spine();
  }

 private:
  template <class Index>
  static Node* closest(const Index& index, const std::string& name, const std::string& root,
                       const std::string& package) {
    auto found = index.find(name);
    if (found == index.end()) return nullptr;
    for (const std::string& wanted : {root, package})
      for (Node* node : found->second)
        if (node->package_name == wanted) return node;
    return found->second.front();
  }

  static void depend(Node& node, NodeId id) {
    if (std::find(node.depends_on.begin(), node.depends_on.end(), id) == node.depends_on.end())
      node.depends_on.push_back(id);
  }

  static void add_measure(Value params, const Value& measure) {
    for (const Value& present : params.get("input_measures").as_list())
      if (jinja::equals(present, measure)) return;
    params.get("input_measures").as_list().push_back(measure);
  }

  [[noreturn]] static void fail(const Node& metric, std::string message) {
    fail_parsing("parse/metric", std::move(message), draft_subject(metric), metric.declared_at);
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
      Node* target = closest(metrics_, name, state_.root_name, metric.package_name);
      if (!target && disabled_metrics_.contains(name))
        fail(metric, "The metric `" + name + "` is disabled and thus cannot be referenced.");
      if (!target)
        fail(metric, "The metric `" + name + "` does not exist but was referenced by metric `" + metric.name + "`.");
      link_metric(*target, depth + 1);
      std::vector<Value> measures = target->semantic->manifest_entry.get("type_params").get("input_measures").as_list();
      for (const Value& measure : measures) add_measure(params, measure);
      depend(metric, target->id);
    }
  }

  void link_measures(Node& metric, const Value& params) {
    for (const Value& measure : params.get("input_measures").as_list()) {
      std::string name = measure.get_string("name");
      Node* model = closest(by_measure_, name, state_.root_name, metric.package_name);
      if (model) {
        depend(metric, model->id);
        continue;
      }
      auto disabled = disabled_by_measure_.find(name);
      if (disabled != disabled_by_measure_.end())
        fail(metric,
             "The measure `" + name + "` is referenced on disabled semantic model `" + disabled->second->name + "`.");
      fail(metric, "A semantic model having a measure `" + name + "` does not exist but was referenced.");
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

  /// dbt: SemanticManifest: a day must be there to join on.
  void check_time_spine() {
    static constexpr std::string_view small[] = {"nanosecond", "microsecond", "millisecond", "second",
                                                 "minute",     "hour",        "day"};
    bool found = false, day = false, legacy = false;
    for (const Node& node : manifest_.nodes) {
      if (!node.model) continue;
      if (node.name == "metricflow_time_spine") legacy = found = true;
      if (!node.model->time_spine.is_dict()) continue;
      std::string wanted = node.model->time_spine.get_string("standard_granularity_column");
      for (const ColumnInfo& column : node.columns) {
        if (column.name != wanted || !column.granularity) continue;
        day |= *column.granularity == "day";
        found |= std::find(std::begin(small), std::end(small), *column.granularity) != std::end(small);
      }
    }
    if (!found) {
      Diagnostic d;
      d.kind = ErrorKind::parsing;
      d.code = "parse/time-spine";
      d.message =
          "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was "
          "found. "
          "Guidance on creating this model can be found on our docs site "
          "(https://docs.getdbt.com/docs/build/metricflow-time-spine).";
      state_.errors.push_back(std::move(d));
    } else if (legacy && !day && !metrics_.empty() &&
               !state_.behavior("require_yaml_configuration_for_mf_time_spines")) {
      warn_deprecation(
          state_, "MFTimespineWithoutYamlConfigurationDeprecation", "D018",
          "[WARNING]: Time spines without YAML configuration are in the process of deprecation. Please add YAML "
          "configuration for your 'metricflow_time_spine' model. See documentation on MetricFlow time spines: "
          "https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change documentation: "
          "https://docs.getdbt.com/reference/global-configs/behavior-changes.");
    }
  }

  ParseState& state_;
  Manifest& manifest_;
  NameMap<std::vector<Node*>> metrics_, by_measure_;
  NameMap<const Node*> disabled_metrics_, disabled_by_measure_;
};

}  // namespace

std::vector<DraftPtr> build_semantic(ParseState& state, const std::vector<SchemaFile>& files) {
  std::vector<DraftPtr> out;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "metrics" && entry->key != "semantic_models" && entry->key != "saved_queries") continue;
      try {
        SemanticBuilder(state, *entry).build(out);
      } catch (Error& error) {
        if (!error.diagnostic().span) error.diagnostic().span = entry->span();
        state.errors.push_back(error.diagnostic());
      }
    }
  }
  return out;
}

void link_semantic(ParseState& state, Manifest& manifest) { SemanticLinker(state, manifest).run(); }

}  // namespace modelc
