// path: a glob below the project folder (dbt: Path(root).glob(value)). A node matches by its file, its YAML file or any
// folder above its file, as long as that path exists in the root project.
#include <algorithm>
#include <unordered_map>

#include "base/fs.h"
#include "base/glob.h"
#include "base/text.h"
#include "select/methods.h"

namespace modelc {
namespace {

class PathMatcher {
 public:
  PathMatcher(const MethodContext& context, std::string_view glob) : context_(context), glob_(glob) {
    only_folders_ = !glob_.empty() && glob_.parts().back() == "**";
  }

  bool matches(const Node& node) {
    if (glob_.empty()) return false;
    const bool foreign = node.package_name != context_.manifest.project_name;
    const std::string_view file = node.original_file_path;
    if (!only_folders_ && path_matches(file, foreign)) return true;
    if (const size_t at = node.patch_path.find("://");
        at != std::string::npos && !only_folders_ &&
        path_matches(std::string_view(node.patch_path).substr(at + 3), foreign))
      return true;
    for (size_t slash = file.rfind('/'); slash != std::string_view::npos && slash > 0;
         slash = file.rfind('/', slash - 1))
      if (path_matches(file.substr(0, slash), foreign)) return true;
    return false;
  }

 private:
  /// Paths of the root project exist because its nodes come from them; those of packages are looked up below the root.
  bool path_matches(std::string_view path, bool foreign) {
    auto [place, is_new] = known_[foreign].try_emplace(path, false);
    if (!is_new) return place->second;
    bool match = glob_.matches(path);
    if (match && foreign) match = exists_in_root(path);
    place->second = match;
    return match;
  }

  bool exists_in_root(std::string_view path) const {
    if (context_.project.packages.empty()) return false;
    const std::string folder = std::string(path) + "/";
    for (const ProjectSourceFile& file : context_.project.root().files)
      if (file.path == path || file.path.starts_with(folder)) return true;
    return context_.invocation.fs &&
           context_.invocation.fs->exists(path_join(context_.project.root().project.root, path));
  }

  const MethodContext& context_;
  PathGlob glob_;
  bool only_folders_ = false;
  std::unordered_map<std::string_view, bool> known_[2];  // many nodes share their folders
};

}  // namespace

NodeSet match_path(const MethodContext& context, const SelectionCriteria& criteria) {
  if (criteria.value.starts_with('/'))
    throw Error(ErrorKind::runtime, "select/bad-path", "Non-relative patterns are unsupported", {},
                "write the path as it is below the project folder");
  if (criteria.value.empty()) throw Error(ErrorKind::runtime, "select/bad-path", "Unacceptable pattern: ''");
  PathMatcher matcher(context, criteria.value);
  return nodes_where(context.manifest, [&](const Node& node) { return matcher.matches(node); });
}

}  // namespace modelc
