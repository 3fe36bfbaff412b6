#include "manifest/relation.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {
std::string rendered(std::string_view adapter, const QuotingOverride& quoting = {}) {
  return make_relation(adapter_traits(adapter), "db", "main", "m1", RelationType::table, quoting).render();
}
}  // namespace

TEST_CASE("each engine writes a relation's name in its own way") {
  CHECK(rendered("sqlite") == "main.\"m1\"");
  CHECK(rendered("postgres") == "\"db\".\"main\".\"m1\"");
  CHECK(rendered("snowflake") == "db.main.m1");
  CHECK(rendered("bigquery") == "`db`.`main`.`m1`");
  CHECK(rendered("spark") == "main.m1");
  CHECK(rendered("databricks") == "`db`.`main`.`m1`");
  CHECK(rendered("clickhouse") == "`main`.`m1`");
  CHECK(rendered("fabric") == "[db].[main].[m1]");
  CHECK(rendered("something_else") == "\"db\".\"main\".\"m1\"");
}

TEST_CASE("the project's quoting overrides parts of the engine's") {
  CHECK(rendered("snowflake", {.database = {}, .schema = {}, .identifier = true}) == "db.main.\"m1\"");
  CHECK(rendered("sqlite", {.database = true, .schema = true, .identifier = false}) == "\"main\".m1");
}

TEST_CASE("parts that are absent or excluded leave no dot") {
  Relation relation = make_relation(adapter_traits("postgres"), std::nullopt, "s", "t");
  CHECK(relation.render() == "\"s\".\"t\"");
  relation.include = {false, false, true};
  CHECK(relation.render() == "\"t\"");
  CHECK(make_relation(adapter_traits("postgres"), {}, {}, {}).render().empty());
}

TEST_CASE("the quote character inside a name is doubled") {
  CHECK(make_relation(adapter_traits("sqlite"), {}, "main", "a\"b").render() == "main.\"a\"\"b\"");
  CHECK(make_relation(adapter_traits("fabric"), {}, {}, "a]b").render() == "[a]]b]");
}

TEST_CASE("traits know parents and keep unknown types under their name") {
  REQUIRE(adapter_traits("redshift").parents.size() == 1);
  CHECK(adapter_traits("redshift").parents[0] == "postgres");
  CHECK(adapter_traits("sqlite").built_in);
  CHECK_FALSE(adapter_traits("duckdb").built_in);
  const AdapterTraits& unknown = adapter_traits("mine");
  CHECK(unknown.type == "mine");
  CHECK(&adapter_traits("mine") == &unknown);
}

TEST_CASE("relations are the same without regard to case") {
  Relation a = make_relation(adapter_traits("sqlite"), "d", "main", "Users"),
           b = make_relation(adapter_traits("sqlite"), "D", "MAIN", "users");
  CHECK(same_relation(a, b));
  b.identifier = "users2";
  CHECK_FALSE(same_relation(a, b));
}

TEST_CASE("relation types go to text and back") {
  for (auto type : {RelationType::table, RelationType::view, RelationType::cte, RelationType::materialized_view,
                    RelationType::ephemeral, RelationType::external, RelationType::function, RelationType::pointer})
    CHECK(parse_relation_type(relation_type_name(type)) == type);
  CHECK(parse_relation_type("tabel") == RelationType::unknown);
}
