// Expected texts are what daff 1.3 prints for the same tables.
#include "run/table_diff.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

using Cells = std::vector<std::optional<std::string>>;

std::string diff(std::vector<std::string> columns, std::vector<Cells> expected, std::vector<Cells> actual) {
  return table_diff({columns, std::move(expected)}, {columns, std::move(actual)}, false);
}

}  // namespace

TEST_CASE("equal tables in another order do not differ") {
  CHECK(diff({"a", "b"}, {{"1", "x"}, {"2", {}}}, {{"2", {}}, {"1", "x"}}) == "");
  CHECK(diff({"a"}, {}, {}) == "");
}

TEST_CASE("rows that agree in a column are one changed row") {
  CHECK(diff({"id", "name"}, {{"1", "y"}, {"3", "z"}}, {{"1", "x"}}) == "@@ ,id,name\r\n→  ,1 ,y→x\r\n---,3 ,z\r\n");
}

TEST_CASE("a row too many is new") {
  CHECK(diff({"id", "name"}, {{"1", "y"}}, {{"1", "y"}, {"2", "z"}}) == "@@ ,id,name\r\n   ,1 ,y\r\n+++,2 ,z\r\n");
}

TEST_CASE("with one column nothing can be matched: new before missing") {
  CHECK(diff({"id"}, {{"1"}}, {{"2"}}) == "@@ ,id\r\n+++,2\r\n---,1\r\n");
}

TEST_CASE("duplicates count") {
  CHECK(diff({"id", "n"}, {{"1", "a"}, {"1", "a"}}, {{"1", "a"}}) == "@@ ,id,n\r\n   ,1 ,a\r\n---,1 ,a\r\n");
}

TEST_CASE("nulls") {
  CHECK(diff({"id", "name"}, {{"1", {}}}, {{"1", "x"}}) == "@@,id,name\r\n→ ,1 ,NULL→x\r\n");
  CHECK(diff({"a", "b"}, {}, {{"1", {}}}) == "@@ ,a,b\r\n+++,1,null\r\n");
  CHECK(diff({"a", "b"}, {{"1", "null"}}, {{"1", {}}}) == "@@,a,b\r\n→ ,1,null→NULL\r\n");
}

TEST_CASE("rows far from a difference are left out") {
  const std::vector<Cells> expected = {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}};
  std::vector<Cells> actual = expected;
  actual[2][1] = "X";
  CHECK(diff({"id", "name"}, expected, actual) ==
        "@@ ,id ,name\r\n...,...,...\r\n   ,2  ,b\r\n→  ,3  ,c→X\r\n   ,4  ,d\r\n...,...,...\r\n");
}

TEST_CASE("rows are sorted as numbers where they are numbers") {
  CHECK(diff({"id", "n"}, {{"10", "a"}, {"9", "b"}}, {{"9", "b"}, {"10", "c"}}) ==
        "@@,id,n\r\n  ,9 ,b\r\n→ ,10,a→c\r\n");
}

TEST_CASE("cells compare by value, not by the type that a database chose") {
  CHECK(diff_cell(jinja::Value(1)) == diff_cell(jinja::Value(1.0)));
  CHECK(diff_cell(jinja::Value(1.5)) == "1.5");
  CHECK_FALSE(diff_cell(jinja::Value::none()).has_value());
}

TEST_CASE("colours are those of daff's terminal output") {
  CHECK(table_diff({{"id"}, {{"1"}}}, {{"id"}, {}}, true) ==
        "\x1b[0;1m@@\x1b[0m "
        "\x1b[33m,\x1b[0m\x1b[0;1mid\x1b[0m\r\n\x1b[31;1m---\x1b[0m\x1b[33m,\x1b[0m\x1b[31;1m1\x1b[0m\r\n");
}
