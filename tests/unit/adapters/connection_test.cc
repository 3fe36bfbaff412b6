#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "session.h"

using modelc::Relation;
using modelc::RelationType;
using modelc::jinja::Value;
using modelc::test::Session;
using modelc::test::sqlite_target;
using modelc::test::TemporaryFolder;

namespace {

Relation relation(const std::string& schema, const std::string& name, RelationType type = RelationType::table) {
  return modelc::make_relation(modelc::adapter_traits("sqlite"), std::nullopt, schema, name, type);
}

/// The error that `body` throws.
template <class Body>
modelc::DatabaseError error_of(Body&& body) {
  try {
    body();
  } catch (const modelc::DatabaseError& error) {
    return error;
  }
  FAIL("no error");
  return modelc::DatabaseError("", "", "");
}

std::string names(const std::vector<modelc::Column>& columns) {
  std::string out;
  for (const auto& column : columns) out += column.name + " " + column.data_type + ", ";
  return out;
}

}  // namespace

TEST_CASE("several statements run in order; the rows are the last query's") {
  Session session;
  const auto result = session.run(
      "create table t (a int); insert into t values (1), (2); /* now */ select a from t order by a;  -- done\n");
  CHECK(result.table->rows.size() == 2);
  CHECK(result.table->column_names == std::vector<std::string>{"a"});
  CHECK(session.run("update t set a = a + 1").response.rows_affected == 2);
  CHECK(session.run("create table u (b)").response.rows_affected == -1);
  CHECK(session.connection->execute("select a from t", true, 1).table->rows.size() == 1);
  CHECK(
      session.connection->execute("select ?, ?", true, {}, {Value("x"), Value::none()}).table->rows[0][0].as_string() ==
      "x");
}

TEST_CASE("the transaction starts with the first statement that writes") {
  Session session;
  const auto other = session.adapter.connect("other");
  session.run("create table t (a)");
  session.connection->begin();
  CHECK(session.connection->in_transaction());
  session.run("select * from t");
  other->execute("insert into t values (1)");  // nothing holds the lock yet
  session.run("insert into t values (2)");
  CHECK(other->execute("select count(*) from t", true).table->rows[0][0].as_int() == 1);
  session.connection->rollback();
  CHECK_FALSE(session.connection->in_transaction());
  CHECK(session.text("select group_concat(a) from t") == "1");
}

TEST_CASE("begin and commit as statements go with the lock") {
  Session session;
  session.run("create table t (a)");
  session.run("/* a comment */ begin immediate");
  CHECK(session.connection->in_transaction());
  std::atomic<bool> written{false};
  std::thread writer([&] {
    const auto other = session.adapter.connect("other");
    other->execute("insert into t values (1)");
    written = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK_FALSE(written);
  session.run("insert into t values (2); commit;");
  writer.join();
  CHECK(written);
  session.run("commit");  // nothing is open: nothing happens
  CHECK(session.text("select group_concat(a) from t") == "2,1");
}

TEST_CASE("temporary tables do not wait for a writer") {
  Session session;
  session.run("create table t as select 1 as a");
  session.run("begin immediate");
  const auto other = session.adapter.connect("other");
  other->execute("create temporary table temp.x as select * from main.t");
  other->begin();
  other->execute("insert into temp.x values (2)");
  CHECK(other->execute("select count(*) from temp.x", true).table->rows[0][0].as_int() == 2);
  session.connection->commit();
}

TEST_CASE("many writers of one process never fail for each other") {
  Session session;
  session.run("create table t (a)");
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      try {
        const auto connection = session.adapter.connect("w");
        for (int j = 0; j < 30; ++j) {
          connection->begin();
          connection->execute("insert into t values (" + std::to_string(i * 100 + j) + ")");
          connection->commit();
        }
      } catch (const modelc::Error&) {
        ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(session.text("select count(distinct a) from t") == "180");
}

TEST_CASE("another process's lock gives a clear error") {
  Session session;
  session.run("create table t (a)");
  modelc::sqlite::SqliteAdapter elsewhere(sqlite_target(session.folder, 100));  // shares no lock with the first
  session.run("begin immediate");
  const auto error = error_of([&] { elsewhere.connect("x")->execute("insert into t values (1)"); });
  CHECK(error.diagnostic().code == "sqlite/locked");
  CHECK(error.diagnostic().message == "database is locked (" + (session.folder / "main.sqlite") + ")");
  CHECK_FALSE(error.diagnostic().hint.empty());
}

TEST_CASE("errors know the place in the SQL and the file") {
  Session session;
  const std::string sql = "select 1;\nselect bad_column from (select 1 as a)";
  const auto error = error_of([&] { session.run(sql); });
  CHECK(error.diagnostic().message == "no such column: bad_column");
  CHECK(sql.substr(static_cast<size_t>(error.sql_offset())).starts_with("bad_column"));
  CHECK(error_of([&] { session.run("select \"no_text\""); }).diagnostic().message == "no such column: no_text");

  TemporaryFolder folder;
  std::ofstream(folder / "main.sqlite") << std::string(5000, 'x');
  const auto broken = error_of([&] {
    modelc::sqlite::SqliteAdapter(sqlite_target(folder)).connect("x")->execute("select * from sqlite_master");
  });
  CHECK(broken.diagnostic().code == "sqlite/not-a-database");
  CHECK(broken.diagnostic().message.find("main.sqlite") != std::string::npos);
}

TEST_CASE("schemas are files, and all sessions see them") {
  Session session;
  const auto other = session.adapter.connect("other");
  other->execute("select 1");
  session.connection->create_schema("extra");
  session.run(
      "create table extra.t as select 1 as a; create view extra.v as select * from t; create index extra.i on t (a)");
  CHECK(other->list_schemas().size() == 2);
  CHECK(other->list_relations("extra").size() == 2);
  CHECK(other->execute("select count(*) from extra.t", true).table->rows[0][0].as_int() == 1);
  CHECK(std::filesystem::exists(session.folder / "extra.db"));
  session.connection->drop_schema("extra");
  CHECK(other->list_schemas().size() == 1);
  CHECK_FALSE(std::filesystem::exists(session.folder / "extra.db"));

  std::ofstream(session.folder / "main.db").close();
  CHECK_THROWS_WITH_AS(modelc::sqlite::SqliteAdapter{sqlite_target(session.folder)},
                       doctest::Contains("cannot attach it as 'main' because that schema name is already defined"),
                       modelc::Error);
}

TEST_CASE("columns and queries are described") {
  Session session;
  session.run("create table t (id integer, name varchar(20), note); create view v as select id, id + 1 as next from t");
  CHECK(names(session.connection->columns(relation("main", "t"))) == "id INTEGER, name varchar(20), note UNKNOWN, ");
  CHECK(names(session.connection->columns(relation("main", "absent"))).empty());
  CHECK(names(session.connection->columns(relation("absent", "t"))).empty());
  CHECK(names(session.connection->describe_query(
            "select id, cast(name as real) as r, 1 as one, date() as d from t;\n-- end")) ==
        "id INTEGER, r REAL, one UNKNOWN, d UNKNOWN, ");
  CHECK(names(session.connection->describe_query("select 1 as i, 1.5 as r, date() as d, x'00' as b, null as n")) ==
        "i INT, r REAL, d TEXT, b BLOB, n UNKNOWN, ");
  CHECK(
      names(session.connection->describe_query(
          "with recursive n(i) as (select 1 union all select i + 1 from n) select i + 1 as i from n where i > 1e9")) ==
      "i UNKNOWN, ");
  CHECK(names(session.connection->describe_query(
            "create temporary table h as select 1 as a; select a, cast(a as text) as b from h")) == "a INT, b TEXT, ");
  CHECK(session.text("select count(*) from sqlite_temp_master where name like '%modelc%'") == "0");
}

TEST_CASE("views are checked when they are made") {
  Session session;
  session.run("create table t (a); create view good as select a from t; create view bad as select b from t");
  session.connection->check_view(relation("main", "good", RelationType::view));
  CHECK(error_of([&] { session.connection->check_view(relation("main", "bad", RelationType::view)); })
            .diagnostic()
            .message == "no such column: b");
}

TEST_CASE("whole tables are inserted at once, or not at all") {
  Session session;
  session.run("create table t (n REAL, s TEXT, b INT, d TEXT)");
  modelc::Table table;
  table.column_names = {"s", "n", "b", "d"};
  table.rows = {{Value("it's"), Value(1), Value(true), Value::none()},
                {Value("\xc3\xbc"), Value(0.5), Value(false), Value("x")}};
  CHECK(session.connection->bulk_insert(relation("main", "t"), table) == 2);
  CHECK(session.text("select group_concat(typeof(n) || n || s || b || typeof(d)) from t") ==
        "real1.0it's1null,real0.5\xc3\xbc"
        "0text");
  session.run("delete from t; create unique index u on t (s)");
  table.rows.push_back({Value("it's"), Value(1), Value(true), Value::none()});
  error_of([&] { session.connection->bulk_insert(relation("main", "t"), table); });
  CHECK(session.text("select count(*) from t") == "0");
}

TEST_CASE("a running statement can be cancelled") {
  Session session;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    session.connection->cancel();
  });
  const auto error = error_of(
      [&] { session.run("with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"); });
  canceller.join();
  CHECK(error.diagnostic().code == "sqlite/interrupted");
}

TEST_CASE("renaming a table leaves the views that name it alone") {
  Session session;
  session.run("create table t as select 1 as a; create view v as select * from t; create table t2 as select 2 as a");
  session.run("begin; drop table t; alter table t2 rename to t; commit");
  CHECK(session.text("select a from v") == "2");
}
