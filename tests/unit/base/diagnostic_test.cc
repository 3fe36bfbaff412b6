#include "base/diagnostic.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("places are lines and byte columns") {
  const SourceFile file("m.sql", "select 1\r\nfrom {{ x }}\n");
  CHECK(format_place({&file, 0, 1}) == "m.sql:1:1");
  CHECK(format_place({&file, 15, 16}) == "m.sql:2:6");
  CHECK(format_place({&file, 999, 999}) == "m.sql:3:1");
  CHECK(file.line_at(3) == "select 1");
  CHECK(file.line_at(12) == "from {{ x }}");
  CHECK(format_place({}) == "");
}

TEST_CASE("a diagnostic shows the line and a caret below the fault") {
  const SourceFile file("models/m.sql", "select 1\nfrom {{ h\xC3\xA9 }} x\n");
  Diagnostic d;
  d.kind = ErrorKind::compilation;
  d.code = "jinja/undefined-name";
  d.message = "'h\xC3\xA9' is undefined\nsecond line";
  d.span = {&file, 17, 20};
  d.subject = "model m (models/m.sql)";
  d.notes.push_back({"called from here", {&file, 0, 6}});
  d.hint = "did you mean 'he'?";
  CHECK(render_brief(d) == "Compilation Error in model m (models/m.sql)\n  'h\xC3\xA9' is undefined\n  second line");
  CHECK(render_details(d) ==
        " --> models/m.sql:2:9\n"
        "  |\n"
        "2 | from {{ h\xC3\xA9 }} x\n"
        "  |         ^^\n"
        "note: called from here\n"
        " --> models/m.sql:1:1\n"
        "  |\n"
        "1 | select 1\n"
        "  | ^^^^^^\n"
        "hint: did you mean 'he'?\n"
        "error[jinja/undefined-name]");
  CHECK(render_diagnostic(d) == render_brief(d) + "\n" + render_details(d));
}

TEST_CASE("a diagnostic without a place has nothing to add but its code") {
  Diagnostic d;
  d.kind = ErrorKind::runtime;
  d.message = "no";
  d.code = "x/y";
  CHECK(render_details(d) == "");
  CHECK(render_diagnostic(d) == "Runtime Error\n  no\nerror[x/y]");
}

TEST_CASE("a caret range ends with its line, and long lines are cut around it") {
  const SourceFile two("t", "ab\ncd\n");
  Diagnostic d;
  d.span = {&two, 1, 5};
  CHECK(render_details(d).find("  |  ^") != std::string::npos);
  const SourceFile wide("t", std::string(1000, 'x') + "HERE" + std::string(1000, 'y'));
  d.span = {&wide, 1000, 1004};
  const std::string text = render_details(d);
  CHECK(text.size() < 500);
  const size_t line = text.find("1 | "), carets = text.find("  | ", line + 4);
  CHECK(text.substr(carets + text.find("HERE") - line, 4) == "^^^^");
}

TEST_CASE("labels are dbt's") {
  CHECK(error_label(ErrorKind::database) == "Database Error");
  CHECK(error_label(ErrorKind::project) == "Runtime Error");
  CHECK(error_label(ErrorKind::contract) == "Compilation Error");
}

TEST_CASE("suggestions are close or absent") {
  CHECK(closest_match("custmers", {"orders", "customers"}) == "customers");
  CHECK(closest_match("Customers", {"customers"}) == "customers");
  CHECK(closest_match("ab", {"xy", "zzzz"}) == "");
  CHECK(closest_match("teh", {"the", "ten"}) == "the");
}
