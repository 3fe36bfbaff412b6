#include "base/glob.h"

#include "base/text.h"

namespace modelc {
namespace {

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::string_view part : split(path, '/'))
    if (!part.empty() && part != ".") parts.push_back(part);
  return parts;
}

bool glob_matches(const std::string* pattern, const std::string* pattern_end, const std::string_view* path,
                  const std::string_view* path_end) {
  for (; pattern != pattern_end; ++pattern, ++path) {
    if (*pattern == "**") {
      for (const std::string_view* rest = path;; ++rest) {
        if (glob_matches(pattern + 1, pattern_end, rest, path_end)) return true;
        if (rest == path_end) return false;
      }
    }
    if (path == path_end || !fnmatch(*path, *pattern)) return false;
  }
  return path == path_end;
}

}  // namespace

PathGlob::PathGlob(std::string_view pattern) {
  for (std::string_view part : components(pattern)) parts_.emplace_back(part);
}

bool PathGlob::matches(std::string_view path) const {
  const std::vector<std::string_view> parts = components(path);
  return glob_matches(parts_.data(), parts_.data() + parts_.size(), parts.data(), parts.data() + parts.size());
}

}  // namespace modelc
