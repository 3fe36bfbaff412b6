#include "base/glob.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("a glob's star stays within a component, two stars are any folders") {
  CHECK(PathGlob("data/*.csv").matches("data/a.csv"));
  CHECK(!PathGlob("data/*.csv").matches("data/b/a.csv"));
  CHECK(PathGlob("data/**/*.csv").matches("data/a.csv"));
  CHECK(PathGlob("data/**/*.csv").matches("data/b/c/a.csv"));
  CHECK(PathGlob("./data//day[12]/x?.csv").matches("data/day2/x1.csv"));
  CHECK(!PathGlob("data/day[12]/x?.csv").matches("data/day3/x1.csv"));
  CHECK(PathGlob("**").matches("a/b"));
  CHECK(PathGlob("").empty());
}
