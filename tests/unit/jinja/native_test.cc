#include <doctest/doctest.h>

#include "jinja/jinja_helper.h"

namespace modelc::jinja {
namespace {

// What dbt_common's NativeSandboxEnvironment gives.
TEST_CASE("native rendering keeps the type of a single expression") {
  test::Templates t;
  Value names = Value::dict({{"n", 5}, {"l", Value::list({1, "a"})}, {"s", "12"}, {"t", "true"}});
  auto native = [&](std::string text) {
    DictContext context(names);
    return to_repr(render_native(*t.compile(std::move(text)), context));
  };
  CHECK(native("{{ n }}") == "5");
  CHECK(native("{{ l }}") == "[1, 'a']");
  CHECK(native("{{ s }}") == "'12'");
  CHECK(native("{{ n }} ") == "'5 '");
  CHECK(native("{{ n }}{{ n }}") == "'55'");
  CHECK(native("text") == "'text'");
  CHECK(native("12") == "'12'");
  CHECK(native("") == "''");
  CHECK(native("{{ 1 }}") == "'1'");
  CHECK(native("{{ [1, 2] }}") == "'[1, 2]'");
  CHECK(native("{{ true }}") == "'True'");
  CHECK(native("{{ 1 if n else 2 }}") == "1");
  CHECK(native("{{ n + 1 }}") == "6");
  CHECK(native("{{ none }}") == "'None'");
  CHECK(native("{{ s | as_native }}") == "12");
  CHECK(native("{{ s | as_number }}") == "12");
  CHECK(native("{{ s | as_text }}") == "'12'");
  CHECK_THROWS_WITH(native("{{ t | as_bool }}"), "Could not convert value 'true' into type 'bool'");
  CHECK(native("{{ (1, 2) }}") == "'(1, 2)'");
  CHECK(native("{{ {'a': 1}.a }}") == "'1'");
  CHECK(native("{{ [3, 1]|sort }}") == "'[1, 3]'");
  CHECK(native("{{ 1 }}{% set z = 1 %}{{ 2 }}") == "'12'");
  CHECK(native("{{ '1' | as_number }}") == "1");
  CHECK(native("{% set x = 3 %}{{ x }}") == "3");
  CHECK(native("{% if n %}{{ n }}{% endif %}") == "5");
  CHECK(native("{% macro m() %}{{ 5 }}{% endmacro %}{{ m() }}") == "'5'");
  CHECK(native("{% set x %}{{ n }}{% endset %}{{ x }}") == "'5'");
}

TEST_CASE("literals are read as Python reads them") {
  auto literal = [](std::string_view text) {
    Value v = literal_eval(text);
    return v.is_undefined() ? std::string("-") : to_repr(v);
  };
  CHECK(literal("1") == "1");
  CHECK(literal(" 1 ") == "1");
  CHECK(literal("-1.5e3") == "-1500.0");
  CHECK(literal("1_000") == "1000");
  CHECK(literal("0x1f") == "31");
  CHECK(literal("007") == "-");
  CHECK(literal("00") == "0");
  CHECK(literal("True") == "True");
  CHECK(literal("true") == "-");
  CHECK(literal("None") == "None");
  CHECK(literal("'a' \"b\"") == "'ab'");
  CHECK(literal("r'\\n'") == "'\\\\n'");
  CHECK(literal("'''a\nb'''") == "'a\\nb'");
  CHECK(literal("[1, 'a', (2,), {}]") == "[1, 'a', (2,), {}]");
  CHECK(literal("{'a': 1, 'b': [2]}") == "{'a': 1, 'b': [2]}");
  CHECK(literal("{[1]: 2}") == "-");
  CHECK(literal("1, 2") == "(1, 2)");
  CHECK(literal("(1)") == "1");
  CHECK(literal("()") == "()");
  CHECK(literal("[1\n,2]") == "[1, 2]");
  CHECK(literal("1 2") == "-");
  CHECK(literal("a") == "-");
  CHECK(literal("f(1)") == "-");
  CHECK(literal("2020-01-01") == "-");
  CHECK(literal("") == "-");
  CHECK(literal("'open") == "-");
  CHECK(literal(std::string(10000, '[')) == "-");
  CHECK(literal(std::string(10000, '-') + "1") == "-");
}

}  // namespace
}  // namespace modelc::jinja
