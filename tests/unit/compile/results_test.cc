#include "compile/results.h"

#include <doctest/doctest.h>

using namespace modelc;
using jinja::Value;

TEST_CASE("a result that was never stored is none") {
  StatementResults results;
  CHECK(results.load("x").is_none());
  CHECK(results.find("x") == nullptr);
}

TEST_CASE("main may be loaded again, others once") {
  StatementResults results;
  results.store("main", Value("OK"), Value::none());
  results.store("x", Value("OK"), Value::none());
  CHECK_FALSE(results.load("main").is_none());
  CHECK_FALSE(results.load("main").is_none());
  CHECK_FALSE(results.load("x").is_none());
  CHECK_THROWS_WITH_AS(results.load("x"), "The 'statement' result named 'x' has already been loaded into a variable",
                       Error);
}

TEST_CASE("storing again makes a result loadable again") {
  StatementResults results;
  results.store("x", Value("one"), Value::none());
  results.load("x");
  results.store("x", Value("two"), Value::none());
  results.load("x");
  CHECK(jinja::to_str(results.find("x")->response()) == "two");
}

TEST_CASE("a result without rows has an empty table") {
  StatementResults results;
  results.store("x", Value("OK"), Value::none());
  REQUIRE(table_of(results.find("x")->table()));
  CHECK(table_of(results.find("x")->table())->rows.empty());
}

TEST_CASE("a response prints as its message") {
  AdapterResponse response;
  response.message = "SELECT 5";
  response.rows_affected = 5;
  const Value value(jinja::make_ref<ResponseObject>(response));
  CHECK(jinja::to_str(value) == "SELECT 5");
}
