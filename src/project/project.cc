// The whole "project" stage: the root's file, the target, the installed packages and the files of all of them.
#include "project/project.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/thread_pool.h"
#include "jinja/json.h"
#include "project/base_context.h"
#include "project/file_scan.h"

namespace modelc {
namespace {

/// Folders in packages-install-path that hold a package, sorted.
std::vector<std::string> installed_folders(const Invocation& invocation, const ProjectFile& root) {
  const std::string base = path_join(root.root, root.packages_install_path);
  std::vector<std::string> folders;
  for (const std::string& name : invocation.fs->list_folders(base)) {
    if (!name.starts_with("__") && !name.starts_with(".")) folders.push_back(path_join(base, name));
  }
  return folders;
}

/// How many packages the root asks for, and the file that says so.
std::pair<size_t, std::string> wanted_packages(const Invocation& invocation, const ProjectFile& root) {
  for (const char* name : {"dependencies.yml", "packages.yml"}) {
    const std::string path = path_join(root.root, name);
    if (!invocation.fs->exists(path)) continue;
    const SourceFile* file = invocation.sources->add(name, invocation.fs->read(path));
    const YamlDocument document = load_yaml(*file);
    const YamlNode* packages = document.root.find("packages");
    if (packages && packages->is_sequence()) return {packages->size(), name};
  }
  return {0, "packages.yml"};
}

Package load_package(const Invocation& invocation, const std::string& folder, const Target* target) {
  Package package;
  try {
    package.project = load_project_file(invocation, folder, target);
  } catch (Error& error) {
    error.diagnostic().message = "Failed to read package: " + error.diagnostic().message;
    throw;
  }
  package.files = scan_package_files(*invocation.fs, package.project);
  return package;
}

void check_unique_names(const Project& project) {
  for (size_t i = 0; i < project.packages.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const auto& a = project.packages[j].project;
      const auto& b = project.packages[i].project;
      if (a.name != b.name) continue;
      throw Error(ErrorKind::compilation, "project/duplicate-package",
                  fmt::format("dbt found more than one package with the name \"{}\" included in this project. Package "
                              "names must be unique "
                              "in a project. Please rename one of these packages.",
                              a.name),
                  Span{b.file, 0, 0}, fmt::format("they are in {} and {}", a.root, b.root));
    }
  }
}

}  // namespace

const Package* Project::find(std::string_view name) const {
  for (const auto& package : packages) {
    if (package.project.name == name) return &package;
  }
  return nullptr;
}

std::string check_installed_packages(const Invocation& invocation, const ProjectFile& root) {
  const auto [wanted, file] = wanted_packages(invocation, root);
  const size_t installed = installed_folders(invocation, root).size();
  if (wanted <= installed) return "";
  return fmt::format(
      "dbt found {} package(s) specified in {}, but only {} package(s) installed in {}. Run \"dbt deps\" to install "
      "package dependencies.",
      wanted, file, installed, root.packages_install_path);
}

ProjectFile read_profile_name(const Invocation& invocation, const std::string& root) {
  ProjectFile result;
  result.root = root;
  for (const char* file : {"project.yml", "dbt_project.yml"}) {
    const std::string path = path_join(root, file);
    if (!invocation.fs->exists(path)) continue;
    const SourceFile* source = invocation.sources->add(file, invocation.fs->read(path));
    const YamlDocument document = load_yaml(*source);
    const YamlNode* name = document.root.find("name");
    const YamlNode* profile = document.root.find("profile");
    if (name && name->is_string()) result.name = name->text;
    if (profile && profile->is_string()) {
      BaseContext context(invocation, VarScope{&invocation.flags.cli_vars, {}, "", false});
      result.profile =
          jinja::to_str(render_yaml_value(jinja::from_yaml(*profile), source, context, *invocation.sources));
    }
    break;
  }
  return result;
}

Project load_project(const Invocation& invocation, bool need_target) {
  const std::string root = find_project_root(invocation);
  Project project;
  project.cli_vars = invocation.flags.cli_vars;
  // The profile's name may come from the project file, and the project file may use the target: first read it without.
  if (need_target) project.target = load_target(invocation, read_profile_name(invocation, root));
  Package package;
  package.is_root = true;
  package.project = load_project_file(invocation, root, need_target ? &project.target : nullptr);
  package.files = scan_package_files(*invocation.fs, package.project);
  project.packages.push_back(std::move(package));
  if (const std::string complaint = check_installed_packages(invocation, project.root().project);
      need_target && !complaint.empty()) {
    throw Error(ErrorKind::compilation, "project/packages-missing", complaint, {}, "run `modelc deps`");
  }
  for (const auto& folder : installed_folders(invocation, project.packages[0].project)) {
    project.packages.push_back(load_package(invocation, folder, need_target ? &project.target : nullptr));
  }
  check_unique_names(project);
  return project;
}

}  // namespace modelc
