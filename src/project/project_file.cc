// project.yml / dbt_project.yml: found, checked, rendered.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "base/version.h"
#include "jinja/json.h"
#include "project/base_context.h"
#include "project/project.h"
#include "project/project_file_check.h"
#include "project/require_version.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view own_name = "project.yml";
constexpr std::string_view dbt_name = "dbt_project.yml";

std::optional<std::string> project_file_in(const FileSystem& fs, const std::string& folder) {
  for (auto name : {own_name, dbt_name}) {
    std::string path = path_join(folder, name);
    if (fs.exists(path)) return path;
  }
  return std::nullopt;
}

/// `target` of the commands that load no profile (deps, clean): whatever is asked of it is "" (dbt: UnsetProfile).
class UnsetTarget : public jinja::Object {
 public:
  std::string_view type_name() const override { return "DictDefaultEmptyStr"; }
  std::optional<Value> get_attribute(jinja::State&, std::string_view) override { return Value(""); }
  std::optional<Value> get_item(jinja::State&, const Value&) override { return Value(""); }
  std::optional<Value> call_method(jinja::State&, std::string_view name, jinja::CallArgs& args) override {
    if (name != "get") return std::nullopt;
    const auto bound = args.bind("get", {"key", "default"}, 1);
    return bound[1].is_undefined() ? Value::none() : bound[1];
  }
  bool is_mapping() const override { return true; }
  std::string repr() const override { return "{}"; }
};

bool stays_unrendered(const std::vector<std::string>& path) {
  if (path.empty()) return false;
  const std::string& first = path[0];
  if (first == "on-run-start" || first == "on-run-end" || first == "query-comment" || first == "vars") return true;
  if (first != "seeds" && first != "models" && first != "snapshots" && first != "tests" && first != "data_tests")
    return false;
  return std::any_of(path.begin(), path.end(), [](std::string_view part) {
    while (part.starts_with('+') || part.starts_with(' ')) part.remove_prefix(1);
    return part == "pre-hook" || part == "post-hook" || part == "pre_hook" || part == "post_hook";
  });
}

std::vector<std::string> text_list(const Value& value, std::vector<std::string> fallback = {}) {
  if (value.is_string()) return {value.as_string()};
  if (!value.is_list()) return fallback;
  std::vector<std::string> result;
  for (const auto& item : value.as_list()) result.push_back(jinja::to_str(item));
  return result;
}

std::vector<std::string> path_list(const Value& root, std::string_view key, std::string_view legacy_key,
                                   const char* fallback) {
  Value value = root.get(key);
  if (!value.is_list() && !legacy_key.empty()) value = root.get(legacy_key);
  auto paths = text_list(value, {fallback});
  for (auto& path : paths) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.starts_with("./")) path = path.substr(2);
  }
  return paths;
}

QueryComment query_comment_of(const Value& root) {
  QueryComment result;
  const Value* value = root.as_dict().find("query-comment");
  if (!value) return result;
  if (value->is_dict()) {
    const Value comment = value->get("comment");
    if (comment.is_string()) result.comment = comment.as_string();
    result.append = value->get_bool("append");
    result.job_label = value->get_bool("job-label") || value->get_bool("job_label");
  } else {
    result.comment = value->is_string() ? value->as_string() : "";  // null, false and '' all mean: none
  }
  return result;
}

void fill_paths(ProjectFile& project, const Value& root) {
  project.model_paths = path_list(root, "model-paths", "source-paths", "models");
  project.seed_paths = path_list(root, "seed-paths", "data-paths", "seeds");
  project.snapshot_paths = path_list(root, "snapshot-paths", "", "snapshots");
  project.test_paths = path_list(root, "test-paths", "", "tests");
  project.analysis_paths = path_list(root, "analysis-paths", "", "analyses");
  project.macro_paths = path_list(root, "macro-paths", "", "macros");
  project.function_paths = path_list(root, "function-paths", "", "functions");
  project.asset_paths = text_list(root.get("asset-paths"));
  project.docs_paths = text_list(root.get("docs-paths"));
  if (project.docs_paths.empty()) {
    for (const auto* paths :
         {&project.model_paths, &project.seed_paths, &project.snapshot_paths, &project.analysis_paths,
          &project.macro_paths, &project.test_paths, &project.function_paths}) {
      for (const auto& path : *paths) {
        if (std::find(project.docs_paths.begin(), project.docs_paths.end(), path) == project.docs_paths.end())
          project.docs_paths.push_back(path);
      }
    }
  }
}

void fill_configs(ProjectFile& project, const Value& rendered, const Value& raw) {
  for (auto key : config_tree_keys()) {
    const auto of = [&](const Value& root) {
      Value value = root.get(key);
      if (value.is_undefined() && key == "data_tests") value = root.get("tests");
      return value;
    };
    const Value value = of(rendered);
    if (!value.is_dict()) continue;
    project.configs.emplace(key, value);
    project.unrendered_configs.emplace(key, of(raw));
  }
}

/// vars.yml beside the project file (dbt 1.12): an error when both define vars.
void read_vars_file(const Invocation& invocation, ProjectFile& project) {
  const std::string path = path_join(project.root, "vars.yml");
  if (!invocation.fs->exists(path)) return;
  const SourceFile* file = invocation.sources->add("vars.yml", invocation.fs->read(path));
  const YamlDocument document = load_yaml(*file);
  const YamlNode* vars = document.root.find("vars");
  if (!vars || !vars->is_mapping()) return;
  if (!project.vars.as_dict().entries().empty()) {
    throw Error(ErrorKind::project, "project/vars-twice", "vars are defined both in vars.yml and in the project file",
                vars->span(file), "keep one of the two");
  }
  project.vars = jinja::from_yaml(*vars);
}

}  // namespace

std::string find_project_root(const Invocation& invocation) {
  const bool named = invocation.flags.project_dir.has_value();
  const std::string start = path_absolute(invocation.flags.project_dir.value_or("."));
  for (std::string folder = start;; folder = path_parent(folder)) {
    if (project_file_in(*invocation.fs, folder)) return folder;
    if (named || folder == "/" || folder.empty()) break;
  }
  throw Error(ErrorKind::project, "project/not-found",
              fmt::format("No dbt_project.yml found at expected path {}", path_join(start, dbt_name)), {},
              named ? "--project-dir names the folder that holds project.yml or dbt_project.yml"
                    : "run modelc inside a project (a folder with project.yml or dbt_project.yml, or any folder below "
                      "it), or make one with `modelc init`");
}

Value read_project_flags(const Invocation& invocation, const std::string& root) {
  const auto path = project_file_in(*invocation.fs, root);
  if (!path) return Value();
  const SourceFile* file = invocation.sources->add(path_filename(*path), invocation.fs->read(*path));
  const YamlDocument document = load_yaml(*file);
  const YamlNode* flags = document.root.find("flags");
  return flags && flags->is_mapping() ? jinja::from_yaml(*flags) : Value();
}

ProjectFile load_project_file(const Invocation& invocation, const std::string& root, const Target* target) {
  const auto path = project_file_in(*invocation.fs, root);
  if (!path) {
    throw Error(ErrorKind::project, "project/not-found",
                fmt::format("No dbt_project.yml found at expected path {}\nVerify that each entry within packages.yml "
                            "(and their transitive "
                            "dependencies) contains a file named dbt_project.yml",
                            path_join(root, dbt_name)));
  }
  ProjectFile project;
  project.root = root;
  project.file = invocation.sources->add(path_filename(*path), invocation.fs->read(*path));
  const YamlDocument document = load_yaml(*project.file);
  check_project_structure(document);
  warn_of_project_file(invocation, document);

  const Value raw = jinja::from_yaml(document.root);
  BaseContext context(
      invocation,
      VarScope{&invocation.flags.cli_vars, {}, "", invocation.command == "deps" || invocation.command == "clean"});
  context.add("target", target ? target_dict(*target) : Value(jinja::make_ref<UnsetTarget>()));
  const Value rendered = render_yaml_value(raw, project.file, context, *invocation.sources, stays_unrendered);

  project.name = rendered.get_string("name");
  project.version = rendered.get("version").is_undefined() || rendered.get("version").is_none()
                        ? ""
                        : jinja::to_str(rendered.get("version"));
  if (rendered.get("profile").is_string()) project.profile = rendered.get_string("profile");
  fill_paths(project, rendered);
  project.target_path = rendered.get_string("target-path", "target");
  project.log_path = rendered.get_string("log-path", "logs");
  project.packages_install_path = rendered.get_string("packages-install-path", "dbt_packages");
  project.clean_targets = text_list(rendered.get("clean-targets"), {project.target_path});
  project.require_dbt_version = text_list(rendered.get("require-dbt-version"));
  for (const auto& entry :
       rendered.get("dispatch").is_list() ? rendered.get("dispatch").as_list() : std::vector<Value>()) {
    project.dispatch.push_back({entry.get_string("macro_namespace"), text_list(entry.get("search_order"))});
  }
  project.vars = raw.get("vars").is_dict() ? raw.get("vars") : Value::dict();
  project.quoting = rendered.get("quoting").is_dict() ? rendered.get("quoting") : Value::dict();
  project.flags = raw.get("flags").is_dict() ? raw.get("flags") : Value::dict();
  project.query_comment = query_comment_of(raw);
  project.on_run_start = text_list(raw.get("on-run-start"));
  project.on_run_end = text_list(raw.get("on-run-end"));
  project.restrict_access = rendered.get_bool("restrict-access");
  fill_configs(project, rendered, raw);
  read_vars_file(invocation, project);
  project.env_vars_used = context.env_vars_read();
  if (invocation.flags.version_check) check_required_version(project);
  return project;
}

}  // namespace modelc
