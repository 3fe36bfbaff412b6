#include <doctest/doctest.h>

#include "fake_database.h"

using namespace modelc;
using modelc::testing::FakeProject;

namespace {

const std::string table = "{{ config(materialized='table') }} ";

void add_chain(FakeProject& p) {
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select x from {{ ref('a') }}");
  p.model("c", table + "select x from {{ ref('b') }}");
  p.model("d", table + "select 2 as y");
}

}  // namespace

TEST_CASE("models run parents first, each in one transaction, and the schema is listed once") {
  FakeProject p;
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select x from {{ ref('a') }}");
  CHECK(p.run(TaskKind::run).exit_code() == 0);
  CHECK(p.statuses() == "a=success b=success");
  CHECK(p.log.count("begin") == 2);
  CHECK(p.log.count("commit") == 2);
  CHECK(p.log.count("rollback") == 0);
  CHECK(p.log.count("list main") == 1);
  CHECK(p.output.find("1 of 2 START sql table model main.a ...") != std::string::npos);
  CHECK(p.output.find("2 of 2 OK created sql table model main.b ...") != std::string::npos);
  CHECK(p.output.find("Done. PASS=2 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=2") != std::string::npos);
}

TEST_CASE("compiled and executed SQL are written to the target folder") {
  FakeProject p;
  p.model("sub/a", table + "select 1 as x");
  p.run(TaskKind::run);
  CHECK(p.fs.files["target/compiled/p/models/sub/a.sql"] == " select 1 as x");
  CHECK(p.fs.files["target/run/p/models/sub/a.sql"].find("create table") != std::string::npos);
}

TEST_CASE("an error rolls back, skips descendants and leaves the rest alone") {
  FakeProject p;
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select bad from {{ ref('a') }}");
  p.model("c", table + "select x from {{ ref('b') }}");
  p.model("d", table + "select 2 as y");
  p.log.failing = "bad";
  CHECK(p.run(TaskKind::run).exit_code() == 1);
  CHECK(p.statuses() == "a=success d=success b=error c=skipped");
  CHECK(p.log.count("rollback") == 1);
  CHECK(p.outcome.results[2].message.starts_with(
      "Database Error in model b (models/b.sql)\n  no such thing: bad\n  compiled code at target/run/p/models/b.sql"));
  CHECK(p.output.find("4 of 4 SKIP relation main.c ...") != std::string::npos);
  CHECK(p.output.find("Completed with 1 error, 0 partial successes, and 0 warnings:") != std::string::npos);
}

TEST_CASE("--fail-fast skips what has not begun") {
  FakeProject p;
  add_chain(p);
  p.invocation.flags.fail_fast = true;
  p.log.failing = "select 1 as x";
  CHECK(p.run(TaskKind::run).exit_code() == 1);
  CHECK(p.outcome.results[0].status == RunStatus::error);
  for (size_t i = 1; i < p.outcome.results.size(); ++i)
    CHECK(p.outcome.results[i].message == "Skipping due to fail_fast");
  CHECK(p.outcome.results.size() == 4);
}

TEST_CASE("several threads have a connection each and give every node one result") {
  FakeProject p;
  for (int i = 0; i < 40; ++i)
    p.model("m" + std::to_string(i),
            table + "select 1 as x" + (i % 4 ? " from {{ ref('m" + std::to_string(i / 4 * 4) + "') }}" : ""));
  p.invocation.flags.threads = 4;
  CHECK(p.run(TaskKind::run).exit_code() == 0);
  CHECK(p.outcome.results.size() == 40);
  CHECK(p.log.connections <= 4);
  CHECK(p.log.count("commit") == 40);
}

TEST_CASE("one thread goes on by itself while its nodes are shorter than the head start") {
  FakeProject p;
  p.log.head_start = std::chrono::hours(1);
  for (int i = 0; i < 40; ++i)
    p.model("m" + std::to_string(i), table + "select 1 as x" + (i % 4 ? " from {{ ref('m0') }}" : ""));
  p.invocation.flags.threads = 4;
  CHECK(p.run(TaskKind::run).exit_code() == 0);
  REQUIRE(p.outcome.results.size() == 40);
  for (const auto& result : p.outcome.results) CHECK(result.thread_id == p.outcome.results[0].thread_id);
}

TEST_CASE("build: a failed data test skips what is downstream of the tested model") {
  FakeProject p;
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select x from {{ ref('a') }}");
  p.file("models/schema.yml", "version: 2\nmodels: [{name: a, columns: [{name: x, data_tests: [not_null]}]}]\n");
  p.log.test_failures = 3;
  CHECK(p.run(TaskKind::build, "build").exit_code() == 1);
  REQUIRE(p.outcome.results.size() == 3);
  CHECK(p.outcome.results[1].status == RunStatus::fail);
  CHECK(p.outcome.results[1].message == "Got 3 results, configured to fail if != 0");
  CHECK(p.outcome.results[1].failures == 3);
  CHECK(p.outcome.results[2].status == RunStatus::skipped);
}

TEST_CASE("a test of severity warn keeps nobody from running") {
  FakeProject p;
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select x from {{ ref('a') }}");
  p.file(
      "models/schema.yml",
      "version: 2\nmodels: [{name: a, columns: [{name: x, data_tests: [{not_null: {config: {severity: warn}}}]}]}]\n");
  p.log.test_failures = 1;
  CHECK(p.run(TaskKind::build, "build").exit_code() == 0);
  CHECK(p.outcome.results[1].message == "Got 1 result, configured to warn if != 0");
  CHECK(p.outcome.results[2].status == RunStatus::success);
}

TEST_CASE("a ref that was hidden while parsing fails with dbt's hint") {
  FakeProject p;
  p.model("a", table + "select 1 as x");
  p.model("b", table + "select {% if execute %}{{ ref('a') }}{% endif %}");
  p.run(TaskKind::run);
  CHECK(p.outcome.results[1].message.find("-- depends_on: {{ ref('a') }}") != std::string::npos);
}

TEST_CASE("an ephemeral model that fails to compile is blamed for its children") {
  FakeProject p;
  p.model("e", "{{ config(materialized='ephemeral') }} select {{ exceptions.raise_compiler_error('no') if execute }}");
  p.model("f", table + "select * from {{ ref('e') }}");
  CHECK(p.run(TaskKind::run).exit_code() == 1);
  REQUIRE(p.outcome.results.size() == 1);
  CHECK(p.outcome.results[0].status == RunStatus::skipped);
  CHECK(p.outcome.results[0].message ==
        "Compilation Error in model.p.f, caused by compilation error in referenced ephemeral model model.p.e");
}

TEST_CASE("hooks run around the nodes; on-run-end sees the results") {
  FakeProject p;
  p.project(
      "on-run-start: [\"select 'start'\"]\non-run-end: [\"select '{{ results | map(attribute='status') | join(',') }} "
      "{{ schemas | join }}'\"]\n");
  p.model("a", table + "select 1 as x");
  CHECK(p.run(TaskKind::run).exit_code() == 0);
  CHECK(p.statuses() == "p-on-run-start-0=success a=success p-on-run-end-0=success");
  CHECK(p.log.statements.back() == "select 'success main'");
  CHECK(p.outcome.results[0].message == "p.on-run-start.0 passed");
  CHECK(p.outcome.results[0].unique_id == "operation.p.p-on-run-start-0");
}

TEST_CASE("a failing hook skips the hooks behind it") {
  FakeProject p;
  p.project("on-run-end: [\"select bad\", \"select 2\"]\n");
  p.model("a", table + "select 1 as x");
  p.log.failing = "bad";
  CHECK(p.run(TaskKind::run).exit_code() == 1);
  CHECK(p.statuses() == "a=success p-on-run-end-0=error p-on-run-end-1=skipped");
  CHECK(p.outcome.results[1].message == "p.on-run-end.0 failed, error:\n no such thing: bad");
}

TEST_CASE("a materialization that returns no relations is refused in dbt's words") {
  FakeProject p;
  p.file("macros/m.sql",
         "{% materialization odd, default %}{% call statement('main') %}select 1{% endcall %}{% endmaterialization %}");
  p.model("a", "{{ config(materialized='odd') }} select 1");
  p.run(TaskKind::run);
  CHECK(p.outcome.results[0].message.find(
            "The materialization (\"odd\") did not explicitly return a list of relations to add to the cache.") !=
        std::string::npos);
}

TEST_CASE("compile ends with the first error as the command's own") {
  FakeProject p;
  p.model("a", "select {{ exceptions.raise_compiler_error('boom') if execute }}");
  CHECK_THROWS_WITH_AS(p.run(TaskKind::compile, "compile"), "Compilation Error in model a (models/a.sql)\n  boom",
                       Error);
}
