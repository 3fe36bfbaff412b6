#include "manifest/relation.h"

#include <map>
#include <mutex>
#include <utility>

#include "base/text.h"

namespace modelc {
namespace {

constexpr std::pair<RelationType, std::string_view> type_names[] = {
    {RelationType::table, "table"},
    {RelationType::view, "view"},
    {RelationType::cte, "cte"},
    {RelationType::external, "external"},
    {RelationType::ephemeral, "ephemeral"},
    {RelationType::function, "function"},
    {RelationType::pointer, "pointer_table"},
    {RelationType::materialized_view, "materialized_view"},
};

constexpr RelationPolicy all{true, true, true}, none{false, false, false}, identifier_only{false, false, true},
    without_database{false, true, true};

/// What the adapters' own relation classes say. Those that are missing here follow BaseRelation.
const std::vector<AdapterTraits>& known_adapters() {
  static const std::vector<AdapterTraits> table = {
      {.type = "sqlite",
       .parents = {},
       .default_quote = identifier_only,
       .default_include = without_database,
       .built_in = true,
       .event_time_function = "datetime",
       .integer_types = {"int", "tinyint", "mediumint"},
       .numeric_types = {"num"},
       .subquery_needs_alias = false},
      {.type = "duckdb", .parents = {}, .default_quote = all, .default_include = all},
      {.type = "postgres", .parents = {}, .default_quote = all, .default_include = all},
      {.type = "redshift", .parents = {"postgres"}, .default_quote = all, .default_include = all},
      {.type = "snowflake",
       .parents = {},
       .default_quote = none,
       .default_include = all,
       .uppercase_unquoted = true,
       .default_incremental_strategy = "merge"},
      {.type = "bigquery",
       .parents = {},
       .default_quote = all,
       .default_include = all,
       .quote_character = '`',
       .default_incremental_strategy = "merge"},
      {.type = "spark",
       .parents = {},
       .default_quote = none,
       .default_include = without_database,
       .quote_character = '`'},
      {.type = "databricks",
       .parents = {"spark"},
       .default_quote = all,
       .default_include = all,
       .quote_character = '`',
       .default_incremental_strategy = "merge"},
      {.type = "athena",
       .parents = {},
       .default_quote = all,
       .default_include = all,
       .default_incremental_strategy = "insert_overwrite"},
      {.type = "trino", .parents = {}, .default_quote = all, .default_include = all},
      {.type = "clickhouse",
       .parents = {},
       .default_quote = all,
       .default_include = without_database,
       .quote_character = '`'},
      {.type = "fabric", .parents = {}, .default_quote = all, .default_include = all, .quote_character = '['},
      {.type = "sqlserver", .parents = {"fabric"}, .default_quote = all, .default_include = all},
      {.type = "synapse", .parents = {"fabric"}, .default_quote = all, .default_include = all},
      {.type = "fabricspark",
       .parents = {"spark"},
       .default_quote = none,
       .default_include = without_database,
       .quote_character = '`'},
      {.type = "glue",
       .parents = {"spark"},
       .default_quote = none,
       .default_include = without_database,
       .quote_character = '`'},
      {.type = "materialize", .parents = {"postgres"}, .default_quote = all, .default_include = all},
      {.type = "risingwave", .parents = {"postgres"}, .default_quote = all, .default_include = all},
      {.type = "greenplum", .parents = {"postgres"}, .default_quote = all, .default_include = all},
      {.type = "timescaledb", .parents = {"postgres"}, .default_quote = all, .default_include = all},
  };
  return table;
}

/// Traits under a name that no adapter we know has; kept for ever, because callers hold references.
const AdapterTraits& unknown_adapter(std::string_view type) {
  static std::mutex mutex;
  static std::map<std::string, AdapterTraits, std::less<>> seen;
  std::lock_guard lock(mutex);
  auto found = seen.find(type);
  if (found == seen.end()) {
    found = seen.emplace(std::string(type),
                         AdapterTraits{.type = {}, .parents = {}, .default_quote = all, .default_include = all})
                .first;
    found->second.type = found->first;  // a map's keys stay in place
  }
  return found->second;
}

void append_quoted(std::string& out, std::string_view part, char quote) {
  const char closing = quote == '[' ? ']' : quote;
  out += quote;
  for (char c : part) {
    if (c == closing) out += c;
    out += c;
  }
  out += closing;
}

bool same_part(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return equals_ignore_case(a.value_or(""), b.value_or(""));
}

}  // namespace

std::string_view relation_type_name(RelationType type) {
  for (const auto& [value, name] : type_names)
    if (value == type) return name;
  return "";
}

RelationType parse_relation_type(std::string_view name) {
  for (const auto& [value, text] : type_names)
    if (text == name) return value;
  return RelationType::unknown;
}

const AdapterTraits& adapter_traits(std::string_view type) {
  for (const AdapterTraits& traits : known_adapters())
    if (traits.type == type) return traits;
  return unknown_adapter(type);
}

std::string Relation::render() const {
  std::string out;
  auto append = [&](const std::optional<std::string>& part, bool included, bool quoted) {
    if (!part || !included) return;
    if (!out.empty()) out += '.';
    if (quoted) {
      append_quoted(out, *part, quote_character);
    } else {
      out += *part;
    }
  };
  append(database, include.database, quote.database);
  append(schema, include.schema, quote.schema);
  append(identifier, include.identifier, quote.identifier);
  return out;
}

Relation make_relation(const AdapterTraits& traits, std::optional<std::string> database,
                       std::optional<std::string> schema, std::optional<std::string> identifier, RelationType type,
                       const QuotingOverride& quoting) {
  Relation relation;
  relation.database = std::move(database);
  relation.schema = std::move(schema);
  relation.identifier = std::move(identifier);
  relation.type = type;
  relation.include = traits.default_include;
  relation.quote = {quoting.database.value_or(traits.default_quote.database),
                    quoting.schema.value_or(traits.default_quote.schema),
                    quoting.identifier.value_or(traits.default_quote.identifier)};
  relation.quote_character = traits.quote_character;
  return relation;
}

bool same_relation(const Relation& a, const Relation& b) {
  return same_part(a.database, b.database) && same_part(a.schema, b.schema) && same_part(a.identifier, b.identifier);
}

}  // namespace modelc
