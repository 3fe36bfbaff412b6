#include <doctest/doctest.h>

#include "jinja/jinja_helper.h"

namespace modelc::jinja {
namespace {

using test::Templates;

const MacroInfo& only_macro(const TemplatePtr& tmpl) {
  REQUIRE(tmpl->macros().size() == 1);
  return tmpl->macros()[0];
}

TEST_CASE("syntax errors point at the token") {
  Templates t;
  auto at = [&](std::string text) {
    Diagnostic d = t.fail(std::move(text));
    return d.message + " @" + std::to_string(d.span.begin) + "-" + std::to_string(d.span.end);
  };
  CHECK(at("{% if a %}x{% endfor %}") ==
        "Encountered unknown tag 'endfor'. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The "
        "innermost block"
        " that needs to be closed is 'if'. @14-20");
  CHECK(at("a {{ b c }}") == "expected token 'end of print statement', got 'c' @7-8");
  CHECK(at("{{ foo|nope }}") == "No filter named 'nope'. @3-11");
  CHECK(at("{{ (1 }}") == "unexpected '}', expected ')' @6-7");
  CHECK(at("{% set x = %}") == "Expected an expression, got 'end of statement block' @11-13");
}

TEST_CASE("nesting is bounded") {
  Templates t;
  auto code = [&](std::string text) { return t.fail(std::move(text)).code; };
  auto repeat = [](std::string_view part, size_t n) {
    std::string out;
    for (size_t i = 0; i < n; ++i) out += part;
    return out;
  };
  CHECK(code("{{ " + repeat("(", 10000) + "1" + repeat(")", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ " + repeat("[", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ " + repeat("{1:", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ " + repeat("-", 10000) + "1 }}") == "jinja/limit-nesting");
  CHECK(code("{{ " + repeat("not ", 10000) + "1 }}") == "jinja/limit-nesting");
  CHECK(code("{{ " + repeat("f(", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ a" + repeat(".b", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ a" + repeat("|upper", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ 1" + repeat("+1", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ 1" + repeat(" if 1 else 1", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code("{{ a[" + repeat("b[", 10000) + " }}") == "jinja/limit-nesting");
  CHECK(code(repeat("{% if 1 %}", 10000)) == "jinja/limit-nesting");
  CHECK(code(repeat("{% for x in [1] %}", 10000)) == "jinja/limit-nesting");
  CHECK(code("{% macro m(a: " + repeat("l[", 10000) + ") %}{% endmacro %}") != "");
  CHECK(code("{% set " + repeat("(", 10000) + " = 1 %}") == "jinja/limit-nesting");
  CHECK(t.render("{{ 1" + repeat(" ~ 1", 3000) + " }}").size() == 3001);
  CHECK(t.render("{{ [" + repeat("1,", 5000) + "]|length }}{{ {" + repeat("1:2,", 500) + "}|length }}") == "50001");
  CHECK(t.render("{{ 1" + repeat("+1", 200) + " }}") == "201");
  CHECK(t.render(repeat("{% if 1 %}", 60) + "x" + repeat("{% endif %}", 60)) == "x");
}

TEST_CASE("macros are described") {
  Templates t;
  auto tmpl = t.compile("x\n{% macro m(a, b: Dict[str, int] = 1, c='x') -%}\n body {%- endmacro %}y");
  const MacroInfo& macro = only_macro(tmpl);
  CHECK(macro.kind == MacroKind::macro);
  CHECK(macro.name == "m");
  CHECK(macro.span.text() == "{% macro m(a, b: Dict[str, int] = 1, c='x') -%}\n body {%- endmacro %}");
  CHECK(macro.body.text() == "body");
  REQUIRE(macro.arguments.size() == 3);
  CHECK(macro.arguments[0].name == "a");
  CHECK_FALSE(macro.arguments[0].has_default);
  CHECK(macro.arguments[1].annotation == "Dict[str, int]");
  CHECK(macro.arguments[1].has_default);
  CHECK(macro.arguments[1].default_span.text() == "1");
  CHECK(macro.arguments[2].default_span.text() == "'x'");
}

TEST_CASE("only macros at the top level are listed") {
  Templates t;
  auto tmpl = t.compile(
      "{% if true %}{% macro a() %}{% endmacro %}{% endif %}{% macro b() %}{% macro c() %}{% endmacro %}{% endmacro "
      "%}");
  CHECK(only_macro(tmpl).name == "b");
}

TEST_CASE("tests, materializations, snapshots and docs are definitions") {
  Templates t;
  auto tmpl = t.compile(
      "{% test t(model, column_name) %}select {{ model }}{% endtest %}"
      "{% data_test d(model) %}x{% enddata_test %}"
      "{% materialization m1, default %}a{% endmaterialization %}"
      "{% materialization m2, adapter='sqlite', supported_languages=['sql', 'python'] %}b{% endmaterialization %}"
      "{% snapshot s %}\n select {{ 1 }} {% endsnapshot %}"
      "{% docs readme %} {{ not a template {% %} {% enddocs %}");
  const auto& macros = tmpl->macros();
  REQUIRE(macros.size() == 6);
  CHECK(macros[0].kind == MacroKind::test);
  CHECK(macros[0].name == "t");
  CHECK(macros[0].arguments[1].name == "column_name");
  CHECK(macros[1].kind == MacroKind::test);
  CHECK(macros[2].adapter == "default");
  CHECK(macros[2].supported_languages.empty());
  CHECK(macros[3].kind == MacroKind::materialization);
  CHECK(macros[3].name == "m2");
  CHECK(macros[3].adapter == "sqlite");
  CHECK(macros[3].supported_languages == std::vector<std::string>{"sql", "python"});
  CHECK(macros[4].kind == MacroKind::snapshot);
  CHECK(macros[4].body.text() == "\n select {{ 1 }} ");
  CHECK(macros[5].kind == MacroKind::docs);
  CHECK(macros[5].body.text() == " {{ not a template {% %} ");
  for (uint32_t i = 0; i < macros.size(); ++i) CHECK(macros[i].index == i);
  DictContext empty(Value::dict());
  CHECK(render(*tmpl, empty).text == "");
}

TEST_CASE("bad definitions") {
  Templates t;
  CHECK(t.fail("{% materialization m, foo='x' %}{% endmaterialization %}").message ==
        "materialization 'm' received unknown argument 'foo'.");
  CHECK(t.fail("{% docs d %}x").message ==
        "Unexpected end of template. Jinja was looking for the following tags: 'enddocs'. The innermost block that "
        "needs to be closed"
        " is 'docs'.");
  CHECK(t.fail("{% macro m(a, a) %}{% endmacro %}").message == "duplicate argument 'a' in function definition");
  Syntax plain;
  plain.dbt_extensions = false;
  for (const char* text : {"{% docs d %}{% enddocs %}", "{% do 1 %}", "{% for x in y %}{% break %}{% endfor %}",
                           "{% snapshot s %}{% endsnapshot %}", "{% macro m(a: int) %}{% endmacro %}"}) {
    CHECK_THROWS_AS(t.compile(text, plain), Error);
  }
}

TEST_CASE("calls that can be known without running") {
  Templates t;
  auto tmpl = t.compile(
      "{{ ref('a', \"b\") }}{% macro m(x=f(1)) %}{{ dbt.x('a', y, b=[1, none, -2.5], c=z) }}{{ q()(1) }}{{ a[0](1) "
      "}}{% endmacro %}"
      "{% if source('s', 't') %}{% call w(g(2)) %}{{ h() }}{% endcall %}{% endif %}{{ var('x')|join(k(true)) }}");
  std::vector<std::string> paths;
  for (const StaticCall& call : tmpl->calls()) paths.push_back(call.path);
  CHECK(paths == std::vector<std::string>{"ref", "source", "w", "g", "h", "var", "k"});
  CHECK(tmpl->calls()[0].positional[1]->as_string() == "b");
  CHECK(tmpl->calls()[0].span.text() == "ref('a', \"b\")");
  const auto& calls = only_macro(tmpl).calls;
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].path == "f");
  CHECK(calls[1].path == "dbt.x");
  CHECK(calls[2].path == "q");
  CHECK(calls[1].positional[0]->as_string() == "a");
  CHECK_FALSE(calls[1].positional[1].has_value());
  CHECK(calls[1].named[0].first == "b");
  CHECK(to_repr(*calls[1].named[0].second) == "[1, None, -2.5]");
  CHECK_FALSE(calls[1].named[1].second.has_value());
}

TEST_CASE("markup is recognised") {
  CHECK(has_markup("a {{ b }}"));
  CHECK(has_markup("{#"));
  CHECK(has_markup("x{%"));
  CHECK_FALSE(has_markup("{ { % a }} {"));
  CHECK_FALSE(has_markup(""));
}

}  // namespace
}  // namespace modelc::jinja
