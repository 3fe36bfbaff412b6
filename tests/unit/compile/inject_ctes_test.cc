#include "compile/inject_ctes.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

std::vector<Cte> two() {
  return {make_cte("model.p.a", "__dbt__cte__a", "select 1", nullptr),
          make_cte("model.p.b", "__dbt__cte__b", "select 2", nullptr)};
}

std::string injected(const std::string& sql, const std::vector<Cte>& ctes) {
  return inject_ctes(sql, nullptr, ctes).text;
}

}  // namespace

TEST_CASE("without CTEs the statement stays as it is") { CHECK(injected("\n select 1", {}) == "\n select 1"); }

TEST_CASE("a statement without WITH gets one behind its leading blanks") {
  CHECK(injected("\n  select 1;", two()) ==
        "\n  with __dbt__cte__a as (\nselect 1\n),  __dbt__cte__b as (\nselect 2\n) select 1;");
}

TEST_CASE("a leading comment stands behind the CTEs") {
  CHECK(injected("-- hi\nselect 1", {two()[0]}) == "with __dbt__cte__a as (\nselect 1\n) -- hi\nselect 1");
}

TEST_CASE("an existing WITH is continued, in whatever case and behind comments") {
  CHECK(injected("/* c */ WITH x as (select 3) select * from x", {two()[0]}) ==
        "/* c */ WITH  __dbt__cte__a as (\nselect 1\n), x as (select 3) select * from x");
}

TEST_CASE("WITH RECURSIVE is continued behind RECURSIVE") {
  CHECK(injected("with recursive x as (select 3) select 1", {two()[0]}) ==
        "with recursive  __dbt__cte__a as (\nselect 1\n), x as (select 3) select 1");
}

TEST_CASE("a name that begins like a keyword is none") {
  CHECK(injected("without_it", {two()[0]}).starts_with("with __dbt__cte__a"));
  CHECK(injected("with recursively as (select 1) select 2", {two()[0]})
            .starts_with("with  __dbt__cte__a as (\nselect 1\n), recursively as"));
}

TEST_CASE("a CTE is listed once") {
  std::vector<Cte> list;
  add_cte(list, two()[0]);
  add_cte(list, two()[1]);
  add_cte(list, two()[0]);
  CHECK(list.size() == 2);
}

TEST_CASE("origins follow the text to its new place") {
  const SourceFile file("m.sql", "with x as (select 3) select * from x");
  auto map = std::make_shared<jinja::SpanMap>();
  map->segments.push_back({0, Span{&file, 0, static_cast<uint32_t>(file.text().size())}, true});
  const auto result = inject_ctes(std::string(file.text()), map, two());
  const size_t at = result.text.find("select 3");
  REQUIRE(result.map);
  CHECK(result.map->origin(static_cast<uint32_t>(at)).begin == file.text().find("select 3"));
  CHECK(result.map->origin(static_cast<uint32_t>(result.text.find("from x"))).begin == file.text().find("from x"));
  CHECK_FALSE(result.map->origin(static_cast<uint32_t>(result.text.find("select 1"))));
}

TEST_CASE("origins of a CTE are those of the ephemeral model's own file") {
  const SourceFile file("e.sql", "select bad");
  auto map = std::make_shared<jinja::SpanMap>();
  map->segments.push_back({0, Span{&file, 0, 10}, true});
  const auto result =
      inject_ctes("select * from t", nullptr, {make_cte("model.p.e", "__dbt__cte__e", "select bad", map)});
  const Span span = result.map->origin(static_cast<uint32_t>(result.text.find("bad")));
  CHECK(span.file == &file);
  CHECK(span.begin == 7);
}
