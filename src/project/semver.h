// dbt's semantic versions and ranges (dbt_common/semver.py): "1.2.3-rc1", ">=1.0.0".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc {

struct Version {
  int64_t major = 0, minor = 0, patch = 0;
  std::string prerelease;  ///< empty = a release, which stands above its prereleases
  std::string build;
};

enum class VersionMatcher : uint8_t { exact, greater, greater_or_equal, less, less_or_equal };

struct VersionSpec {
  VersionMatcher matcher = VersionMatcher::exact;
  Version version;
};

/// "1.2.3", "1.2.3-rc1", "1.2.3rc1", "1.2.3+build": all three numbers are needed. nullopt for anything else.
std::optional<Version> parse_version(std::string_view text);
/// A version with an optional >=, <=, >, < or = before it. Throws Error{project, "project/bad-version"} in dbt's words.
VersionSpec parse_version_spec(std::string_view text);
/// <0, 0, >0; builds do not count.
int compare_versions(const Version& a, const Version& b);
bool satisfies(const Version& version, const VersionSpec& spec);
bool satisfies_all(const Version& version, const std::vector<VersionSpec>& specs);
/// False when no version at all can satisfy them: two exact ones that differ, or a lower bound above an upper.
bool can_be_satisfied(const std::vector<VersionSpec>& specs);
std::string version_text(const VersionSpec& spec);  ///< ">=1.0.0", "=1.2.3"
std::string version_text(const Version& version);

}  // namespace modelc
