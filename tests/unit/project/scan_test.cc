#include <doctest/doctest.h>

#include "project/file_scan.h"
#include "project/setup.h"

using namespace modelc;

namespace {

std::string scan(std::map<std::string, std::string> files, const std::string& project = "name: p\n") {
  files["/p/dbt_project.yml"] = project;
  Setup setup(std::move(files));
  constexpr const char* names[] = {"macro",   "model", "python", "snapshot", "analysis", "test",
                                   "generic", "seed",  "docs",   "yaml",     "fixture",  "function"};
  std::string out;
  for (const auto& file : scan_package_files(setup.fs, load_project_file(setup.invocation, "/p", nullptr))) {
    out += std::string(names[static_cast<int>(file.kind)]) + " " + file.search_path + "|" + file.relative_path + "\n";
    CHECK(file.path == path_join(file.search_path, file.relative_path));
  }
  return out;
}

}  // namespace

TEST_CASE("files are found by folder and suffix") {
  CHECK(scan({{"/p/models/a.sql", ""},
              {"/p/models/sub/b.py", ""},
              {"/p/models/sub/s.yaml", ""},
              {"/p/models/d.md", ""},
              {"/p/models/x.txt", ""},
              {"/p/macros/m.sql", ""},
              {"/p/tests/t.sql", ""},
              {"/p/tests/generic/g.sql", ""},
              {"/p/tests/fixtures/f.csv", ""},
              {"/p/tests/fixtures/f.sql", ""},
              {"/p/seeds/s.csv", "a"},
              {"/p/snapshots/h.sql", ""},
              {"/p/analyses/q.sql", ""},
              {"/p/functions/fn.sql", ""},
              {"/p/other/a.sql", ""},
              {"/p/a.sql", ""},
              {"/p/tests/generic/g.yml", ""}}) ==
        "macro macros|m.sql\n"
        "model models|a.sql\n"
        "python models|sub/b.py\n"
        "snapshot snapshots|h.sql\n"
        "analysis analyses|q.sql\n"
        "test tests|t.sql\n"
        "generic tests/generic|g.sql\n"
        "seed seeds|s.csv\n"
        "docs models|d.md\n"
        "yaml models|sub/s.yaml\n"
        "yaml tests|generic/g.yml\n"
        "fixture tests/fixtures|f.csv\n"
        "fixture tests/fixtures|f.sql\n"
        "function functions|fn.sql\n");
}

TEST_CASE("hidden files and leftovers of editors are not ours, suffixes do not care for case") {
  CHECK(scan({{"/p/models/.a.sql", ""},
              {"/p/models/#a.sql", ""},
              {"/p/models/~a.sql", ""},
              {"/p/models/.sql", ""},
              {"/p/models/A.SQL", ""}}) == "model models|A.SQL\n");
}

TEST_CASE("folders outside of the project are read as dbt does") {
  CHECK(scan({{"/q/m/a.sql", ""}}, "name: p\nmodel-paths: ['../q/m']\n") == "model ../q/m|a.sql\n");
  CHECK(scan({{"/q/m/a.sql", ""}}, "name: p\nmodel-paths: [/q/m]\n") == "model /q/m|a.sql\n");
}

TEST_CASE(".dbtignore speaks git's language") {
  const auto ignoring = [](const std::string& lines) {
    return scan({{"/p/.dbtignore", lines},
                 {"/p/models/a.sql", ""},
                 {"/p/models/old/b.sql", ""},
                 {"/p/models/old/deep/c.sql", ""},
                 {"/p/models/x_tmp.sql", ""}});
  };
  const std::string a = "model models|a.sql\n", b = "model models|old/b.sql\n", c = "model models|old/deep/c.sql\n",
                    x = "model models|x_tmp.sql\n";
  CHECK(ignoring("# nothing\n\n") == a + b + c + x);
  CHECK(ignoring("*_tmp.sql\n") == a + b + c);
  CHECK(ignoring("old/\n") == a + x);
  CHECK(ignoring("models/*.sql\n") == b + c);  // '*' stays in its folder
  CHECK(ignoring("models/**/*.sql\n") == "");
  CHECK(ignoring("models/old/**\n!models/old/b.sql\n") == a + b + x);
  CHECK(ignoring("/old\n") == a + b + c + x);  // from the root only
  CHECK(ignoring("**/deep\n") == a + b + x);
  CHECK(ignoring("a.sql/\n") == a + b + c + x);  // folders only
}
