#include "project/semver.h"

#include <doctest/doctest.h>

#include "base/diagnostic.h"

using namespace modelc;

namespace {
bool fits(std::string_view version, std::string_view spec) {
  return satisfies(*parse_version(version), parse_version_spec(spec));
}
bool possible(std::vector<std::string> specs) {
  std::vector<VersionSpec> parsed;
  for (const auto& spec : specs) parsed.push_back(parse_version_spec(spec));
  return can_be_satisfied(parsed);
}
}  // namespace

TEST_CASE("versions need three numbers without leading zeros") {
  CHECK(parse_version("1.2.3"));
  CHECK(parse_version("1.2.3-rc.1+b7")->prerelease == "rc.1");
  CHECK(parse_version("1.2.3rc1")->prerelease == "rc1");
  for (const char* bad : {"1.2", "1", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.x", "", "1.2.3 "})
    CHECK_MESSAGE(!parse_version(bad), bad);
  CHECK_THROWS_WITH_AS(parse_version_spec(">=1.0"), "\">=1.0\" is not a valid semantic version.", Error);
  CHECK(version_text(parse_version_spec(" >= 1.2.3-a+b")) == ">=1.2.3-a+b");
  CHECK(version_text(parse_version_spec("1.2.3")) == "=1.2.3");
}

TEST_CASE("order and matchers") {
  CHECK(fits("1.10.0", ">1.9.9"));
  CHECK(fits("1.0.0", ">=1.0.0"));
  CHECK_FALSE(fits("1.0.0-rc1", ">=1.0.0"));
  CHECK_FALSE(fits("2.0.0-rc1", "<2.0.0"));
  CHECK(fits("1.9.0-rc1", "<2.0.0"));
  CHECK(fits("2.0.0-rc1", "<2.0.0-rc2"));
  CHECK(fits("1.0.0+build", "=1.0.0"));
  CHECK(compare_versions(*parse_version("1.0.0-2"), *parse_version("1.0.0-10")) < 0);
  CHECK(compare_versions(*parse_version("1.0.0-2"), *parse_version("1.0.0-a")) < 0);
  CHECK(compare_versions(*parse_version("1.0.0-a"), *parse_version("1.0.0-a.1")) < 0);
}

TEST_CASE("specifiers that contradict each other") {
  CHECK(possible({">=1.0.0", "<2.0.0"}));
  CHECK_FALSE(possible({">2.0.0", "<1.0.0"}));
  CHECK_FALSE(possible({"=1.0.0", "=1.0.1"}));
  CHECK_FALSE(possible({">1.0.0", "<=1.0.0"}));
  CHECK(possible({">=1.0.0", "<=1.0.0"}));
  CHECK_FALSE(possible({"1.0.0", ">=2.0.0"}));
}
