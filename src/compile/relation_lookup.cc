#include "compile/relation_lookup.h"

#include <fmt/format.h>

#include "base/text.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::CallArgs;
using jinja::Value;

namespace {

Value name_or_none(const std::optional<std::string>& name) { return name ? Value(*name) : Value::none(); }

std::optional<std::string> text_of(const Value& value) {
  if (value.is_undefined() || value.is_none()) return std::nullopt;
  return jinja::to_str(value);
}

Relation schema_relation(RuntimeContext& context, const std::optional<std::string>& database,
                         const std::string& schema) {
  Relation relation = make_relation(context.macros().traits(), database, schema, std::nullopt, RelationType::unknown,
                                    project_quoting(context.project()));
  relation.include.identifier = false;
  return relation;
}

CallArgs one_argument(Value value) {
  CallArgs args;
  args.positional.push_back(std::move(value));
  return args;
}

/// Rows of (database, name, schema, type), as the macro of dbt's name gives them.
std::vector<RelationEntry> entries_of_macro(RuntimeContext& context, const Relation& schema) {
  const Value result = context.call_macro("list_relations_without_caching", one_argument(relation_value(schema)));
  const auto table = table_of(result);
  if (!table) {
    throw Error(ErrorKind::compilation, "compile/list-relations",
                "the macro list_relations_without_caching must return a table of database, name, schema and type");
  }
  std::vector<RelationEntry> entries;
  for (const auto& row : table->rows) {
    if (row.size() < 4) continue;
    RelationType type = parse_relation_type(jinja::to_str(row[3]));
    if (type == RelationType::unknown) type = RelationType::external;
    QuotingOverride all;
    all.database = all.schema = all.identifier = true;
    entries.push_back(
        {make_relation(context.macros().traits(), text_of(row[0]), text_of(row[2]), text_of(row[1]), type, all)});
  }
  return entries;
}

void fire(RuntimeContext& context, const char* name, const char* code, std::string message, Value data) {
  EventBus& events = *context.invocation().events;
  if (events.wants(EventLevel::debug))
    events.fire(Event{name, code, EventLevel::debug, std::move(message), std::move(data), context.session().node_info});
}

std::string schema_text(const Relation& relation) {
  return fmt::format("database: \"{}\"\nschema: \"{}\"\n", relation.database.value_or("None"),
                     relation.schema.value_or("None"));
}

}  // namespace

void cache_schema(RuntimeContext& context, const std::optional<std::string>& database, const std::string& schema) {
  SharedCompilation& shared = context.shared();
  RelationCache& cache = shared.cache();
  if (cache.has_schema(schema)) return;
  std::lock_guard lock(shared.cache_fill_mutex());
  if (cache.has_schema(schema)) return;
  const auto entries = shared.is_native("list_relations_without_caching")
                           ? context.session().connection().list_relations(schema)
                           : entries_of_macro(context, schema_relation(context, database, schema));
  std::string names;
  for (const auto& entry : entries) names += (names.empty() ? "" : ", ") + entry.relation.identifier.value_or("");
  cache.fill(schema, entries);
  fire(context, "ListRelations", "E014",
       fmt::format("While listing relations in database={}, schema={}, found: {}", database.value_or("None"), schema,
                   names),
       Value::dict({{"database", name_or_none(database)}, {"schema", Value(schema)}}));
}

std::optional<Relation> find_relation(RuntimeContext& context, const Relation& wanted) {
  cache_schema(context, wanted.database, wanted.schema.value_or(""));
  return context.shared().cache().find(wanted);
}

std::vector<Relation> list_relations(RuntimeContext& context, const std::optional<std::string>& database,
                                     const std::string& schema) {
  cache_schema(context, database, schema);
  return context.shared().cache().list(schema);
}

std::vector<Column> relation_columns(RuntimeContext& context, const Relation& relation) {
  if (context.shared().is_native("get_columns_in_relation")) return context.session().connection().columns(relation);
  const Value result = context.call_macro("get_columns_in_relation", one_argument(relation_value(relation)));
  std::vector<Column> columns;
  if (!result.is_sequence()) return columns;
  for (const auto& item : result.as_items()) {
    if (const auto* column = item.as<ColumnObject>()) columns.push_back(column->column());
  }
  return columns;
}

void create_schema(RuntimeContext& context, const Relation& relation) {
  fire(context, "SchemaCreation", "E020", fmt::format("Creating schema \"{}\"", schema_text(relation)),
       Value::dict({{"schema", name_or_none(relation.schema)}}));
  if (context.shared().is_native("create_schema")) {
    context.session().connection().create_schema(relation.schema.value_or(""));
  } else {
    Relation schema = schema_relation(context, relation.database, relation.schema.value_or(""));
    context.call_macro("create_schema", one_argument(relation_value(std::move(schema))));
  }
  context.session().commit();
}

void drop_schema(RuntimeContext& context, const Relation& relation) {
  fire(context, "SchemaDrop", "E021", fmt::format("Dropping schema \"{}\".", schema_text(relation)),
       Value::dict({{"schema", name_or_none(relation.schema)}}));
  if (context.shared().is_native("drop_schema")) {
    context.session().connection().drop_schema(relation.schema.value_or(""));
  } else {
    Relation schema = schema_relation(context, relation.database, relation.schema.value_or(""));
    context.call_macro("drop_schema", one_argument(relation_value(std::move(schema))));
  }
  context.session().commit();
  context.shared().cache().drop_schema(relation.schema.value_or(""));
}

std::vector<std::string> list_schemas(RuntimeContext& context, const std::optional<std::string>& database) {
  if (context.shared().is_native("list_schemas")) return context.session().connection().list_schemas();
  const auto table = table_of(context.call_macro("list_schemas", one_argument(name_or_none(database))));
  std::vector<std::string> schemas;
  for (const auto& row : table ? table->rows : std::vector<std::vector<Value>>()) {
    if (!row.empty() && !row[0].is_none()) schemas.push_back(jinja::to_str(row[0]));
  }
  return schemas;
}

}  // namespace modelc
