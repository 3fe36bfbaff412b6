#include "project/semver.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/diagnostic.h"
#include "base/text.h"

namespace modelc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

/// (0|[1-9]\d*) at the front of `text`, taken off.
bool take_number(std::string_view& text, int64_t& number) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  if (n == 0 || n > 18 || (n > 1 && text[0] == '0')) return false;
  std::from_chars(text.data(), text.data() + n, number);
  text.remove_prefix(n);
  return true;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// Dotted words; numbers among them have no leading zero.
bool is_prerelease(std::string_view text) {
  for (std::string_view part : split(text, '.')) {
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_alpha)) return false;
    if (all_digits(part) && part.size() > 1 && part[0] == '0') return false;
  }
  return true;
}

int compare_prereleases(std::string_view a, std::string_view b) {
  const auto left = split(a, '.'), right = split(b, '.');
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    const bool l = all_digits(left[i]), r = all_digits(right[i]);
    if (l != r) return l ? -1 : 1;  // numbers stand below words
    if (l && left[i].size() != right[i].size()) return left[i].size() < right[i].size() ? -1 : 1;
    if (const int order = left[i].compare(right[i]); order != 0) return order < 0 ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

std::string_view matcher_text(VersionMatcher matcher) {
  switch (matcher) {
    case VersionMatcher::greater:
      return ">";
    case VersionMatcher::greater_or_equal:
      return ">=";
    case VersionMatcher::less:
      return "<";
    case VersionMatcher::less_or_equal:
      return "<=";
    case VersionMatcher::exact:
      break;
  }
  return "=";
}

bool is_lower_bound(const VersionSpec& s) {
  return s.matcher == VersionMatcher::greater || s.matcher == VersionMatcher::greater_or_equal;
}
bool is_upper_bound(const VersionSpec& s) {
  return s.matcher == VersionMatcher::less || s.matcher == VersionMatcher::less_or_equal;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  if (!take_number(text, version.major) || !take(text, '.') || !take_number(text, version.minor) || !take(text, '.') ||
      !take_number(text, version.patch)) {
    return std::nullopt;
  }
  if (!text.empty() && text[0] != '+') {
    take(text, '-');
    const size_t end = std::min(text.find('+'), text.size());
    version.prerelease = text.substr(0, end);
    if (!is_prerelease(version.prerelease)) return std::nullopt;
    text.remove_prefix(end);
  }
  if (take(text, '+'))
    version.build = text;
  else if (!text.empty())
    return std::nullopt;
  return version;
}

VersionSpec parse_version_spec(std::string_view text) {
  constexpr std::pair<std::string_view, VersionMatcher> matchers[] = {{">=", VersionMatcher::greater_or_equal},
                                                                      {"<=", VersionMatcher::less_or_equal},
                                                                      {">", VersionMatcher::greater},
                                                                      {"<", VersionMatcher::less},
                                                                      {"=", VersionMatcher::exact}};
  std::string_view rest = trim(text);
  VersionSpec spec;
  for (const auto& [prefix, matcher] : matchers) {
    if (!rest.starts_with(prefix)) continue;
    spec.matcher = matcher;
    rest = trim(rest.substr(prefix.size()));
    break;
  }
  const auto version = parse_version(rest);
  if (!version) {
    throw Error(ErrorKind::project, "project/bad-version", fmt::format("\"{}\" is not a valid semantic version.", text),
                {}, "write all three numbers, like \">=1.3.0\" or [\">=1.3.0\", \"<2.0.0\"]");
  }
  spec.version = *version;
  return spec;
}

int compare_versions(const Version& a, const Version& b) {
  for (const auto part : {&Version::major, &Version::minor, &Version::patch}) {
    if (a.*part != b.*part) return a.*part < b.*part ? -1 : 1;
  }
  if (a.prerelease.empty() || b.prerelease.empty())
    return a.prerelease.empty() == b.prerelease.empty() ? 0 : a.prerelease.empty() ? 1 : -1;
  return compare_prereleases(a.prerelease, b.prerelease);
}

bool satisfies(const Version& version, const VersionSpec& spec) {
  const int order = compare_versions(version, spec.version);
  switch (spec.matcher) {
    case VersionMatcher::greater:
      return order > 0;
    case VersionMatcher::greater_or_equal:
      return order >= 0;
    case VersionMatcher::less: {
      // "<2.0.0" does not mean 2.0.0-rc1, which stands below 2.0.0.
      Version release = version;
      release.prerelease.clear();
      return order < 0 && (!spec.version.prerelease.empty() || compare_versions(release, spec.version) < 0);
    }
    case VersionMatcher::less_or_equal:
      return order <= 0;
    case VersionMatcher::exact:
      break;
  }
  return order == 0;
}

bool satisfies_all(const Version& version, const std::vector<VersionSpec>& specs) {
  return std::all_of(specs.begin(), specs.end(), [&](const VersionSpec& spec) { return satisfies(version, spec); });
}

bool can_be_satisfied(const std::vector<VersionSpec>& specs) {
  for (const VersionSpec& a : specs) {
    if (a.matcher == VersionMatcher::exact && !satisfies_all(a.version, specs)) return false;
    if (!is_lower_bound(a)) continue;
    for (const VersionSpec& b : specs) {
      if (!is_upper_bound(b)) continue;
      const int order = compare_versions(a.version, b.version);
      const bool both_inclusive =
          a.matcher == VersionMatcher::greater_or_equal && b.matcher == VersionMatcher::less_or_equal;
      if (order > 0 || (order == 0 && !both_inclusive)) return false;
    }
  }
  return true;
}

std::string version_text(const Version& v) {
  return fmt::format("{}.{}.{}{}{}{}{}", v.major, v.minor, v.patch, v.prerelease.empty() ? "" : "-", v.prerelease,
                     v.build.empty() ? "" : "+", v.build);
}
std::string version_text(const VersionSpec& spec) {
  return std::string(matcher_text(spec.matcher)) + version_text(spec.version);
}

}  // namespace modelc
