// Names of things in a database, and how an engine writes them. Plain data (dbt: BaseRelation, Policy).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc {

enum class RelationType : uint8_t {
  unknown,
  table,
  view,
  cte,
  materialized_view,
  ephemeral,
  external,
  function,
  pointer
};
std::string_view relation_type_name(RelationType type);  ///< "table", "view", "materialized_view", ...; "" for unknown
RelationType parse_relation_type(std::string_view name);

/// Which of the three parts a rule applies to.
struct RelationPolicy {
  bool database = true;
  bool schema = true;
  bool identifier = true;
  bool operator==(const RelationPolicy&) const = default;
};

/// What a Relation needs to know of its engine. One static instance an engine; see adapter_traits().
struct AdapterTraits {
  std::string_view type;                  ///< "sqlite"
  std::vector<std::string_view> parents;  ///< dispatch order after the type itself: redshift -> {"postgres"}
  RelationPolicy default_quote;
  RelationPolicy default_include;
  char quote_character = '"';
  bool uppercase_unquoted = false;  ///< snowflake folds to upper case
  bool built_in = false;            ///< modelc can run on it, not only parse for it
  std::string_view default_incremental_strategy = "append";
  /// Where times are texts of several shapes: the function that makes them comparable with 'YYYY-MM-DD HH:MM:SS' in
  /// UTC. Event-time filters call it on the column. Empty: the column is compared as it is.
  std::string_view event_time_function = {};
  /// Type names of the engine's own, which dbt's Column does not know: is_integer() and is_numeric() say yes to them.
  std::vector<std::string_view> integer_types = {}, numeric_types = {};
  /// What Column.translate_type() makes of 'timestamp'. Empty: the word itself.
  std::string_view timestamp_type = {};
  bool subquery_needs_alias = true;  ///< behind the subselects of --empty, --sample and microbatch
};

/// Traits of any engine that dbt has an adapter for; an unknown type gets ANSI defaults under its own name. Static
/// data.
const AdapterTraits& adapter_traits(std::string_view type);

/// A relation's name. Compare with same_relation, not field by field.
struct Relation {
  std::optional<std::string> database;
  std::optional<std::string> schema;
  std::optional<std::string> identifier;
  RelationType type = RelationType::unknown;
  RelationPolicy quote;
  RelationPolicy include;
  char quote_character = '"';

  /// "schema"."identifier" as the policies say.
  std::string render() const;
};

/// A relation with the engine's policies; `quoting` of the project may override parts (unset = engine's).
struct QuotingOverride {
  std::optional<bool> database, schema, identifier;
};
Relation make_relation(const AdapterTraits& traits, std::optional<std::string> database,
                       std::optional<std::string> schema, std::optional<std::string> identifier,
                       RelationType type = RelationType::unknown, const QuotingOverride& quoting = {});

/// Same object in the database: names equal without regard to case (as SQLite and dbt's cache compare them).
bool same_relation(const Relation& a, const Relation& b);

}  // namespace modelc
