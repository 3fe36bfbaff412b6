#include "project/require_version.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/version.h"
#include "project/semver.h"

namespace modelc {
namespace {

std::vector<VersionSpec> specs_of(const ProjectFile& project) {
  std::vector<VersionSpec> result;
  for (const std::string& entry : project.require_dbt_version) {
    for (std::string_view part : split(entry, ',')) {
      if (!trim(part).empty()) result.push_back(parse_version_spec(part));
    }
  }
  return result;
}

}  // namespace

bool version_satisfies(std::string_view version, std::string_view specifier) {
  const VersionSpec spec = parse_version_spec(specifier);
  return satisfies(parse_version_spec(version).version, spec);
}

void check_required_version(const ProjectFile& project) {
  const auto specs = specs_of(project);
  if (satisfies_all(parse_version_spec(dbt_version).version, specs)) return;
  std::vector<std::string> texts;
  for (const VersionSpec& spec : specs) texts.push_back(version_text(spec));
  constexpr std::string_view advice =
      "Check for a different version of the '{0}' package, or run dbt again with --no-version-check";
  const std::string wanted =
      fmt::format("  Required version of dbt for '{}': ['{}']\n", project.name, join(texts, "', '"));
  std::string message;
  if (can_be_satisfied(specs)) {
    message =
        fmt::format("This version of dbt is not supported with the '{}' package.\n  Installed version of dbt: ={}\n{}",
                    project.name, dbt_version, wanted);
  } else {
    message = fmt::format("The package version requirement can never be satisfied for the '{}\npackage.\n{}",
                          project.name, wanted);
  }
  throw Error(ErrorKind::project, "project/version-mismatch", message + fmt::format(advice, project.name),
              Span{project.file, 0, 0}, "modelc stands for the dbt version above; --no-version-check skips this check");
}

}  // namespace modelc
