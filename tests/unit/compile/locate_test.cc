#include <doctest/doctest.h>

#include "compile/compile.h"

using namespace modelc;

namespace {

struct Case {
  SourceFile file{"models/m.sql", "select id, nam\nfrom t"};
  Node node;
  Compiled compiled;

  Case() {
    node.name = "m";
    node.original_file_path = "models/m.sql";
    compiled.sql = file.text();
    auto map = std::make_shared<jinja::SpanMap>();
    map->segments.push_back({0, Span{&file, 0, static_cast<uint32_t>(file.text().size())}, true});
    compiled.map = map;
  }

  Diagnostic located(const std::string& message, const std::string& sql, int64_t offset) {
    DatabaseError error("sqlite/sql", message, sql, offset);
    locate_database_error(error, node, compiled);
    return error.diagnostic();
  }
};

}  // namespace

TEST_CASE("an offset in the executed SQL becomes a place in the model") {
  Case c;
  const std::string sql = "create table x as\n" + c.compiled.sql;
  const auto diagnostic = c.located("no such column: nam", sql, static_cast<int64_t>(sql.find("nam")));
  CHECK(format_place(diagnostic.span) == "models/m.sql:1:12");
  CHECK(diagnostic.subject == "model m (models/m.sql)");
  REQUIRE(diagnostic.notes.size() == 1);
  CHECK(diagnostic.notes[0].message == "in the compiled SQL, line 1, column 12: select id, nam");
}

TEST_CASE("without an offset the name that the message quotes is looked for") {
  Case c;
  CHECK(format_place(c.located("no such column: nam", "select 1", -1).span) == "models/m.sql:1:12");
  CHECK(format_place(c.located("no such table: main.t", "select 1", -1).span) == "models/m.sql:2:6");
  CHECK(format_place(c.located("near \"from\": syntax error", "select 1", -1).span) == "models/m.sql:2:1");
}

TEST_CASE("a name that stands there twice, or not at all, blames no place") {
  Case c;
  c.compiled.sql = "select x, x from t";
  CHECK_FALSE(c.located("no such column: x", "select 1", -1).span);
  CHECK_FALSE(c.located("no such column: y", "select 1", -1).span);
  CHECK_FALSE(c.located("disk full", "select 1", -1).span);
}

TEST_CASE("a name is matched as a whole word") {
  Case c;
  CHECK_FALSE(c.located("no such column: na", "select 1", -1).span);
}

TEST_CASE("an offset before the model's own SQL blames the materialization, not the model") {
  Case c;
  CHECK_FALSE(c.located("near \"creat\": syntax error", "creat table x as " + c.compiled.sql, 0).span);
}
