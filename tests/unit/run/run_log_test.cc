#include "run/run_log.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("progress lines are padded with dots to the printer's width") {
  const std::string line = progress_line("START sql view model main.x", "RUN", Position{1, 28}, 80);
  CHECK(line == "1 of 28 START sql view model main.x ............................................ [RUN]");
  CHECK(progress_line("OK created x", "OK", Position{1, 2}, 30, 0.018) ==
        "1 of 2 OK created x .......... [OK in 0.02s]");
}

TEST_CASE("lines longer than the width are cut only where dbt cuts them") {
  const std::string name(100, 'n');
  CHECK(progress_line(name, "RUN", Position{1, 1}, 80).starts_with("1 of 1 " + name + "  [RUN]"));
  CHECK(progress_line(name, "RUN", Position{1, 1}, 80, {}, true) == "1 of 1 " + name.substr(0, 70) + "... [RUN]");
}

TEST_CASE("lines without a position have no numbers") {
  CHECK(progress_line("CANCEL query q", "CANCEL", std::nullopt, 20) == "CANCEL query q ..... [CANCEL]");
}

TEST_CASE("plurals") {
  CHECK(pluralize(1, "error") == "1 error");
  CHECK(pluralize(0, "error") == "0 errors");
  CHECK(pluralize(2, "analysis", "analyses") == "2 analyses");
}
