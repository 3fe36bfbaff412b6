#include <doctest/doctest.h>

#include "project/setup.h"

using namespace modelc;

namespace {

struct Profiles : Setup {
  explicit Profiles(const std::string& text) {
    if (!text.empty()) fs.files["/p/profiles.yml"] = text;
    project.root = "/p";
    project.name = "shop";
    project.profile = "shop";
  }
  Target load() { return load_target(invocation, project); }
  std::string fault() {
    return Setup::fault([&] { load(); });
  }
  ProjectFile project;
};

std::string with_dev(const std::string& output) {
  return "shop:\n  target: dev\n  outputs:\n    dev: " + output + "\n";
}

constexpr const char* sqlite_output =
    "{type: sqlite, threads: 3, database: d, schema: main, schemas_and_paths: {main: a.db}, schema_directory: .}";

}  // namespace

TEST_CASE("without profile and file there is the embedded database") {
  Profiles p("");
  p.project.profile.reset();
  const Target target = p.load();
  CHECK(target.type == "sqlite");
  CHECK(target.threads == 4);
  CHECK(target.database == "shop");
  CHECK(target.schema == "main");
  CHECK(target.credentials.get("schemas_and_paths").get_string("main") == "/p/shop.db");
  CHECK(target.credentials.get_string("schema_directory") == "/p");
  CHECK(target.profiles_path.empty());
}

TEST_CASE("profile and target are chosen by flag, file and default") {
  Profiles p(std::string("shop:\n  target: \"{{ env_var('T', 'dev') }}\"\n  outputs:\n    dev: ") + sqlite_output +
             "\n    prod: " + sqlite_output + "\nother:\n  outputs:\n    default: " + sqlite_output + "\n");
  CHECK(p.load().name == "dev");
  p.invocation.environment["T"] = "prod";
  CHECK(p.load().name == "prod");
  p.invocation.flags.target = "dev";
  CHECK(p.load().name == "dev");
  CHECK(p.load().threads == 3);
  p.invocation.flags.threads = 9;
  CHECK(p.load().threads == 9);
  p.invocation.flags.target.reset();
  p.invocation.flags.profile = "other";
  CHECK(p.load().name == "default");
  CHECK(p.log.find("target not specified in profile 'other', using 'default'") != std::string::npos);
}

TEST_CASE("--profiles-dir is the only place then") {
  Profiles p(with_dev(sqlite_output));
  p.invocation.flags.profiles_dir = "/elsewhere";
  CHECK(p.fault() == "Could not find profile named 'shop'");
  p.fs.files["/elsewhere/profiles.yml"] = with_dev(sqlite_output);
  CHECK(p.load().profiles_path == "/elsewhere/profiles.yml");
}

TEST_CASE("faults in dbt's words") {
  CHECK(Profiles("other: {}\n").fault() == "Could not find profile named 'shop'");
  CHECK(Profiles("shop:\n").fault().find("Profile shop in profiles.yml is empty") != std::string::npos);
  CHECK(Profiles("shop: {target: dev}\n").fault() == "outputs not specified in profile 'shop'");
  CHECK(Profiles("shop: {target: nope, outputs: {dev: {}, prod: {}}}\n").fault() ==
        "The profile 'shop' does not have a target named 'nope'. The valid target names for this profile are:\n - "
        "dev\n - prod");
  CHECK(Profiles(with_dev("3")).fault() == "output 'dev' of profile 'shop' is misconfigured in profiles.yml");
  CHECK(Profiles(with_dev("{threads: 1}")).fault() ==
        "required field \"type\" not found in profile shop and target dev");
  CHECK(Profiles(with_dev("{type: sqlite, database: d, schema: main, schemas_and_paths: {main: a}}")).fault() ==
        "Credentials in profile \"shop\", target \"dev\" invalid: 'schema_directory' is a required property");
  CHECK(Profiles(with_dev("{type: sqlite, database: d, schema: main, schemas_and_paths: {x: a}, schema_directory: .}"))
            .fault()
            .find("must contain the schema 'main'") != std::string::npos);
  CHECK(Profiles(with_dev("{type: sqlite, threads: many, database: d}")).fault().find("threads") != std::string::npos);
}

TEST_CASE("only the chosen output is rendered and checked") {
  Profiles p(std::string("shop:\n  target: dev\n  outputs:\n    dev: ") + sqlite_output +
             "\n    prod: {type: postgres, host: \"{{ env_var('NOPE') }}\"}\n");
  CHECK(p.load().name == "dev");
  p.invocation.flags.target = "prod";
  CHECK(p.fault() == "Env var required but not provided: 'NOPE'");
}

TEST_CASE("values are rendered natively, secrets stay out of sight") {
  Profiles p(
      with_dev("{type: postgres, host: h, user: u, pass: \"{{ env_var('DBT_ENV_SECRET_PW') }}\", port: \"{{ "
               "env_var('PORT') | as_number }}\", dbname: d, schema: s}"));
  p.invocation.environment = {{"DBT_ENV_SECRET_PW", "hunter2"}, {"PORT", "5432"}};
  const Target target = p.load();
  CHECK(target.credentials.get_string("password") == "hunter2");
  CHECK(target.credentials.get("port").as_int() == 5432);
  CHECK(target.database == "d");
  CHECK(p.events->scrub("it is hunter2!") == "it is *****!");
  const jinja::Value seen = target_dict(target);
  CHECK(seen.get("password").is_undefined());
  CHECK(seen.get("pass").is_undefined());
  CHECK(seen.get_string("dbname") == "d");
  CHECK(seen.get_string("database") == "d");
  CHECK(seen.get_string("target_name") == "dev");
  CHECK(seen.get_string("profile_name") == "shop");
}

TEST_CASE("a password that looks like a template is left alone") {
  Profiles p(with_dev("{type: postgres, host: h, user: u, password: 'a{%b', port: 1, dbname: d, schema: s}"));
  CHECK(p.load().credentials.get_string("password") == "a{%b");
}

TEST_CASE("database and schema by adapter") {
  const auto names = [](const std::string& output) {
    Profiles p(with_dev(output));
    const Target target = p.load();
    return target.database + "." + target.schema;
  };
  CHECK(names("{type: bigquery, method: oauth, project: pr, dataset: ds}") == "pr.ds");
  CHECK(names("{type: trino, host: h, port: 1, catalog: c, schema: s}") == "c.s");
  CHECK(names("{type: databricks, host: h, catalog: c, schema: s}") == "c.s");
  CHECK(names("{type: snowflake, account: a, database: D, schema: S}") == "D.S");
  CHECK(names("{type: redshift, host: h, port: 1, dbname: d, schema: s}") == "d.s");
  CHECK(names("{type: spark, method: thrift, host: h, schema: s}") == ".s");
  CHECK(names("{type: duckdb, path: data/shop.duckdb}") == "shop.main");
  CHECK(names("{type: duckdb}") == "memory.main");
}
