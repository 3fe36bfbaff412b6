#include "project/package_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "jinja/json.h"
#include "project/base_context.h"

namespace modelc {

using jinja::Value;

namespace {

struct Key {
  std::string_view name;
  bool (*fits)(const Value&);
  std::string_view wanted;
};

bool is_text(const Value& v) { return v.is_string(); }
bool is_number_or_text(const Value& v) { return v.is_string() || v.is_int() || v.is_float(); }
bool is_version(const Value& v) {
  return is_number_or_text(v) ||
         (v.is_list() && std::all_of(v.as_list().begin(), v.as_list().end(), is_number_or_text));
}
bool is_bool(const Value& v) { return v.is_bool(); }

const std::vector<Key>& keys_of(PackageSource source) {
  static const std::vector<Key> hub = {{"package", is_text, "a text"},
                                       {"version", is_version, "a version or a list of versions"},
                                       {"install_prerelease", is_bool, "a boolean"},
                                       {"name", is_text, "a text"}};
  static const std::vector<Key> git = {{"git", is_text, "a text"},
                                       {"revision", is_number_or_text, "a text"},
                                       {"warn-unpinned", is_bool, "a boolean"},
                                       {"subdirectory", is_text, "a text"},
                                       {"name", is_text, "a text"}};
  static const std::vector<Key> local = {{"local", is_text, "a text"}, {"name", is_text, "a text"}};
  static const std::vector<Key> tarball = {{"tarball", is_text, "a text"}, {"name", is_text, "a text"}};
  switch (source) {
    case PackageSource::git:
      return git;
    case PackageSource::local:
      return local;
    case PackageSource::tarball:
      return tarball;
    case PackageSource::hub:
      break;
  }
  return hub;
}

constexpr std::pair<std::string_view, PackageSource> sources[] = {{"package", PackageSource::hub},
                                                                  {"git", PackageSource::git},
                                                                  {"local", PackageSource::local},
                                                                  {"tarball", PackageSource::tarball}};

[[noreturn]] void malformed(const SourceFile* file, std::string_view problem) {
  throw Error(ErrorKind::project, "project/deps-malformed",
              fmt::format("The {} file in this project is malformed. Please double check\nthe contents of this file "
                          "and fix any errors before "
                          "retrying.\n\nValidator Error:\n{}",
                          file ? file->path() : "packages.yml", problem));
}

std::vector<std::string> texts(const Value& value) {
  std::vector<std::string> result;
  if (value.is_list()) {
    for (const Value& item : value.as_list()) result.push_back(jinja::to_str(item));
  } else if (!value.is_undefined() && !value.is_none()) {
    result.push_back(jinja::to_str(value));
  }
  return result;
}

/// json.dumps(package.to_dict(), sort_keys=True): every field of the entry's class with its default, and the entry as
/// written.
std::string hash_text(PackageSource source, const Value& entry, const Value& unrendered) {
  Value dict = Value::dict();
  const auto field = [&](std::string_view key, Value fallback) {
    const Value value = entry.get(key);
    dict.as_dict().set(key, value.is_undefined() ? std::move(fallback) : value);
  };
  switch (source) {
    case PackageSource::hub:
      field("package", Value::none());
      field("version", Value::none());
      field("install_prerelease", Value(false));
      break;
    case PackageSource::git:
      field("git", Value::none());
      field("revision", Value::none());
      field("subdirectory", Value::none());
      field("warn-unpinned", Value::none());
      break;
    case PackageSource::local:
      field("local", Value::none());
      break;
    case PackageSource::tarball:
      field("tarball", Value::none());
      break;
  }
  if (const Value name = entry.get("name"); !name.is_undefined() && !name.is_none()) dict.as_dict().set("name", name);
  dict.as_dict().set("unrendered", unrendered);
  return jinja::to_json(dict, /*sort_keys=*/true);
}

void check_keys(PackageSource source, const Value& entry, const SourceFile* file) {
  const auto& keys = keys_of(source);
  for (const auto& [name, value] : entry.as_dict().entries()) {
    const std::string text = jinja::to_str(name);
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == text; });
    if (key == keys.end())
      malformed(file, fmt::format("{}: '{}' is not a key of this kind of package", jinja::to_repr(entry), text));
    if (!value.is_none() && !key->fits(value))
      malformed(file, fmt::format("{}: '{}' must be {}", jinja::to_repr(entry), text, key->wanted));
  }
}

void check_hub(const PackageSpec& spec, const SourceFile* file) {
  if (spec.versions.empty()) {
    malformed(
        file,
        fmt::format(
            "{} is missing the version. When installing from the Hub package index, version is a required property",
            spec.location));
  }
  if (spec.location.find('/') == std::string::npos) {
    malformed(
        file,
        fmt::format(
            "{} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils",
            spec.location));
  }
}

PackageSpec read_entry(const Value& entry, const Value& unrendered, const SourceFile* file) {
  if (!entry.is_dict()) malformed(file, fmt::format("{} is not a mapping", jinja::to_repr(entry)));
  if (entry.as_dict().find("private")) {
    throw Error(ErrorKind::dependency, "project/deps-private",
                fmt::format("Cannot resolve private package {} because git provider integration is missing. Please use "
                            "a \"git\" package instead.",
                            entry.get_string("private")));
  }
  for (const auto& [key, source] : sources) {
    if (!entry.as_dict().find(key)) continue;
    check_keys(source, entry, file);
    PackageSpec spec;
    spec.source = source;
    spec.location = entry.get_string(key);
    if (spec.location.empty()) {
      malformed(file, fmt::format("A {} package is missing the value. It is a required property.",
                                  source == PackageSource::hub ? "hub" : key));
    }
    spec.unrendered = unrendered.get_string(key, spec.location);
    spec.versions = texts(entry.get(source == PackageSource::git ? "revision" : "version"));
    spec.subdirectory = entry.get_string("subdirectory");
    spec.name = entry.get_string("name");
    spec.warn_unpinned = entry.get_bool("warn-unpinned", true);
    spec.install_prerelease = entry.get_bool("install_prerelease");
    spec.hash_text = hash_text(source, entry, unrendered);
    if (source == PackageSource::hub) check_hub(spec, file);
    if (source == PackageSource::tarball && spec.name.empty())
      malformed(file, fmt::format("the tarball {} needs a name", spec.unrendered));
    return spec;
  }
  malformed(file, fmt::format("{}: each package needs one of package, git, local or tarball", jinja::to_repr(entry)));
}

std::vector<PackageSpec> read_entries(const Value& rendered, const Value& unrendered, const SourceFile* file) {
  if (rendered.is_none() || rendered.is_undefined()) return {};
  if (!rendered.is_list()) malformed(file, "packages must be a list");
  std::vector<PackageSpec> result;
  for (size_t i = 0; i < rendered.as_list().size(); ++i)
    result.push_back(read_entry(rendered.as_list()[i], unrendered.as_list()[i], file));
  return result;
}

struct Loaded {
  const SourceFile* file = nullptr;
  Value data = Value::dict();
};

Loaded load_file(const Invocation& invocation, const std::string& path) {
  Loaded loaded;
  if (!invocation.fs->exists(path)) return loaded;
  loaded.file = invocation.sources->add(path_filename(path), invocation.fs->read(path));
  loaded.data = jinja::from_yaml(load_yaml(*loaded.file).root);
  if (loaded.data.is_none()) loaded.data = Value::dict();
  if (!loaded.data.is_dict()) malformed(loaded.file, "expected a mapping with the key 'packages'");
  return loaded;
}

Value render_packages(const Invocation& invocation, const Loaded& loaded) {
  BaseContext context(invocation, VarScope{&invocation.flags.cli_vars, {}, "", true}, /*allow_secrets=*/true);
  return render_yaml_value(loaded.data.get("packages"), loaded.file, context, *invocation.sources);
}

}  // namespace

PackageList read_package_list(const Invocation& invocation, const std::string& folder) {
  const Loaded packages = load_file(invocation, path_join(folder, "packages.yml"));
  const Loaded dependencies = load_file(invocation, path_join(folder, "dependencies.yml"));
  const auto has = [](const Loaded& loaded, const char* key) { return loaded.data.as_dict().find(key) != nullptr; };
  if (has(packages, "packages") && has(dependencies, "packages")) {
    throw Error(ErrorKind::project, "project/deps-twice",
                "The 'packages' key cannot be specified in both packages.yml and dependencies.yml");
  }
  if (has(packages, "projects")) {
    throw Error(ErrorKind::project, "project/deps-projects", "The 'projects' key cannot be specified in packages.yml");
  }
  PackageList list;
  if (has(dependencies, "packages")) {
    list.file_name = "dependencies.yml";
    list.packages =
        read_entries(dependencies.data.get("packages"), dependencies.data.get("packages"), dependencies.file);
  } else {
    list.packages = read_entries(render_packages(invocation, packages), packages.data.get("packages"), packages.file);
  }
  return list;
}

std::string read_project_name(const Invocation& invocation, const std::string& folder) {
  for (const char* name : {"project.yml", "dbt_project.yml"}) {
    if (invocation.fs->exists(path_join(folder, name)))
      return load_file(invocation, path_join(folder, name)).data.get_string("name");
  }
  throw Error(
      ErrorKind::project, "project/not-found",
      fmt::format("No dbt_project.yml found at expected path {}\nVerify that each entry within packages.yml (and "
                  "their transitive dependencies) contains a file named dbt_project.yml",
                  path_join(folder, "dbt_project.yml")));
}

std::optional<PackageList> read_lock_file(const Invocation& invocation, const std::string& path, std::string& hash) {
  if (!invocation.fs->exists(path)) return std::nullopt;
  const Loaded loaded = load_file(invocation, path);
  hash = loaded.data.get_string("sha1_hash");
  PackageList list;
  list.file_name = path_filename(path);
  list.packages = read_entries(render_packages(invocation, loaded), loaded.data.get("packages"), loaded.file);
  return list;
}

std::vector<PackageSpec> package_specs_from(const Value& entries, const SourceFile* file) {
  return read_entries(entries, entries, file);
}

std::string package_list_hash(const std::vector<PackageSpec>& packages) {
  std::vector<std::string> lines;
  for (const PackageSpec& spec : packages) lines.push_back(spec.hash_text);
  std::sort(lines.begin(), lines.end());
  return sha1_hex(join(lines, "\n"));
}

std::string package_key(const PackageSpec& spec) {
  std::string location = spec.location;
  if (spec.source == PackageSource::git) {
    if (location.ends_with(".git")) location.resize(location.size() - 4);
    if (!spec.subdirectory.empty()) location += "/" + spec.subdirectory;
  }
  if (spec.source == PackageSource::tarball) location = spec.name;
  return location;
}

}  // namespace modelc
