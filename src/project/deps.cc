// `deps`: what packages.yml names, and what that names in turn, is resolved, locked and installed (dbt: task/deps.py).
#include "project/deps.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "jinja/json.h"
#include "project/package_fetch.h"
#include "project/project.h"

namespace modelc {

using jinja::Value;

namespace {

namespace stdfs = std::filesystem;

constexpr std::string_view staging_name = "__staging__";  // the scan for packages leaves names with "__" out

[[noreturn]] void fail(std::string_view slug, std::string message, std::string hint = {}) {
  throw Error(ErrorKind::dependency, fmt::format("project/deps-{}", slug), std::move(message), {}, std::move(hint));
}

/// A package at one version, with its files at hand where that is cheap.
struct Pinned {
  PackageSpec spec;
  std::string version;   ///< hub: version; git: commit
  std::string latest;    ///< hub
  std::string revision;  ///< git: as asked for
  std::string name;      ///< of its project
  std::string folder;    ///< where its files are; empty: still to be downloaded
  std::string tarball;   ///< hub: URL
  std::vector<PackageSpec> packages;
};

/// A folder in packages-install-path that is removed in the end, whatever happens.
class Staging {
 public:
  explicit Staging(std::string path) : path_(std::move(path)) { clear(); }
  ~Staging() { clear(); }
  Staging(const Staging&) = delete;
  /// A new path in it.
  std::string fresh() {
    stdfs::create_directories(path_);
    return path_join(path_, std::to_string(++count_));
  }

 private:
  void clear() const {
    std::error_code ignored;
    stdfs::remove_all(path_, ignored);
  }
  std::string path_;
  int count_ = 0;
};

bool is_project_name(std::string_view name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// As yaml.dump writes it with sorted keys and indented lists. `data` is a dict whose lists hold dicts of plain values
/// and lists of those: a package file.
std::string indented_yaml(const Value& data) {
  std::vector<std::pair<std::string, Value>> sorted;
  for (const auto& [key, value] : data.as_dict().entries()) sorted.emplace_back(jinja::to_str(key), value);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (const auto& [key, value] : sorted) {
    if (!value.is_list() || value.as_list().empty()) {
      text += jinja::to_yaml(Value::dict({{key, value}}), /*sort_keys=*/true);
      continue;
    }
    text += key + ":\n";
    for (const Value& entry : value.as_list()) {
      std::string lines = jinja::to_yaml(entry, /*sort_keys=*/true);
      while (lines.ends_with('\n')) lines.pop_back();
      text += "  - " + replace_all(replace_all(lines, "\n- ", "\n  - "), "\n", "\n    ") + "\n";
    }
  }
  return text;
}

class Installer {
 public:
  Installer(const Invocation& invocation, const ProjectFile& project)
      : invocation_(invocation),
        project_(project),
        target_(path_absolute(path_join(project.root, project.packages_install_path))),
        hub_(invocation),
        staging_(path_join(target_, staging_name)) {
    check_target();
  }

  void run() {
    if (invocation_.flags.add_package) add_package();
    const PackageList wanted = read_package_list(invocation_, project_.root);
    std::string locked_hash;
    auto locked = read_lock_file(invocation_, lock_path(), locked_hash);
    if (!locked || invocation_.flags.deps_upgrade || locked_hash != package_list_hash(wanted.packages)) {
      lock(wanted);
      locked = read_lock_file(invocation_, lock_path(), locked_hash);
    }
    if (invocation_.flags.deps_lock) return;
    if (!locked || locked->packages.empty() || wanted.packages.empty()) {
      say("DepsNoPackagesFound", "M013", "Warning: No packages were found in packages.yml");
      remove_installed({});
      return;
    }
    install(locked->packages);
  }

 private:
  std::string lock_path() const { return path_join(project_.root, "package-lock.yml"); }

  void say(std::string name, std::string code, std::string message, EventLevel level = EventLevel::info) const {
    if (invocation_.events)
      invocation_.events->fire({std::move(name), std::move(code), level, std::move(message), Value::dict(), {}});
  }
  void warn(std::string name, std::string code, std::string message) const {
    if (invocation_.events)
      invocation_.events->warn_or_error(
          {std::move(name), std::move(code), EventLevel::warn, std::move(message), Value::dict(), {}});
  }

  /// Installing replaces what stands in the folder: it must not hold the project or its sources.
  void check_target() const {
    const std::string root = path_absolute(project_.root);
    const auto holds = [&](const std::string& path) {
      return path == target_ || path.starts_with(target_ == "/" ? "/" : target_ + "/");
    };
    bool dangerous = holds(root);
    for (const auto* paths :
         {&project_.model_paths, &project_.seed_paths, &project_.snapshot_paths, &project_.test_paths,
          &project_.analysis_paths, &project_.macro_paths, &project_.function_paths}) {
      for (const std::string& path : *paths) dangerous = dangerous || holds(path_absolute(path_join(root, path)));
    }
    if (dangerous) {
      fail("target",
           fmt::format("packages-install-path '{}' holds the project's own files: packages would replace them",
                       project_.packages_install_path),
           "use a folder of its own, such as dbt_packages");
    }
  }

  // ---- resolving ------------------------------------------------------------------------------------------------

  void read_project_of(Pinned& pinned, const std::string& folder) {
    pinned.name = read_project_name(invocation_, folder);
    pinned.packages = read_package_list(invocation_, folder).packages;
  }

  Pinned resolve(const PackageSpec& spec) {
    Pinned pinned;
    pinned.spec = spec;
    switch (spec.source) {
      case PackageSource::hub: {
        const Hub::Choice choice = hub_.choose(spec);
        pinned.version = choice.version->text;
        pinned.latest = choice.latest;
        pinned.name = choice.version->project_name;
        pinned.tarball = choice.version->tarball;
        pinned.packages = choice.version->packages;
        break;
      }
      case PackageSource::local:
        pinned.folder = path_absolute(path_join(project_.root, spec.location));
        read_project_of(pinned, pinned.folder);
        break;
      case PackageSource::git:
        resolve_git(pinned);
        break;
      case PackageSource::tarball:
        pinned.folder = fetch_tarball(spec.location, staging_.fresh());
        read_project_of(pinned, pinned.folder);
        pinned.name = spec.name;
        break;
    }
    if (!is_project_name(pinned.name))
      fail("name", fmt::format("The package {} has no usable project name: '{}'", spec.unrendered, pinned.name));
    return pinned;
  }

  void resolve_git(Pinned& pinned) {
    std::set<std::string> revisions(pinned.spec.versions.begin(), pinned.spec.versions.end());
    if (revisions.size() > 1) {
      fail("git-revisions", fmt::format("git dependencies should contain exactly one version. {} contains: {{'{}'}}",
                                        pinned.spec.unrendered, join({revisions.begin(), revisions.end()}, "', '")));
    }
    pinned.revision = revisions.empty() ? "HEAD" : *revisions.begin();
    const GitCheckout checkout = git_checkout(pinned.spec, staging_.fresh());
    pinned.version = checkout.sha;
    pinned.folder = checkout.folder;
    const bool floating = pinned.revision == "HEAD" || pinned.revision == "main" || pinned.revision == "master";
    if (floating && pinned.spec.warn_unpinned) {
      warn("DepsUnpinned", "M029",
           fmt::format("WARNING: The git package \"{}\" \n\tis {}.\n\tThis can introduce breaking changes into your "
                       "project without warning!\n\n"
                       "See https://docs.getdbt.com/docs/package-management#section-specifying-package-versions",
                       pinned.spec.unrendered,
                       pinned.revision == "HEAD" ? "not pinned, using HEAD (default branch)"
                                                 : fmt::format("pinned to the \"{}\" branch", pinned.revision)));
    }
    read_project_of(pinned, pinned.folder);
  }

  static void merge(PackageSpec& into, const PackageSpec& other) {
    if (into.source != other.source)
      fail("types", fmt::format("Cannot incorporate {} in {}: mismatched types", other.unrendered, into.unrendered));
    for (const std::string& version : other.versions) {
      if (std::find(into.versions.begin(), into.versions.end(), version) == into.versions.end())
        into.versions.push_back(version);
    }
    into.install_prerelease = into.install_prerelease || other.install_prerelease;
    into.warn_unpinned = into.warn_unpinned && other.warn_unpinned;
  }

  /// Every package that is needed, in the order in which they were first named; asked for again whenever somebody
  /// narrows it.
  std::vector<Pinned> resolve_all(const std::vector<PackageSpec>& wanted) {
    std::vector<std::string> order;
    std::map<std::string, PackageSpec> merged;
    std::map<std::string, Pinned> resolved;
    std::set<std::string> seen;
    std::vector<PackageSpec> pending = wanted;
    while (!pending.empty()) {
      std::vector<PackageSpec> next;
      for (const PackageSpec& spec : pending) {
        if (!seen.insert(spec.hash_text).second) continue;  // also ends circles
        const std::string key = package_key(spec);
        const auto [entry, is_new] = merged.try_emplace(key, spec);
        if (is_new) order.push_back(key);
        const PackageSpec before = entry->second;
        if (!is_new) merge(entry->second, spec);
        if (!is_new && before.versions == entry->second.versions &&
            before.install_prerelease == entry->second.install_prerelease)
          continue;
        const Pinned& pinned = resolved.insert_or_assign(key, resolve(entry->second)).first->second;
        next.insert(next.end(), pinned.packages.begin(), pinned.packages.end());
      }
      pending = std::move(next);
    }
    std::vector<Pinned> result;
    for (const std::string& key : order) result.push_back(resolved.at(key));
    check_names(result);
    return result;
  }

  void check_names(const std::vector<Pinned>& packages) const {
    std::set<std::string> names;
    for (const Pinned& package : packages) {
      if (package.name == project_.name) {
        fail("root-name", fmt::format("Found a dependency with the same name as the root project \"{}\". Package names "
                                      "must be unique in a project. "
                                      "Please rename one of these packages.",
                                      package.name));
      }
      if (!names.insert(package.name).second) {
        fail("duplicate-name", fmt::format("Found duplicate project \"{}\". This occurs when a dependency has the same "
                                           "project name as some other dependency.",
                                           package.name));
      }
    }
  }

  // ---- the lock file --------------------------------------------------------------------------------------------

  std::string without_secrets(const std::string& text) const {
    const std::string clean = invocation_.events ? invocation_.events->scrub(text) : text;
    if (clean != text) {
      warn("DepsScrubbedPackageName", "M035",
           fmt::format("Detected secret env var in {}. dbt will write a scrubbed representation to the lock file. This "
                       "will cause issues with subsequent "
                       "'dbt deps' using the lock file, requiring 'dbt deps --upgrade'",
                       clean));
    }
    return clean;
  }

  Value lock_entry(const Pinned& package) const {
    Value entry = Value::dict();
    jinja::DictData& dict = entry.as_dict();
    switch (package.spec.source) {
      case PackageSource::hub:
        dict.set("package", Value(package.spec.location));
        dict.set("version", Value(package.version));
        break;
      case PackageSource::git:
        dict.set("git", Value(without_secrets(package.spec.unrendered)));
        dict.set("revision", Value(package.version));
        if (!package.spec.subdirectory.empty()) dict.set("subdirectory", Value(package.spec.subdirectory));
        break;
      case PackageSource::local:
        dict.set("local", Value(package.spec.location));
        break;
      case PackageSource::tarball:
        dict.set("tarball", Value(without_secrets(package.spec.unrendered)));
        break;
    }
    dict.set("name", Value(package.name));
    return entry;
  }

  void lock(const PackageList& wanted) {
    if (wanted.packages.empty()) {
      say("DepsNoPackagesFound", "M013", "Warning: No packages were found in packages.yml");
      return;
    }
    Value entries = Value::list();
    for (const Pinned& package : resolve_all(wanted.packages)) entries.as_list().push_back(lock_entry(package));
    std::string text = indented_yaml(Value::dict({{"packages", entries}}));
    text += "sha1_hash: " + package_list_hash(wanted.packages) + "\n";
    invocation_.fs->write(lock_path(), text);
    say("DepsLockUpdating", "M031", fmt::format("Updating lock file in file path: {}", path_absolute(lock_path())));
  }

  // ---- installing -----------------------------------------------------------------------------------------------

  std::string version_name(const Pinned& package) const {
    switch (package.spec.source) {
      case PackageSource::git:
        return package.revision == "HEAD" ? "HEAD (default revision)" : "revision " + package.revision;
      case PackageSource::local:
        return fmt::format("<local @ {}>", package.spec.location);
      case PackageSource::tarball:
        return fmt::format("tarball (url: {})", package.spec.unrendered);
      case PackageSource::hub:
        break;
    }
    return "version " + package.version;
  }

  void install(const std::vector<PackageSpec>& locked) {
    std::vector<Pinned> packages;
    std::vector<std::string> outdated;
    for (const PackageSpec& spec : locked) {
      const std::string& shown = spec.source == PackageSource::tarball ? spec.name : spec.unrendered;
      say("DepsStartPackageInstall", "M014", fmt::format("Installing {}", shown));
      Pinned package = resolve(spec);
      if (spec.source == PackageSource::hub) package.folder = fetch_tarball(package.tarball, staging_.fresh());
      say("DepsInstallInfo", "M015", fmt::format("Installed from {}", version_name(package)));
      if (spec.source == PackageSource::hub && package.latest == package.version)
        say("DepsUpToDate", "M017", "Up to date!");
      if (spec.source == PackageSource::hub && package.latest != package.version) {
        say("DepsUpdateAvailable", "M016", fmt::format("Updated version available: {}", package.latest));
        outdated.push_back(spec.location);
      }
      if (!spec.subdirectory.empty())
        say("DepsListSubdirectory", "M018", fmt::format("and subdirectory {}", spec.subdirectory));
      packages.push_back(std::move(package));
    }
    check_names(packages);
    swap_in(packages);
    if (outdated.empty()) return;
    say("Formatting", "Z017", "");
    say("DepsNotifyUpdatesAvailable", "M019",
        fmt::format("Updates available for packages: ['{}']                 \nUpdate your versions in packages.yml, "
                    "then run dbt deps",
                    join(outdated, "', '")));
  }

  /// All files are at hand now: nothing but the file system can fail from here on.
  void swap_in(const std::vector<Pinned>& packages) {
    stdfs::create_directories(target_);
    std::set<std::string> names;
    for (const Pinned& package : packages) names.insert(package.name);
    remove_installed(names);
    for (const Pinned& package : packages) {
      const std::string place = path_join(target_, package.name);
      std::error_code error;
      if (package.spec.source != PackageSource::local) {
        stdfs::rename(package.folder, place, error);
      } else {
        say("DepsCreatingLocalSymlink", "Z037", "Creating symlink to local dependency.", EventLevel::debug);
        stdfs::create_directory_symlink(package.folder, place, error);
        if (error) {
          say("DepsSymlinkNotAvailable", "Z038", "Symlinks are not available on this OS, copying dependency.",
              EventLevel::debug);
          stdfs::copy(package.folder, place, stdfs::copy_options::recursive | stdfs::copy_options::copy_symlinks,
                      error);
        }
      }
      if (error)
        fail("install", fmt::format("Could not install {} into {}: {}", package.name, target_, error.message()));
    }
  }

  /// Removes installed packages, and whatever stands where one of `names` goes. Other files in the folder are left
  /// alone.
  void remove_installed(const std::set<std::string>& names) const {
    std::error_code error;
    std::vector<stdfs::path> old;
    for (const auto& entry : stdfs::directory_iterator(target_, error)) {
      const std::string name = entry.path().filename().string();
      std::error_code ignored;
      const bool is_package = entry.is_symlink(ignored) || stdfs::exists(entry.path() / "dbt_project.yml", ignored) ||
                              stdfs::exists(entry.path() / "project.yml", ignored);
      if (name != staging_name && (is_package || names.contains(name))) old.push_back(entry.path());
    }
    for (const stdfs::path& path : old) {
      stdfs::remove_all(path, error);  // of a link: the link alone
      if (error) fail("install", fmt::format("Could not remove {}: {}", path.string(), error.message()));
    }
  }

  // ---- --add-package --------------------------------------------------------------------------------------------

  Value new_entry(const std::string& name, const std::string& version, const std::string& source) const {
    Value entry = Value::dict();
    entry.as_dict().set(source == "hub" ? "package" : source, Value(name));
    if (version.empty()) return entry;
    Value value(version);
    if (version.find(',') != std::string::npos) {
      value = Value::list();
      for (std::string_view part : split(version, ',')) value.as_list().emplace_back(part);
    }
    entry.as_dict().set(source == "git" ? "revision" : "version", value);
    return entry;
  }

  /// dbt: the name, with '-' and '_' alike, between the ends of the text, '/' or '.'.
  static bool names_package(std::string identifier, std::string name) {
    identifier = replace_all(identifier, "_", "-");
    name = replace_all(name, "_", "-");
    for (const std::string& form : {name, name.substr(name.rfind('/') + 1)}) {
      const size_t at = identifier.find(form);
      if (at == std::string::npos) continue;
      const auto boundary = [&](size_t i) { return identifier[i] == '/' || identifier[i] == '.'; };
      const size_t end = at + form.size();
      if ((at == 0 || boundary(at - 1)) && (end == identifier.size() || boundary(end))) return true;
    }
    return false;
  }

  void add_package() {
    const std::string& text = *invocation_.flags.add_package;
    const std::string source = invocation_.flags.add_source.value_or("hub");
    const auto parts = split(text, '@');
    const std::string name = parts.size() == 2 ? std::string(parts[0]) : text,
                      version = parts.size() == 2 ? std::string(parts[1]) : "";
    if (version.empty() && source != "local") {
      throw Error(ErrorKind::usage, "project/usage",
                  fmt::format("Version is required in --add-package when a package when source is {}", source), {},
                  "write --add-package name@version");
    }
    const std::string file_name = read_package_list(invocation_, project_.root).file_name;
    const std::string path = path_join(project_.root, file_name);
    Value data = Value::dict({{"packages", Value::list()}});
    if (invocation_.fs->exists(path)) {
      const SourceFile file(file_name, invocation_.fs->read(path));
      if (const Value loaded = jinja::from_yaml(load_yaml(file).root); loaded.is_dict()) data = loaded;
    } else {
      say("Formatting", "Z017", fmt::format("Created {}", file_name));
    }
    if (!data.get("packages").is_list()) data.as_dict().set("packages", Value::list());
    std::vector<Value>& entries = data.get("packages").as_list();
    std::erase_if(entries, [&](const Value& entry) {
      for (const char* key : {"package", "git", "local", "tarball", "private"}) {
        if (!names_package(entry.get_string(key), name) || entry.get_string(key).empty()) continue;
        say("DepsFoundDuplicatePackage", "M033",
            fmt::format("Found duplicate package in packages.yml, removing: {}", jinja::to_repr(entry)));
        return true;
      }
      return false;
    });
    entries.push_back(new_entry(name, version, source));
    invocation_.fs->write(path, indented_yaml(data));
    say("DepsAddPackage", "M032", fmt::format("Added new package {}@{} to {}", name, version, path));
  }

  const Invocation& invocation_;
  const ProjectFile& project_;
  std::string target_;
  Hub hub_;
  Staging staging_;
};

}  // namespace

void install_packages(const Invocation& invocation, const std::string& root) {
  const ProjectFile project = load_project_file(invocation, root, nullptr);
  Installer(invocation, project).run();
}

}  // namespace modelc
