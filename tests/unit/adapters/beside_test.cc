// Queries computed beside the writer: nobody waits for them, and the table is the one that the query itself would make.
#include <doctest/doctest.h>

#include "session.h"

using modelc::Relation;
using modelc::RelationType;
using modelc::test::Session;

namespace {

Relation target(const std::string& name) {
  return modelc::make_relation(modelc::adapter_traits("sqlite"), std::nullopt, "main", name, RelationType::table);
}

/// Every kind of value and declared type, twice the same name, an order of its own.
const std::string query =
    "select a, b || '' as \"B b\", a, a + 0.5 as half, cast(a as text) as t, null as none, x'00' as bytes,\n"
    "  cast('2026-01-31' as date) as day, cast(a as numeric(10, 2)) as n\n"
    "from source order by b desc -- the end";

void make_source(Session& session) {
  session.run(
      "create table source (a integer, b varchar(9)); insert into source values (1, 'x'), (null, 'z'), (3, 'y');"
      "create view seen as select a from source");
}

bool is_waiting(Session& session) {
  return session.text("select count(*) from sqlite_temp_master where name = '__modelc_beside'") == "1";
}

std::string content(Session& session, const std::string& table) {
  std::string out = session.text("select sql from sqlite_master where name = '" + table + "'") + "\n";
  const auto rows = session.run(
      "select rowid, typeof(a), quote(a), quote(\"B b\"), quote(\"a:1\"), quote(half), quote(t),"
      " quote(none), quote(bytes), quote(day), quote(n) from " +
      table);
  for (const auto& row : rows.table->rows) {
    for (const auto& value : row) out += modelc::jinja::to_str(value) + "|";
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a query is computed while another session writes; its table is the same") {
  Session session;
  make_source(session);
  session.run("create table direct as\n" + query);
  const auto writer = session.adapter.connect("writer");
  writer->execute("begin immediate; create table other (a)");
  session.connection->begin_with_query({query, target("beside")}, true);  // would wait for ever
  CHECK(is_waiting(session));
  writer->execute("commit");
  session.run("drop table if exists main.beside");
  const auto result = session.run("create table main.\"beside\"\n    as\n        " + query + "\n;");
  CHECK(result.response.rows_affected == -1);
  session.run("create index beside_a on beside (a)");
  session.connection->commit();
  CHECK_FALSE(is_waiting(session));
  std::string wanted = content(session, "direct");
  wanted.replace(wanted.find("direct"), 6, "beside");
  CHECK(content(session, "beside") == wanted);
}

TEST_CASE("the rows are those of the moment before the transaction") {
  Session session;
  make_source(session);
  session.connection->begin_with_query({"select a from source", target("t")}, true);
  session.adapter.connect("other")->execute("insert into source values (9, 'w')");
  session.run("create table t as select a from source");
  session.connection->commit();
  CHECK(session.text("select count(*) from t") == "3");
}

TEST_CASE("a transaction that changes what the query reads computes it itself") {
  for (const char* change :
       {"insert into source values (4, 'w')", "update source set a = 1",
        "drop view seen; create view seen as select 4 as a", "create temporary table source as select 5 as a",
        "alter table source add column c", "pragma case_sensitive_like = on"}) {
    CAPTURE(change);
    Session session;
    make_source(session);
    session.connection->begin_with_query({"select a from seen where 'A' like 'a'", target("t")}, true);
    CHECK(is_waiting(session));
    session.run(change);
    session.run("create table t as select a from seen where 'A' like 'a'");
    const auto values = [&](const std::string& of) {
      return session.text("select group_concat(coalesce(a, 'none')) from " + of);
    };
    CHECK(values("t") == values("(select a from seen where 'A' like 'a')"));
    session.connection->commit();
    CHECK_FALSE(is_waiting(session));
  }
}

TEST_CASE("only what is asked for in time is computed beside") {
  Session session;
  make_source(session);
  const auto computes = [&](const std::string& sql, const char* name, bool others_work) {
    session.connection->begin_with_query({sql, target(name)}, others_work);
    const bool waits = is_waiting(session);
    session.connection->rollback();
    CHECK_FALSE(is_waiting(session));
    return waits;
  };
  CHECK(computes("select 1 as a;\n", "t", true));
  CHECK_FALSE(computes("select 1 as a", "t", false));
  CHECK_FALSE(computes("select * from seen", "source", true));  // the table that is about to change, through a view
  CHECK_FALSE(computes("select name from sqlite_master", "t", true));
  CHECK_FALSE(computes("select 1; select 2", "t", true));
  CHECK_FALSE(computes("insert into source values (1, 2) returning a", "t", true));
  CHECK_FALSE(computes("select wrong from source", "t", true));
  CHECK_FALSE(computes("select abs(-9223372036854775807 - 1) as a from source", "t", true));
}

TEST_CASE("a temporary table takes the rows over; a rollback forgets them") {
  Session session;
  make_source(session);
  for (const char* end : {"rollback", "commit"}) {
    session.connection->begin_with_query({"select a from source", target("t")}, true);
    session.run(
        "drop table if exists temp.\"t__tmp\"; create temporary table temp.\"t__tmp\"\nas\n select a from source");
    CHECK(session.text("select count(*) from temp.t__tmp") == "3");
    CHECK_FALSE(is_waiting(session));
    session.run(end);
    CHECK_FALSE(is_waiting(session));
    CHECK(session.text("select count(*) from sqlite_temp_master") == (end == std::string("commit") ? "1" : "0"));
  }
}

TEST_CASE("a table with types of its own gets the query's values as they are") {
  const std::string values = "select a, b as \"B b\" from source union all select '7', 8";
  Session session;
  make_source(session);
  session.connection->begin_with_query({values, target("t"), true}, true);
  CHECK(is_waiting(session));
  session.adapter.connect("other")->execute("delete from source");
  session.run("create table t (a text not null, \"B b\" blob)");
  const std::string fill = "insert into t (a, \"B b\")\n select a, \"B b\" from (\n" + values + "\n) as model_subq";
  try {
    session.run(fill);
    FAIL("no error");
  } catch (const modelc::DatabaseError& error) {
    CHECK(error.diagnostic().message == "NOT NULL constraint failed: t.a");
  }
  session.connection->rollback();
  CHECK_FALSE(is_waiting(session));

  session.run("insert into source values (1, 'x')");
  session.connection->begin_with_query({values, target("t"), true}, true);
  session.adapter.connect("other")->execute("delete from source");
  session.run("create table t (a text not null, \"B b\" blob)");
  CHECK(session.run(fill).response.rows_affected == 2);
  session.connection->commit();
  CHECK(session.text("select group_concat(typeof(a) || quote(\"B b\")) from t") == "text'x',text8");
}

TEST_CASE("other statements of the transaction are left alone") {
  Session session;
  make_source(session);
  session.connection->begin_with_query({"select a from source", target("t")}, true);
  session.run(
      "create table if not exists u as select a from source;"
      "create table v as select a from source union all select a from source;"
      "create view w as select a from source");
  session.connection->commit();
  const auto rows_of = [&](const std::string& name) { return session.text("select count(*) from " + name); };
  CHECK(rows_of("u") + rows_of("v") + rows_of("w") == "363");
}

TEST_CASE("where the table cannot be made the error is that of its statement") {
  Session session;
  make_source(session);
  session.run("create table t (z)");
  session.connection->begin_with_query({"select a from source", target("t")}, true);
  try {
    session.run("create table t as select a from source");
    FAIL("no error");
  } catch (const modelc::DatabaseError& error) {
    CHECK(error.diagnostic().message == "table t already exists");
  }
  session.connection->rollback();
  CHECK_FALSE(is_waiting(session));
}
