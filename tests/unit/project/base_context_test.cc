#include "project/base_context.h"

#include <doctest/doctest.h>

#include "project/setup.h"

using namespace modelc;

namespace {

struct Base : Setup {
  jinja::Value cli = jinja::Value::dict(), global = jinja::Value::dict();

  std::string render(const std::string& text, bool missing_is_none = false) {
    const SourceFile file("t", text);
    BaseContext context(invocation, VarScope{&cli, {&global}, "model m", missing_is_none});
    return jinja::render(*jinja::compile(file), context).text;
  }
  std::string fault(const std::string& text) {
    return Setup::fault([&] { render(text); });
  }
};

}  // namespace

TEST_CASE("var looks at the command line, then the scopes, then its default") {
  Base b;
  b.cli.as_dict().set("a", jinja::Value("cli"));
  b.global.as_dict().set("a", jinja::Value("global"));
  b.global.as_dict().set("b", jinja::Value("x{{ 1 + 1 }}"));
  b.global.as_dict().set("n", jinja::Value::none());
  CHECK(b.render(
            "{{ var('a') }} {{ var('b') }} {{ var('c', 'd') }} {{ var('n') is none }} {{ var('c', none) is none }}") ==
        "cli x2 d True True");
  CHECK(b.render("{{ var.has_var('a') }} {{ var.has_var('c') }}") == "True False");
  CHECK(b.render("{{ var('c') is none }}", true) == "True");
  CHECK(b.fault("{{ var('c') }}")
            .find("Required var 'c' not found in config:\nVars supplied to model m = {\n    \"a\": \"cli\",\n") == 0);
}

TEST_CASE("env_var") {
  Base b;
  b.invocation.environment = {{"A", "x"}, {"DBT_ENV_SECRET_S", "hush"}};
  CHECK(b.render("{{ env_var('A') }}{{ env_var('B', 'y') }}{{ env_var('B', 3) }}") == "xy3");
  CHECK(b.fault("{{ env_var('B') }}") == "Env var required but not provided: 'B'");
  CHECK(b.fault("{{ env_var('DBT_ENV_SECRET_S') }}")
            .find("Secret env vars are allowed only in profiles.yml or packages.yml.") == 0);
}

TEST_CASE("texts to data and back") {
  Base b;
  CHECK(b.render("{{ fromjson('{\"a\": [1, true]}')['a'] }} {{ fromjson('{', 'bad') }}") == "[1, True] bad");
  CHECK(b.render("{{ tojson({'b': 1, 'a': none}) }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }}") ==
        "{\"b\": 1, \"a\": null} {\"a\": 2, \"b\": 1}");
  CHECK(b.render("{{ fromyaml('a: [yes, 010]')['a'] }} {{ fromyaml('a: [', 'bad') }}") == "[True, 8] bad");
  CHECK(b.render("{{ toyaml({'b': 1, 'a': ['x']}) }}") == "b: 1\na:\n- x\n");
}

TEST_CASE("sets and zips, strict and not") {
  Base b;
  CHECK(b.render("{{ set([1, 2, 1]) | length }} {{ set(3, 'no') }} {{ set(3) is none }}") == "2 no True");
  CHECK(b.render("{{ zip([1, 2], ['a', 'b', 'c']) | list }} {{ zip(1, 2, default='no') }}") ==
        "[(1, 'a'), (2, 'b')] no");
  CHECK(b.fault("{{ set_strict(3) }}") != "ok");
  CHECK(b.fault("{{ zip_strict([1], 2) }}") != "ok");
}

TEST_CASE("return ends a macro with a value of any type") {
  Base b;
  CHECK(b.render("{% macro m() %}text{{ return([1, 2]) }}more{% endmacro %}{{ m()[1] }}") == "2");
  CHECK(b.render("{% macro m() %}{% for i in [1, 2] %}{{ return(i) }}{% endfor %}{% endmacro %}{{ m() + 1 }}") == "2");
}

TEST_CASE("small helpers") {
  Base b;
  b.invocation.invocation_id = "id-1";
  b.invocation.flags.full_refresh = true;
  CHECK(b.render("{{ local_md5('abc') }}") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(b.render("{{ diff_of_two_dicts({'K': ['v', 'W'], 'x': ['y']}, {'k': ['V']}) }}") == "{'K': ['W'], 'x': ['y']}");
  CHECK(b.render("{{ dbt_version }} {{ invocation_id }}") == "1.11.16 id-1");
  CHECK(b.render("{{ flags.FULL_REFRESH }} {{ flags.WHICH }} {{ flags.NOPE }}") == "True run None");
  CHECK(b.render("{{ run_started_at.strftime('%Y') }} {{ modules.datetime.date(2020, 1, 2) }}") == "1970 2020-01-02");
}

TEST_CASE("log and print speak through the events") {
  Base b;
  CHECK(b.render("[{{ log('quiet') }}{{ log('loud', info=True) }}{{ print('bare') }}]") == "[]");
  CHECK(b.log.find("quiet") == std::string::npos);
  CHECK(b.log.find("  loud\n") != std::string::npos);
  CHECK(b.log.find("bare\n") != std::string::npos);
}
