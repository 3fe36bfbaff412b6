#include "project/require_version.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "base/version.h"

namespace modelc {
namespace {

struct Version {
  std::array<int, 3> parts{};
  std::string prerelease;  ///< empty = a release, which stands above its prereleases
};

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  if (text.starts_with('v')) text.remove_prefix(1);
  const size_t cut = text.find_first_of("-+abr");
  if (cut != std::string_view::npos) {
    version.prerelease = std::string(text.substr(text[cut] == '-' ? cut + 1 : cut));
    text = text.substr(0, cut);
  }
  const auto parts = split(text, '.');
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), version.parts[i]);
    if (error != std::errc() || end != parts[i].data() + parts[i].size()) return std::nullopt;
  }
  return version;
}

int compare_versions(const Version& a, const Version& b) {
  if (a.parts != b.parts) return a.parts < b.parts ? -1 : 1;
  if (a.prerelease == b.prerelease) return 0;
  if (a.prerelease.empty()) return 1;
  if (b.prerelease.empty()) return -1;
  return a.prerelease < b.prerelease ? -1 : 1;
}

std::vector<std::string> specifiers_of(const ProjectFile& project) {
  std::vector<std::string> result;
  for (const auto& entry : project.require_dbt_version) {
    for (auto part : split(entry, ',')) {
      if (!trim(part).empty()) result.emplace_back(trim(part));
    }
  }
  return result;
}

}  // namespace

bool version_satisfies(std::string_view version, std::string_view specifier) {
  std::string_view rest = trim(specifier);
  std::string_view op = "=";
  for (std::string_view candidate : {">=", "<=", "==", ">", "<", "="}) {
    if (!rest.starts_with(candidate)) continue;
    op = candidate;
    rest = trim(rest.substr(candidate.size()));
    break;
  }
  const auto wanted = parse_version(rest), have = parse_version(version);
  if (!wanted || !have) {
    throw Error(ErrorKind::project, "project/bad-version", fmt::format("\"{}\" is not a valid semantic version.", specifier), {},
                "write versions like \">=1.3.0\" or [\">=1.3.0\", \"<2.0.0\"]");
  }
  const int order = compare_versions(*have, *wanted);
  if (op == ">=") return order >= 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  if (op == "<") return order < 0;
  return order == 0;
}

void check_required_version(const ProjectFile& project) {
  const auto specifiers = specifiers_of(project);
  for (const auto& specifier : specifiers) {
    if (version_satisfies(dbt_version, specifier)) continue;
    throw Error(ErrorKind::project, "project/version-mismatch",
                fmt::format("This version of dbt is not supported with the '{}' package.\n  Installed version of dbt: ={}\n  Required version of dbt for '{}': ['{}']\n"
                            "Check for a different version of the '{}' package, or run dbt again with --no-version-check",
                            project.name, dbt_version, project.name, join(specifiers, "', '"), project.name),
                Span{project.file, 0, 0}, "modelc stands for the dbt version above; --no-version-check skips this check");
  }
}

}  // namespace modelc
