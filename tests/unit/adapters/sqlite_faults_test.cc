// Faults below SQLite: a call of the disk that fails, a full disk, power that goes away with writes still on their way.
#include <doctest/doctest.h>

#include <random>
#include <set>

#include "memory_vfs.h"
#include "session.h"

using modelc::Connection;
using modelc::Error;
using modelc::jinja::to_str;
using modelc::test::MemoryVfs;

namespace {

constexpr const char* rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) ";

/// The transactions of a small run: a table replaced, an incremental model, a view, a seed.
std::vector<std::string> transactions(int version) {
  const std::string v = std::to_string(version);
  return {"begin immediate; drop table if exists a; create table a as " + std::string(rows) + "select i, " + v +
              " as v, printf('%0100d', i) as filler from n; commit",
          "create temporary table b_new as select i, v from a; begin immediate; create table if not exists b (i, v);"
          " delete from b where i in (select i from b_new); insert into b select * from b_new; commit;"
          " drop table temp.b_new",
          "begin immediate; drop view if exists c; create view c as select " + v + " as v; commit",
          "begin immediate; create table if not exists d (v); delete from d; insert into d " + std::string(rows) +
              "select " + v + " from n; commit"};
}

modelc::sqlite::SqliteAdapter memory_adapter() {
  return modelc::sqlite::SqliteAdapter(modelc::test::sqlite_target(std::string("/memory")));
}

void run(int version) {
  auto adapter = memory_adapter();
  const auto connection = adapter.connect("run");
  for (const auto& transaction : transactions(version)) connection->execute(transaction);
}

/// "2 1 1 1": the version of each relation, "-" when it mixes two, "." when it is not there.
std::string versions(Connection& connection) {
  std::string out;
  for (const char* name : {"a", "b", "c", "d"}) {
    const auto there = connection.execute("select 1 from sqlite_master where name = '" + std::string(name) + "'", true);
    if (!out.empty()) out += " ";
    if (there.table->rows.empty()) {
      out += ".";
      continue;
    }
    const auto found = connection.execute("select distinct v from " + std::string(name), true);
    out += found.table->rows.size() == 1 ? to_str(found.table->rows[0][0]) : "-";
  }
  return out;
}

/// Opens the database as a later run would; it must be sound.
std::string look() {
  auto adapter = memory_adapter();
  const auto connection = adapter.connect("look");
  const auto answer = connection->execute("pragma integrity_check", true);
  CHECK(to_str(answer.table->rows.at(0)[0]) == "ok");
  return versions(*connection);
}

const std::string old_state = "1 1 1 1", new_state = "2 2 2 2";

/// The relations are new up to some point of the run, and old behind it.
bool is_prefix(const std::string& seen) {
  for (size_t n = 0; n <= old_state.size(); ++n)
    if (seen == new_state.substr(0, n) + old_state.substr(n)) return true;
  return false;
}

/// The state before the run.
void settle(MemoryVfs& vfs) {
  vfs.files.clear();
  run(1);
}

}  // namespace

TEST_CASE("each call of the disk may fail: the old relations or the new ones stand, and the next run is fine") {
  MemoryVfs vfs;
  settle(vfs);
  REQUIRE(look() == old_state);
  vfs.fail_at(0);
  run(2);
  const int64_t total = vfs.calls();
  REQUIRE(look() == new_state);
  for (const int result : {SQLITE_IOERR, SQLITE_FULL}) {
    for (const bool stays : {false, true}) {
      for (int64_t n = 1; n <= total; ++n) {
        settle(vfs);
        bool failed = false;
        vfs.fail_at(n, result, stays);
        try {
          run(2);
        } catch (const Error& error) {
          failed = true;
          CHECK_FALSE(error.diagnostic().message.empty());
        }
        vfs.heal();
        CAPTURE(n);
        CAPTURE(result);
        const std::string seen = look();
        CHECK_MESSAGE(is_prefix(seen), seen);
        if (!failed) CHECK(seen == new_state);
        run(2);
        CHECK(look() == new_state);
      }
    }
  }
}

TEST_CASE("power goes at any moment of a run: the file is sound and holds the run up to some transaction") {
  MemoryVfs vfs;
  settle(vfs);
  vfs.fail_at(0);
  run(2);
  const int64_t total = vfs.calls();
  std::mt19937 random(1);
  std::set<std::string> states;
  for (int seed = 0; seed < 300; ++seed) {
    settle(vfs);
    vfs.fail_at(1 + static_cast<int64_t>(random()) % total, SQLITE_IOERR, true);
    try {
      run(2);
    } catch (const Error&) {
    }
    vfs.heal();
    vfs.lose_power(random, seed % 3 == 0 ? 0.5 : seed % 3 == 1 ? 0.97 : 1.0);
    CAPTURE(seed);
    const std::string seen = look();
    CHECK_MESSAGE(is_prefix(seen), seen);
    states.insert(seen);
    run(2);
    CHECK(look() == new_state);
  }
  CHECK(states.size() > 2);
}

TEST_CASE("a run that has ended survives a loss of power") {
  MemoryVfs vfs;
  std::mt19937 random(2);
  for (int seed = 0; seed < 50; ++seed) {
    settle(vfs);
    vfs.lose_power(random, 0.5);
    CHECK(look() == old_state);
  }
}
