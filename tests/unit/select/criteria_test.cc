#include <doctest/doctest.h>

#include "select/select.h"

using namespace modelc;

namespace {

/// "@|1+|method|arguments|value|+2"
std::string shape(std::string_view token) {
  const SelectionCriteria c = parse_criteria(token);
  std::string out = c.childrens_parents ? "@|" : "|";
  if (c.parents) out += (c.parents_depth ? std::to_string(*c.parents_depth) : "") + "+";
  out += "|" + c.method + "|";
  for (const std::string& argument : c.method_arguments) out += argument + ",";
  out += "|" + c.value + "|";
  if (c.children) out += "+" + (c.children_depth ? std::to_string(*c.children_depth) : "");
  return out;
}

std::string message_of(std::string_view token) {
  try {
    parse_criteria(token);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a token is taken apart as dbt's pattern does") {
  CHECK(shape("a") == "||fqn||a|");
  CHECK(shape("a.b.c") == "||fqn||a.b.c|");
  CHECK(shape("@a") == "@||fqn||a|");
  CHECK(shape("+a") == "|+|fqn||a|");
  CHECK(shape("3+a+12") == "|3+|fqn||a|+12");
  CHECK(shape("a+") == "||fqn||a|+");
  CHECK(shape("0+a+0") == "|0+|fqn||a|+0");
  CHECK(shape("@3+a") == "@|3+|fqn||a|");
  CHECK(shape("tag:x") == "||tag||x|");
  CHECK(shape("config.a.b:x") == "||config|a,b,|x|");
  CHECK(shape("2+tag:x+1") == "|2+|tag||x|+1");
  CHECK(shape("source:a:b") == "||source||a:b|");
  CHECK(shape("tag:") == "||tag|||");
}

TEST_CASE("what looks like a sign but is none stays in the value") {
  CHECK(shape("a+b") == "||fqn||a+b|");
  CHECK(shape("a+1+2") == "||fqn||a+1|+2");
  CHECK(shape("a++") == "||fqn||a+|+");
  CHECK(shape("12") == "||fqn||12|");
  CHECK(shape("model2") == "||fqn||model2|");
  CHECK(shape("+") == "|+|fqn|||");
  CHECK(shape("") == "||fqn|||");
  CHECK(shape("a@b") == "||fqn||a@b|");
  CHECK(shape("tag:a b") == "||tag||a b|");
}

TEST_CASE("without a method the value decides") {
  CHECK(shape("models/a.sql") == "||path||models/a.sql|");
  CHECK(shape("+models/a") == "|+|path||models/a|");
  CHECK(shape("a.sql+") == "||file||a.sql|+");
  CHECK(shape("A.SQL") == "||file||A.SQL|");
  CHECK(shape("a.py") == "||file||a.py|");
  CHECK(shape("a.csv") == "||file||a.csv|");
  CHECK(shape("a.yml") == "||fqn||a.yml|");
}

TEST_CASE("a depth that no graph has is all the depth there is") {
  CHECK(parse_criteria("99999999999999999999+a").parents_depth == UINT32_MAX);
}

TEST_CASE("what cannot be is refused in dbt's words") {
  CHECK(message_of("@a+") == "Invalid node spec @a+ - \"@\" prefix and \"+\" suffix are incompatible");
  CHECK(message_of("@a+3") == "Invalid node spec @a+3 - \"@\" prefix and \"+\" suffix are incompatible");
  CHECK(message_of("tags:x") == "'tags' is not a valid method name");
  CHECK(message_of("no.such:x") == "'no' is not a valid method name");
  CHECK(message_of("a\nb") == "Invalid selector spec \"a\nb\"");
}
