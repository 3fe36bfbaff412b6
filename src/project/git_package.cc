#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "project/download.h"
#include "project/package_fetch.h"
#include "project/process.h"

namespace modelc {
namespace {

namespace stdfs = std::filesystem;

constexpr std::string_view allowed_protocols = "https:http:ssh:git:file";

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorKind::dependency, "project/deps-git-refused", std::move(message), {},
              "git packages come over https, http, ssh, git or file");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::map<std::string, std::string> git_environment() {
  return {{"GIT_TERMINAL_PROMPT", "0"},
          {"GIT_ALLOW_PROTOCOL", std::string(allowed_protocols)},
          {"GIT_ASKPASS", "true"},
          {"LC_ALL", "C"}};
}

struct Git {
  const PackageSpec& spec;
  std::string folder;

  ProcessResult run(std::vector<std::string> arguments, const std::string& where) const {
    arguments.insert(arguments.begin(), {"git", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"});
    return run_process(arguments, where, git_environment());
  }
  std::string must(std::vector<std::string> arguments, const std::string& where, std::string_view action) const {
    ProcessResult result = run(std::move(arguments), where);
    if (result.exit_code == 0) return std::move(result.out);
    const std::string revision = spec.versions.empty() ? "HEAD" : spec.versions[0];
    // The address may hold secrets, which the log hides.
    throw Error(
        ErrorKind::internal, "project/deps-git",
        fmt::format("Error {} repository {} at revision {}\n{}", action, spec.location, revision, trim(result.error)),
        {}, "git itself must be able to read the repository from here, without asking for a password");
  }
};

bool is_commit(std::string_view revision) {
  return revision.size() == 40 && std::all_of(revision.begin(), revision.end(),
                                              [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void check_out(const Git& git, const std::string& revision) {
  if (revision == "HEAD") return;
  if (is_commit(revision)) {
    // Not every server gives a commit by its name alone.
    if (git.run({"fetch", "--depth", "1", "origin", revision}, git.folder).exit_code != 0) {
      git.must({"fetch", "--unshallow", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"}, git.folder,
               "checking out");
    }
    git.must({"reset", "--hard", revision, "--"}, git.folder, "checking out");
    return;
  }
  // Tags win over branches of the same name, as in dbt.
  if (git.run({"fetch", "--depth", "1", "origin", "tag", revision}, git.folder).exit_code != 0) {
    git.must({"fetch", "--depth", "1", "origin", revision}, git.folder, "checking out");
  }
  git.must({"reset", "--hard", "FETCH_HEAD", "--"}, git.folder, "checking out");
}

}  // namespace

void check_git_words(const PackageSpec& spec) {
  const std::string& url = spec.location;
  if (url.starts_with('-') || has_control(url))
    refuse(fmt::format("'{}' is no address of a git repository", spec.unrendered));
  if (url.find("::") != std::string::npos)
    refuse(fmt::format("'{}' would make git run another program", spec.unrendered));
  if (const size_t scheme = url.find("://"); scheme != std::string::npos) {
    const auto allowed = split(allowed_protocols, ':');
    if (std::find(allowed.begin(), allowed.end(), to_lower(url.substr(0, scheme))) == allowed.end()) {
      refuse(fmt::format("'{}' has a protocol that is not allowed", spec.unrendered));
    }
  }
  for (const std::string& revision : spec.versions) {
    if (revision.empty() || revision.starts_with('-') || has_control(revision) ||
        revision.find(':') != std::string::npos) {
      refuse(fmt::format("'{}' is no git revision", revision));
    }
  }
  const std::string folder = path_normalize(spec.subdirectory);
  if (spec.subdirectory.starts_with('-') || spec.subdirectory.starts_with('/') || folder.starts_with("..") ||
      has_control(spec.subdirectory)) {
    refuse(fmt::format("the subdirectory '{}' does not lie in the repository", spec.subdirectory));
  }
}

GitCheckout git_checkout(const PackageSpec& spec, const std::string& folder) {
  check_git_words(spec);
  const Git git{spec, folder};
  const std::string parent = path_parent(folder);
  std::vector<std::string> clone = {"clone", "--depth", "1"};
  if (!spec.subdirectory.empty()) clone.insert(clone.end(), {"--filter=blob:none", "--sparse"});
  clone.insert(clone.end(), {"--", spec.location, folder});
  git.must(clone, parent, "cloning");
  if (!spec.subdirectory.empty()) git.must({"sparse-checkout", "set", spec.subdirectory}, folder, "cloning");
  check_out(git, spec.versions.empty() ? "HEAD" : spec.versions[0]);
  GitCheckout result;
  result.sha = std::string(trim(git.must({"rev-parse", "HEAD"}, folder, "checking out")));
  result.folder = spec.subdirectory.empty() ? folder : path_join(folder, path_normalize(spec.subdirectory));
  std::error_code error;
  stdfs::remove_all(path_join(folder, ".git"), error);
  return result;
}

std::string fetch_tarball(const std::string& url, const std::string& folder) {
  const Download archive = download(url);
  if (archive.status != 200) {
    throw Error(ErrorKind::dependency, "project/download",
                fmt::format("Could not download {}: there is no such file", url));
  }
  unpack_tar(archive.body, folder);
  std::vector<std::string> children;
  std::error_code error;
  for (const auto& entry : stdfs::directory_iterator(folder, error))
    children.push_back(entry.path().filename().string());
  std::erase(children, "pax_global_header");
  if (children.size() == 1 && stdfs::is_directory(path_join(folder, children[0]), error))
    return path_join(folder, children[0]);
  throw Error(
      ErrorKind::dependency, "project/deps-structure",
      fmt::format(
          "Incorrect structure for package extracted from {}.The extracted package needs to follow the structure "
          "<name>/<package_contents>.",
          url));
}

}  // namespace modelc
