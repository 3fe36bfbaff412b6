// Globs over paths, as pathlib has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelc {

/// A pattern of components: '*', '?' and '[...]' stay within one, '**' stands for any number of folders.
class PathGlob {
 public:
  explicit PathGlob(std::string_view pattern);
  bool matches(std::string_view path) const;
  bool empty() const { return parts_.empty(); }
  const std::vector<std::string>& parts() const { return parts_; }

 private:
  std::vector<std::string> parts_;
};

}  // namespace modelc
