#include "jinja/lexer.h"

#include <doctest/doctest.h>

#include "jinja/jinja_helper.h"

namespace modelc::jinja {
namespace {

std::vector<Token> tokens(const SourceFile& file, const Syntax& syntax = {}) {
  static Arena arena;
  Lexer lexer(file, syntax, arena);
  std::vector<Token> all;
  do all.push_back(lexer.next());
  while (all.back().type != Tok::eof);
  return all;
}

std::string kinds(std::string text) {
  SourceFile file("t.sql", std::move(text));
  std::string out;
  for (const Token& token : tokens(file)) out += std::string(out.empty() ? "" : " ") + std::string(describe(token));
  return out;
}

TEST_CASE("tokens carry their exact place") {
  SourceFile file("t.sql", "ab {{ foo.bar }} c");
  auto all = tokens(file);
  REQUIRE(all.size() == 8);
  CHECK(all[0].type == Tok::data);
  CHECK(all[0].begin == 0);
  CHECK(all[0].end == 3);
  CHECK(all[1].type == Tok::variable_begin);
  CHECK(all[1].begin == 3);
  CHECK(all[2].text == "foo");
  CHECK(all[2].begin == 6);
  CHECK(all[2].end == 9);
  CHECK(all[5].type == Tok::variable_end);
  CHECK(all[5].end == 16);
  CHECK(all[6].begin == 16);
}

TEST_CASE("operators and names") {
  CHECK(kinds("{{ a**b//c }}") == "begin of print statement a ** b // c end of print statement end of template");
  CHECK(kinds("{% x<=1 %}") == "begin of statement block x <= integer end of statement block end of template");
}

TEST_CASE("numbers and strings have values") {
  SourceFile file("t.sql", R"({{ 1_000 0x_fF 1.5e3 'a\tb' "é" }})");
  auto all = tokens(file);
  CHECK(all[1].integer == 1000);
  CHECK(all[2].integer == 255);
  CHECK(all[3].floating == 1500.0);
  CHECK(all[4].text == "a\tb");
  CHECK(all[5].text == "é");
}

TEST_CASE("errors point at the character") {
  SourceFile file("t.sql", "x\n{{ a $ }}");
  try {
    tokens(file);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.diagnostic().message == "unexpected char '$' at 7");
    CHECK(error.diagnostic().span.begin == 7);
    CHECK(error.diagnostic().span.end == 8);
    CHECK(error.diagnostic().code == "jinja/syntax-error");
  }
}

TEST_CASE("an integer beyond 64 bits keeps its text") {
  const SourceFile file("x", "{{ 9223372036854775807 0xffff_ffff_ffff_ffff }}");
  const std::vector<Token> all = tokens(file);
  REQUIRE(all.size() > 2);
  CHECK(all[1].text.empty());
  CHECK(all[1].integer == INT64_MAX);
  CHECK(all[2].type == Tok::integer);
  CHECK(all[2].text == "0xffff_ffff_ffff_ffff");
}

}  // namespace
}  // namespace modelc::jinja
