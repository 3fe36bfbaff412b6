#include "compile/sql_session.h"

#include <doctest/doctest.h>

#include "compile/query_comment.h"

using namespace modelc;

TEST_CASE("statements that only read open no transaction") {
  CHECK(is_read_only("select 1"));
  CHECK(is_read_only("\n -- a comment\n /* another */ (SELECT 1)"));
  CHECK(is_read_only("with x as (select 1) select * from x"));
  CHECK(is_read_only("pragma table_info(t)"));
  CHECK_FALSE(is_read_only("create table t as select 1"));
  CHECK_FALSE(is_read_only("with x as (select 1) insert into t select * from x"));
  CHECK_FALSE(is_read_only("selection"));
  CHECK_FALSE(is_read_only(""));
}

TEST_CASE("the query comment stands before the statement") {
  CHECK(add_query_comment("select 1", "c", false) == "/* c */\nselect 1");
  CHECK(add_query_comment("select 1", "", false) == "select 1");
}

TEST_CASE("an appended query comment stands before the last semicolon") {
  CHECK(add_query_comment("select 1 \n", "c", true) == "select 1\n/* c */");
  CHECK(add_query_comment("select 1;\n", "c", true) == "select 1\n/* c */;");
}
