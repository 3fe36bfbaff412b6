#include "context/relation_object.h"

#include "base/text.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

Value optional_text(const std::optional<std::string>& text) { return text ? Value(*text) : Value::none(); }

/// A part of a path as a template gives it: None, undefined, or a string.
std::optional<std::string> path_part(const Value& value, std::string_view part) {
  if (value.is_undefined() || value.is_none()) return std::nullopt;
  if (value.is_string()) return value.as_string();
  throw Error(ErrorKind::compilation, "context/bad-relation",
              "Got an invalid path " + std::string(part) + ": " + jinja::to_str(value));
}

Value policy_value(const RelationPolicy& policy) {
  return Value::dict({{"database", policy.database}, {"schema", policy.schema}, {"identifier", policy.identifier}});
}

void apply_policy(RelationPolicy& policy, const Value& database, const Value& schema, const Value& identifier) {
  auto set = [](bool& part, const Value& v) {
    if (!v.is_undefined() && !v.is_none()) part = jinja::truth(v);
  };
  set(policy.database, database);
  set(policy.schema, schema);
  set(policy.identifier, identifier);
}

void apply_policy(RelationPolicy& policy, const Value& dict) {
  if (!dict.is_undefined() && !dict.is_none())
    apply_policy(policy, dict.get("database"), dict.get("schema"), dict.get("identifier"));
}

RelationType type_of(const Value& value) {
  return value.is_undefined() || value.is_none() ? RelationType::unknown : parse_relation_type(jinja::to_str(value));
}

void append_part(std::string& out, bool include, bool quote, char quote_character,
                 const std::optional<std::string>& part) {
  if (!include || !part) return;
  if (!out.empty()) out += '.';
  if (quote) out += quote_character;
  out += *part;
  if (quote) out += quote_character;
}

std::string strip_quotes(std::string_view text, char quote) {
  while (!text.empty() && text.front() == quote) text.remove_prefix(1);
  while (!text.empty() && text.back() == quote) text.remove_suffix(1);
  return to_lower(text);
}

/// dbt: BaseRelation.matches. A name that differs only in case or quotes is an error, not a "no".
bool matches(const RelationObject& self, const Value& database, const Value& schema, const Value& identifier) {
  const Relation& r = self.relation();
  bool any = false, exact = true, close = true;
  auto check = [&](const Value& wanted, const std::optional<std::string>& have) {
    if (wanted.is_undefined() || wanted.is_none()) return;
    any = true;
    std::string want = jinja::to_str(wanted);
    exact &= have && *have == want;
    close &= have && strip_quotes(*have, r.quote_character) == strip_quotes(want, r.quote_character);
  };
  check(database, r.database);
  check(schema, r.schema);
  check(identifier, r.identifier);
  if (!any)
    throw Error(ErrorKind::runtime, "context/bad-relation", "Tried to match relation, but no search path was passed!");
  if (close && !exact) {
    Relation target = r;
    target.database = path_part(database, "database");
    target.schema = path_part(schema, "schema");
    target.identifier = path_part(identifier, "identifier");
    throw Error(
        ErrorKind::compilation, "context/approximate-match",
        "When searching for a relation, dbt found an approximate match. Instead of guessing \nwhich relation to use, "
        "dbt will move on. Please delete " +
            self.render() + ", or rename it to be less ambiguous.\nSearched for: " + target.render() +
            "\nFound: " + self.render());
  }
  return exact;
}

std::vector<Value> scd_arguments(const Value& primary_key, const Value& updated_at) {
  std::vector<Value> out;
  if (primary_key.is_sequence()) {
    out = primary_key.as_items();
  } else {
    out.push_back(primary_key);
  }
  out.push_back(updated_at);
  return out;
}

std::optional<Value> type_constant(std::string_view name) {
  static const std::pair<std::string_view, RelationType> constants[] = {
      {"Table", RelationType::table},
      {"View", RelationType::view},
      {"CTE", RelationType::cte},
      {"MaterializedView", RelationType::materialized_view},
      {"External", RelationType::external},
      {"Ephemeral", RelationType::ephemeral},
      {"PointerTable", RelationType::pointer},
      {"Function", RelationType::function}};
  for (const auto& [constant, type] : constants)
    if (constant == name) return Value(relation_type_name(type));
  return std::nullopt;
}

/// `api.Relation`: makes relations with the engine's policies under the project's `quoting:`.
class RelationMaker : public jinja::Object {
 public:
  RelationMaker(const AdapterTraits& traits, const QuotingOverride& quoting) : traits_(traits), quoting_(quoting) {}

  std::string_view type_name() const override { return "RelationProxy"; }
  bool is_callable() const override { return true; }
  Value call(State&, CallArgs& args) override { return create(args); }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "get_relation_type") return relation_types();
    return type_constant(name);
  }

  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name == "create") return create(args);
    if (name == "create_from") {
      std::vector<Value> b = args.bind("create_from", {"quoting", "relation_config"}, 2);
      Relation relation =
          make_relation(traits_, path_part(b[1].get("database"), "database"), path_part(b[1].get("schema"), "schema"),
                        path_part(b[1].get("alias"), "identifier"), RelationType::unknown, quoting_);
      return relation_value(std::move(relation));
    }
    if (name == "scd_args") {
      std::vector<Value> b = args.bind("scd_args", {"primary_key", "updated_at"}, 2);
      return Value::list(scd_arguments(b[0], b[1]));
    }
    if (name == "add_ephemeral_prefix") return Value("__dbt__cte__" + jinja::to_str(args.bind(name, {"name"}, 1)[0]));
    if (name == "get_default_quote_policy") return policy_value(traits_.default_quote);
    if (name == "get_default_include_policy") return policy_value(traits_.default_include);
    return std::nullopt;
  }

 private:
  static Value relation_types() {
    Value out = Value::dict();
    for (std::string_view name :
         {"Table", "View", "CTE", "MaterializedView", "External", "Ephemeral", "PointerTable", "Function"})
      out.as_dict().set(name, *type_constant(name));
    return out;
  }

  Value create(CallArgs& args) {
    std::vector<Value> b =
        args.bind("create", {"database", "schema", "identifier", "type", "quote_policy", "include_policy", "limit",
                             "path", "dbt_created", "catalog", "catalog_name", "require_alias", "event_time_filter"});
    const Value& path = b[7];
    auto part = [&](const Value& direct, std::string_view name) {
      return path_part(direct.is_undefined() && path.is_dict() ? path.get(name) : direct, name);
    };
    Relation relation = make_relation(traits_, part(b[0], "database"), part(b[1], "schema"), part(b[2], "identifier"),
                                      type_of(b[3]), quoting_);
    apply_policy(relation.quote, b[4]);
    apply_policy(relation.include, b[5]);
    auto object = jinja::make_ref<RelationObject>(std::move(relation));
    object->require_alias = b[11].is_bool() ? b[11].as_bool() : traits_.subquery_needs_alias;
    if (b[6].is_int()) object->limit = b[6].as_int();
    return Value(object);
  }

  const AdapterTraits& traits_;
  QuotingOverride quoting_;
};

}  // namespace

std::string RelationObject::render() const {
  if (!information_schema_view) return relation_.render();
  std::string out;
  append_part(out, relation_.include.database, relation_.quote.database, relation_.quote_character, relation_.database);
  append_part(out, relation_.include.identifier, relation_.quote.identifier, relation_.quote_character,
              relation_.identifier);
  if (!information_schema_view->empty()) out += "." + *information_schema_view;
  return out;
}

std::string RelationObject::str() const {
  std::string rendered = render();
  if (relation_.type == RelationType::function) return rendered;
  auto alias = [&](std::string_view kind) {
    return require_alias ? " _dbt_" + std::string(kind) + "_subq_" + relation_.identifier.value_or("") : std::string();
  };
  if (limit) {
    std::string tail = *limit == 0 ? "where false limit 0" : "limit " + std::to_string(*limit);
    rendered = "(select * from " + rendered + " " + tail + ")" + alias("limit");
  }
  if (event_time_column.empty() || (event_time_start.empty() && event_time_end.empty())) return rendered;
  std::string filter;
  if (!event_time_start.empty()) filter = event_time_column + " >= '" + event_time_start + "'";
  if (!event_time_end.empty())
    filter += (filter.empty() ? "" : " and ") + event_time_column + " < '" + event_time_end + "'";
  return "(select * from " + rendered + " where " + filter + ")" + alias("et_filter");
}

std::string RelationObject::repr() const { return "<Relation " + render() + ">"; }

jinja::Ref<RelationObject> RelationObject::with(Relation relation) const {
  auto copy = jinja::make_ref<RelationObject>(std::move(relation));
  copy->limit = limit;
  copy->event_time_column = event_time_column;
  copy->event_time_start = event_time_start;
  copy->event_time_end = event_time_end;
  copy->require_alias = require_alias;
  copy->information_schema_view = information_schema_view;
  copy->config = config;
  return copy;
}

std::optional<Value> RelationObject::get_attribute(State&, std::string_view name) {
  const Relation& r = relation_;
  if (name == "database") return optional_text(r.database);
  if (name == "schema") return optional_text(r.schema);
  if (name == "identifier" || name == "table" || name == "name") return optional_text(r.identifier);
  if (name == "type") return r.type == RelationType::unknown ? Value::none() : Value(relation_type_name(r.type));
  if (name == "is_table") return Value(r.type == RelationType::table);
  if (name == "is_view") return Value(r.type == RelationType::view);
  if (name == "is_cte") return Value(r.type == RelationType::cte);
  if (name == "is_materialized_view") return Value(r.type == RelationType::materialized_view);
  if (name == "is_pointer") return Value(r.type == RelationType::pointer);
  if (name == "is_function") return Value(r.type == RelationType::function);
  if (name == "can_be_renamed" || name == "can_be_replaced") return Value(false);
  if (name == "quote_policy") return policy_value(r.quote);
  if (name == "include_policy") return policy_value(r.include);
  if (name == "quote_character") return Value(std::string(1, r.quote_character));
  if (name == "path")
    return Value::dict({{"database", optional_text(r.database)},
                        {"schema", optional_text(r.schema)},
                        {"identifier", optional_text(r.identifier)}});
  if (name == "limit") return limit ? Value(*limit) : Value::none();
  if (name == "require_alias") return Value(require_alias);
  if (name == "catalog" || name == "event_time_filter") return Value::none();
  if (name == "dbt_created") return Value(false);
  if (name == "information_schema_view") return optional_text(information_schema_view);
  if (name == "config" && !config.is_undefined()) return config;
  return type_constant(name);
}

std::optional<Value> RelationObject::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name == "render") return Value(render());
  if (name == "render_limited") return Value(str());
  if (name == "include" || name == "quote") {
    std::vector<Value> b = args.bind(name, {"database", "schema", "identifier"});
    Relation copy = relation_;
    apply_policy(name == "include" ? copy.include : copy.quote, b[0], b[1], b[2]);
    return Value(with(std::move(copy)));
  }
  if (name == "incorporate" || name == "replace") {
    std::vector<Value> b = args.bind(name, {"path", "type", "quote_policy", "include_policy", "limit",
                                            "quote_character", "event_time_filter", "dbt_created"});
    Relation copy = relation_;
    if (b[0].is_dict()) {
      auto set = [&](std::string_view key, std::optional<std::string>& part) {
        if (const Value* v = b[0].as_dict().find(key)) part = path_part(*v, key);
      };
      set("database", copy.database);
      set("schema", copy.schema);
      set("identifier", copy.identifier);
    }
    if (!b[1].is_undefined()) copy.type = type_of(b[1]);
    apply_policy(copy.quote, b[2]);
    apply_policy(copy.include, b[3]);
    auto object = with(std::move(copy));
    if (b[4].is_int()) object->limit = b[4].as_int();
    return Value(object);
  }
  if (name == "replace_path") {
    std::vector<Value> b = args.bind(name, {"database", "schema", "identifier"});
    Relation copy = relation_;
    if (!b[0].is_undefined()) copy.database = path_part(b[0], "database");
    if (!b[1].is_undefined()) copy.schema = path_part(b[1], "schema");
    if (!b[2].is_undefined()) copy.identifier = path_part(b[2], "identifier");
    return Value(with(std::move(copy)));
  }
  if (name == "matches") {
    std::vector<Value> b = args.bind(name, {"database", "schema", "identifier"});
    return Value(matches(*this, b[0], b[1], b[2]));
  }
  if (name == "without_identifier") {
    Relation copy = relation_;
    copy.include.identifier = false;
    copy.identifier.reset();
    return Value(with(std::move(copy)));
  }
  if (name == "information_schema" || name == "information_schema_only") {
    std::vector<Value> b = args.bind(name, {"view_name"});
    Relation copy = relation_;
    copy.type = RelationType::view;
    copy.identifier = "INFORMATION_SCHEMA";
    copy.schema.reset();
    copy.include = {relation_.database.has_value() && relation_.include.database, false, true};
    copy.quote.identifier = false;
    auto object = with(std::move(copy));
    object->information_schema_view = b[0].is_string() ? b[0].as_string() : std::string();
    return Value(object);
  }
  if (name == "get") {
    std::vector<Value> b = args.bind(name, {"key", "default"}, 1);
    if (b[0].is_string() && b[0].as_string() == "metadata") return Value::dict({{"type", Value("Relation")}});
    std::optional<Value> found = b[0].is_string() ? get_attribute(state, b[0].as_string()) : std::nullopt;
    return found ? *found : b[1].is_undefined() ? Value::none() : b[1];
  }
  if (name == "quoted") {
    std::string q(1, relation_.quote_character);
    return Value(q + jinja::to_str(args.bind(name, {"identifier"}, 1)[0]) + q);
  }
  if (name == "scd_args") {
    std::vector<Value> b = args.bind(name, {"primary_key", "updated_at"}, 2);
    return Value::list(scd_arguments(b[0], b[1]));
  }
  if (name == "add_ephemeral_prefix") return Value("__dbt__cte__" + jinja::to_str(args.bind(name, {"name"}, 1)[0]));
  if (name == "create") {
    std::vector<Value> b = args.bind(name, {"database", "schema", "identifier", "type"});
    Relation copy = relation_;
    copy.database = path_part(b[0], "database");
    copy.schema = path_part(b[1], "schema");
    copy.identifier = path_part(b[2], "identifier");
    copy.type = type_of(b[3]);
    return Value(jinja::make_ref<RelationObject>(std::move(copy)));
  }
  if (name == "get_function_config") {
    std::vector<Value> b = args.bind(name, {"model"}, 1);
    if (b[0].get_string("resource_type") != "function") return Value::none();
    Value model_config = b[0].get("config");
    auto or_none = [](Value v) { return v.is_undefined() ? Value::none() : v; };
    return Value::dict({{"language", Value(b[0].get_string("language"))},
                        {"type", Value(model_config.get_string("type"))},
                        {"runtime_version", or_none(model_config.get("runtime_version"))},
                        {"entry_point", or_none(model_config.get("entry_point"))}});
  }
  if (name == "get_function_macro_name") {
    std::vector<Value> b = args.bind(name, {"config"}, 1);
    return Value(b[0].get_string("type") + "_function_" + b[0].get_string("language"));
  }
  return std::nullopt;
}

bool RelationObject::equals(const Value& other) const {
  const auto* o = other.as<RelationObject>();
  return o && relation_.database == o->relation_.database && relation_.schema == o->relation_.schema &&
         relation_.identifier == o->relation_.identifier && relation_.type == o->relation_.type &&
         relation_.quote == o->relation_.quote && relation_.include == o->relation_.include && limit == o->limit &&
         event_time_column == o->event_time_column && event_time_start == o->event_time_start &&
         event_time_end == o->event_time_end && information_schema_view == o->information_schema_view;
}

size_t RelationObject::hash() const { return std::hash<std::string>()(render()); }

Value relation_value(Relation relation) { return Value(jinja::make_ref<RelationObject>(std::move(relation))); }

const Relation& relation_of(const Value& value, std::string_view what) {
  if (const auto* object = value.as<RelationObject>()) return object->relation();
  throw Error(ErrorKind::compilation, "context/not-a-relation",
              "invalid value provided for '" + std::string(what) + "'. Expected a Relation, got " +
                  std::string(jinja::type_name(value)) + " (" + jinja::to_str(value) + ")",
              {}, "Pass ref(...), source(...), this, or api.Relation.create(...).");
}

Value relation_maker(const AdapterTraits& traits, const QuotingOverride& quoting) {
  return Value(jinja::make_ref<RelationMaker>(traits, quoting));
}

Value api_value(const AdapterTraits& traits, const QuotingOverride& quoting) {
  return Value::dict({{"Relation", relation_maker(traits, quoting)}, {"Column", column_maker(traits)}});
}

}  // namespace modelc
