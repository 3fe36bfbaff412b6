#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/version.h"
#include "jinja/json.h"
#include "project/download.h"
#include "project/package_fetch.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view default_hub = "https://hub.getdbt.com/";

[[noreturn]] void fail(std::string_view slug, std::string message, std::string hint = {}) {
  throw Error(ErrorKind::dependency, fmt::format("project/deps-{}", slug), std::move(message), {}, std::move(hint));
}

std::vector<std::string> texts(const Value& value) {
  std::vector<std::string> result;
  if (value.is_string()) result.push_back(value.as_string());
  if (value.is_list()) {
    for (const Value& item : value.as_list()) result.push_back(jinja::to_str(item));
  }
  return result;
}

HubVersion read_version(const std::string& text, const Value& info) {
  HubVersion version;
  version.text = text;
  version.project_name = info.get_string("name");
  version.tarball = info.get("downloads").get_string("tarball");
  const Value packages = info.get("packages");
  if (packages.is_list()) version.packages = package_specs_from(packages, nullptr);
  version.require_dbt_version = texts(info.get("require_dbt_version"));
  return version;
}

bool fits_this_dbt(const HubVersion& version) {
  static const Version installed = *parse_version(dbt_version);
  return std::all_of(version.require_dbt_version.begin(), version.require_dbt_version.end(),
                     [](const std::string& spec) { return satisfies(installed, parse_version_spec(spec)); });
}

std::string quoted_list(const std::vector<std::string>& items) {
  return items.empty() ? "[]" : "['" + join(items, "', '") + "']";
}

std::vector<VersionSpec> specs_of(const PackageSpec& spec) {
  std::vector<VersionSpec> result;
  for (const std::string& text : spec.versions) {
    for (std::string_view part : split(text, ',')) result.push_back(parse_version_spec(part));
  }
  return result;
}

}  // namespace

std::string Hub::url(const std::string& name) const {
  const auto found = invocation_.environment.find("DBT_PACKAGE_HUB_URL");
  std::string base =
      found == invocation_.environment.end() || found->second.empty() ? std::string(default_hub) : found->second;
  if (!base.ends_with('/')) base += '/';
  return base + "api/v1/" + name + ".json";
}

const std::vector<HubVersion>& Hub::versions(const std::string& package) {
  if (const auto known = cache_.find(package); known != cache_.end()) return known->second;
  const bool plain = std::all_of(package.begin(), package.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '/' || c == '.';
  });
  if (!plain || package.find("..") != std::string::npos)
    fail("not-in-index", fmt::format("Package {} was not found in the package index", package));
  const Download answer = download(url(package));
  if (answer.status == 404)
    fail("not-in-index", fmt::format("Package {} was not found in the package index", package),
         "the index is at https://hub.getdbt.com");
  const Value data = jinja::parse_json(answer.body);
  const Value listed = data.get("versions");
  if (!listed.is_dict()) fail("hub", fmt::format("The answer of {} is not what a package hub gives", url(package)));
  std::vector<HubVersion> versions;
  for (const auto& [text, info] : listed.as_dict().entries())
    versions.push_back(read_version(jinja::to_str(text), info));
  if (invocation_.events && (data.as_dict().find("redirectname") || data.as_dict().find("redirectnamespace"))) {
    const std::string space = data.get_string("redirectnamespace", data.get_string("namespace"));
    const std::string name = data.get_string("redirectname", data.get_string("name"));
    invocation_.events->warn_or_error(
        {"PackageRedirectDeprecation",
         "D001",
         EventLevel::warn,
         fmt::format("[WARNING]: Deprecated functionality\n\nThe `{0}` package is deprecated in favor of `{1}/{2}`. "
                     "Please update your "
                     "`packages.yml` configuration to use `{1}/{2}` instead.",
                     package, space, name),
         Value::dict({{"old_name", Value(package)}, {"new_name", Value(space + "/" + name)}}),
         {}});
  }
  return cache_.emplace(package, std::move(versions)).first->second;
}

Hub::Choice Hub::choose(const PackageSpec& spec) {
  const std::vector<VersionSpec> wanted = specs_of(spec);
  if (!can_be_satisfied(wanted)) {
    std::vector<std::string> all;
    for (const VersionSpec& w : wanted) all.push_back(version_text(w));
    fail("version-conflict",
         fmt::format("Version error for package {}: Could not find a satisfactory version from options: {}",
                     spec.location, quoted_list(all)));
  }
  const bool asks_prerelease =
      std::any_of(wanted.begin(), wanted.end(), [](const VersionSpec& w) { return !w.version.prerelease.empty(); });
  std::vector<std::pair<Version, const HubVersion*>> installable;
  for (const HubVersion& version : versions(spec.location)) {
    const auto parsed = parse_version(version.text);
    if (!parsed || (invocation_.flags.version_check && !fits_this_dbt(version))) continue;
    if (!parsed->prerelease.empty() && !spec.install_prerelease && !asks_prerelease) continue;
    installable.emplace_back(*parsed, &version);
  }
  std::sort(installable.begin(), installable.end(),
            [](const auto& a, const auto& b) { return compare_versions(a.first, b.first) < 0; });
  for (size_t i = installable.size(); i-- > 0;) {
    if (satisfies_all(installable[i].first, wanted)) return {installable[i].second, installable.back().second->text};
  }
  std::vector<std::string> have, range;
  for (const auto& [version, info] : installable) have.push_back(info->text);
  for (const VersionSpec& w : wanted) range.push_back(version_text(w));
  fail("no-version",
       fmt::format("Could not find a matching compatible version for package {}\n  Requested range: {}\n  Compatible "
                   "versions: {}\n{}",
                   spec.location, join(range, ", "), quoted_list(have),
                   invocation_.flags.version_check
                       ? "\n  Not shown: package versions incompatible with installed version of dbt-core\n"
                         "  To include them, run 'dbt --no-version-check deps'"
                       : ""));
}

}  // namespace modelc
