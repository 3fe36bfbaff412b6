#include <doctest/doctest.h>

#include "project/setup.h"

using namespace modelc;

namespace {

ProjectFile load(Setup& setup, const std::string& text, const Target* target = nullptr) {
  setup.fs.files["/p/dbt_project.yml"] = text;
  return load_project_file(setup.invocation, "/p", target);
}

std::string fault(const std::string& text) {
  Setup setup;
  return Setup::fault([&] { load(setup, text); });
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("defaults are dbt's") {
  Setup setup;
  const ProjectFile p = load(setup, "name: shop\n");
  CHECK(p.name == "shop");
  CHECK(p.model_paths == Texts{"models"});
  CHECK(p.seed_paths == Texts{"seeds"});
  CHECK(p.analysis_paths == Texts{"analyses"});
  CHECK(p.docs_paths == Texts{"models", "seeds", "snapshots", "analyses", "macros", "tests", "functions"});
  CHECK(p.asset_paths.empty());
  CHECK(p.target_path == "target");
  CHECK(p.clean_targets == Texts{"target"});
  CHECK(p.packages_install_path == "dbt_packages");
  CHECK_FALSE(p.profile);
  CHECK_FALSE(p.query_comment.comment);
  CHECK_FALSE(p.restrict_access);
}

TEST_CASE("every key is read") {
  Setup setup;
  const ProjectFile p = load(setup,
                             "name: shop\nversion: '1.2'\nconfig-version: 2\nprofile: prod\nmodel-paths: [m/, "
                             "./n]\ndocs-paths: [d]\ntarget-path: t\n"
                             "packages-install-path: pk\nrequire-dbt-version: ['>=1.0.0', '<2.0.0']\ndispatch:\n  - "
                             "macro_namespace: dbt_utils\n    "
                             "search_order: [shop, dbt_utils]\nvars: {a: 1, pkg: {b: '{{ x }}'}}\nquoting: "
                             "{identifier: true}\nflags: {fail_fast: true}\n"
                             "on-run-start: \"select {{ 1 }}\"\non-run-end: [a, b]\nrestrict-access: "
                             "true\nquery-comment: {comment: c, append: true}\n"
                             "tests:\n  +severity: warn\n");
  CHECK(p.version == "1.2");
  CHECK(p.profile == "prod");
  CHECK(p.model_paths == Texts{"m", "n"});
  CHECK(p.docs_paths == Texts{"d"});
  CHECK(p.clean_targets == Texts{"t"});
  CHECK(p.dispatch[0].search_order == Texts{"shop", "dbt_utils"});
  CHECK(p.vars.get("pkg").get_string("b") == "{{ x }}");
  CHECK(p.on_run_start == Texts{"select {{ 1 }}"});
  CHECK(p.on_run_end == Texts{"a", "b"});
  CHECK(p.restrict_access);
  CHECK(p.query_comment.comment == "c");
  CHECK(p.query_comment.append);
  CHECK(p.configs.at("data_tests").get_string("+severity") == "warn");
  CHECK(setup.log.find("The `target-path` config in `dbt_project.yml` has been deprecated") != std::string::npos);
}

TEST_CASE("query-comment: absent, off, text") {
  Setup setup;
  CHECK(load(setup, "name: p\nquery-comment:\n").query_comment.comment == "");
  CHECK(load(setup, "name: p\nquery-comment: ''\n").query_comment.comment == "");
  CHECK(load(setup, "name: p\nquery-comment: hi {{ x }}\n").query_comment.comment == "hi {{ x }}");
}

TEST_CASE("config trees are rendered natively, hooks are not; both forms are kept") {
  Setup setup;
  setup.invocation.environment["LAYER"] = "gold";
  setup.invocation.flags.cli_vars.as_dict().set("on", jinja::Value(false));
  setup.invocation.flags.cli_vars.as_dict().set("n", jinja::Value(2));
  Target target;
  target.name = "prod";
  target.type = "sqlite";
  target.credentials = jinja::Value::dict({{"password", jinja::Value("x")}});
  const ProjectFile p =
      load(setup,
           "name: p\nmodels:\n  p:\n    +enabled: \"{{ var('on') }}\"\n    +schema: \"{{ env_var('LAYER') }}_{{ "
           "target.name }}\"\n"
           "    +post-hook: \"grant {{ this }}\"\n    +meta: {d: 2020-01-31, n: \"{{ var('n') }}\", s: '7'}\n",
           &target);
  const jinja::Value tree = p.configs.at("models").get("p");
  CHECK(tree.get("+enabled").is_bool());
  CHECK_FALSE(tree.get("+enabled").as_bool());
  CHECK(tree.get_string("+schema") == "gold_prod");
  CHECK(tree.get_string("+post-hook") == "grant {{ this }}");
  CHECK(tree.get("+meta").get_string("d") == "2020-01-31");
  CHECK(tree.get("+meta").get("n").as_int() == 2);
  CHECK(tree.get("+meta").get_string("s") == "7");
  CHECK(p.unrendered_configs.at("models").get("p").get_string("+schema") == "{{ env_var('LAYER') }}_{{ target.name }}");
  CHECK(p.env_vars_used.at("LAYER") == "gold");
}

TEST_CASE("faults in dbt's words") {
  CHECK(fault("- a\n") == "dbt_project.yml does not parse to a dictionary");
  CHECK(fault("version: 1.0\n") == "Required \"name\" field not present in project");
  CHECK(fault("name: 1p\n") == "at path ['name']: '1p' does not match '^[^\\\\d\\\\W]\\\\w*$'");
  CHECK(fault("name: log\n") == "at path []: Invalid project name: log is a reserved word");
  CHECK(fault("name: p\nfoo: 1\n") == "at path []: Additional properties are not allowed ('foo' was unexpected)");
  CHECK(fault("name: p\nmodel-paths: models\n") ==
        "at path ['model-paths']: 'models' is not valid under any of the given schemas");
  CHECK(fault("name: p\nversion: abc\n") == "at path ['version']: 'abc' is not valid under any of the given schemas");
  CHECK(fault("name: p\nmodels: 3\n") == "at path ['models']: 3 is not of type 'object'");
  CHECK(fault("name: p\ndispatch: [{a: 1}]\n") == "at path []: Invalid project dispatch config: {'a': 1}");
  CHECK(fault("name: p\nquoting: {database: yes, foo: 1}\n") ==
        "at path ['quoting']: {'database': True, 'foo': 1} is not valid under any of the given schemas");
  CHECK(fault("name: p\ntests: {a: 1}\ndata_tests: {b: 1}\n") ==
        "at path []: Invalid project config: cannot have both 'tests' and 'data_tests' defined");
  CHECK(fault("name: p\nsource-paths: [a]\nmodel-paths: [b]\n")
            .find("source-paths and model-paths cannot both be defined.") == 0);
  CHECK(fault("name: p\nconfig-version: 3\n") == "Got an unexpected project version=3, expected 2");
  CHECK(fault("name: p\nrequire-dbt-version: '>=1.0'\n") == "\">=1.0\" is not a valid semantic version.");
  CHECK(fault("name: p\nrequire-dbt-version: '>=2.0.0'\n") ==
        "This version of dbt is not supported with the 'p' package.\n  Installed version of dbt: =1.11.16\n  Required "
        "version of dbt for 'p': ['>=2.0.0']\n"
        "Check for a different version of the 'p' package, or run dbt again with --no-version-check");
  CHECK(fault("name: p\nrequire-dbt-version: ['>2.0.0', '<1.0.0']\n")
            .find("The package version requirement can never be satisfied for the 'p") == 0);
  CHECK(fault("name: p\nmodels:\n  +tags: \"{{ foo.bar }}\"\n")
            .find("Could not render {{ foo.bar }}: 'foo' is undefined") == 0);
  CHECK(fault("name: p\nmodels:\n  +tags: \"{{ env_var('NOPE') }}\"\n") == "Env var required but not provided: 'NOPE'");
  CHECK(fault("name: p\nmodels:\n  +tags: \"{{ var('NOPE') }}\"\n") ==
        "Could not render {{ var('NOPE') }}: Required var 'NOPE' not found in config:\nVars supplied to "
        "<Configuration> = {}");
  CHECK(fault("name: p\nmodels:\n  +tags: \"{{ env_var('DBT_ENV_SECRET_X') }}\"\n") ==
        "Secret env vars are allowed only in profiles.yml or packages.yml. Found 'DBT_ENV_SECRET_X' referenced "
        "elsewhere.");
}

TEST_CASE("all faults of a file come together, each with its place") {
  CHECK(fault("name: p\nmodel-path: [x]\nseeds: 1\n") ==
        "dbt_project.yml:2:1: at path []: Additional properties are not allowed ('model-path' was unexpected)\n"
        "dbt_project.yml:3:8: at path ['seeds']: 1 is not of type 'object'");
  Setup setup;
  try {
    load(setup, "name: p\nmodel-path: [x]\n");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(format_place(error.diagnostic().span) == "dbt_project.yml:2:1");
    CHECK(error.diagnostic().hint == "did you mean 'model-paths'?");
  }
}

TEST_CASE("a fault of a template has the line of the file") {
  Setup setup;
  try {
    load(setup, "name: p\nmodels:\n  p:\n    +tags: \"{{ foo.bar }}\"\n");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(format_place(error.diagnostic().span).find("dbt_project.yml:4:") == 0);
  }
}

TEST_CASE("keys that stand twice are warned of") {
  Setup setup;
  CHECK(load(setup, "name: a\nname: b\n").name == "b");
  CHECK(setup.log.find("Duplicate key 'name' in \"<unicode string>\", line 2, column 1 in file `dbt_project.yml`") !=
        std::string::npos);
  CHECK(setup.events->deprecation_counts().at("DuplicateYAMLKeysDeprecation").occurrences == 1);
}

TEST_CASE("vars.yml, unless the project file has vars too") {
  Setup setup;
  setup.fs.files["/p/vars.yml"] = "vars: {a: 1}\n";
  CHECK(load(setup, "name: p\n").vars.get("a").as_int() == 1);
  CHECK(Setup::fault([&] { load(setup, "name: p\nvars: {b: 2}\n"); }).find("vars are defined both") == 0);
}

TEST_CASE("project.yml wins, and the root is found upwards or where the flag says") {
  Setup setup({{"/p/project.yml", "name: ours\n"}, {"/p/dbt_project.yml", "name: theirs\n"}});
  CHECK(load_project_file(setup.invocation, "/p", nullptr).name == "ours");
  CHECK(find_project_root(setup.invocation) == "/p");
  setup.invocation.flags.project_dir = "/p/models";
  CHECK(Setup::fault([&] {
          find_project_root(setup.invocation);
        }).find("No dbt_project.yml found at expected path /p/models/dbt_project.yml") == 0);
}

TEST_CASE("a whole project is loaded with its target and files") {
  Setup setup({{"/p/dbt_project.yml",
                "name: p\nprofile: \"{{ var('pp', 'main') }}\"\nmodels:\n  +schema: \"{{ target.schema }}\"\n"},
               {"/p/profiles.yml",
                "main:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: h, user: u, pass: x, port: 1, "
                "dbname: d, schema: s}\n"},
               {"/p/models/a.sql", "select 1"}});
  const Project project = load_project(setup.invocation);
  CHECK(project.target.type == "postgres");
  CHECK(project.root().project.configs.at("models").get_string("+schema") == "s");
  REQUIRE(project.root().files.size() == 1);
  CHECK(project.root().files[0].path == "models/a.sql");
  CHECK(project.find("p") == &project.packages[0]);
  CHECK(project.find("q") == nullptr);
  setup.fs.files["/p/packages.yml"] = "packages: [{local: ../x}]\n";
  CHECK(Setup::fault([&] { load_project(setup.invocation); }) ==
        "dbt found 1 package(s) specified in packages.yml, but only 0 package(s) installed in dbt_packages. Run \"dbt "
        "deps\" to install package dependencies.");
}
