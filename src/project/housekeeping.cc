#include "project/housekeeping.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace modelc {
namespace {

struct TemplateFile {
  std::string_view path;
  std::string_view text;
};

/// The new project's files; "{name}" stands for its name, "{profile}" for the lines on its profile.
constexpr TemplateFile starter_files[] = {
    {"project.yml", R"(name: {name}
version: '1.0.0'
{profile}
models:
  {name}:
    +materialized: view
)"},
    {".gitignore", "target/\nlogs/\ndbt_packages/\n*.db\n*.db-wal\n*.db-shm\n"},
    {"seeds/raw_orders.csv", R"(order_id,customer,amount,ordered_on
1,ann,12.50,2025-01-03
2,bob,20.00,2025-01-04
3,ann,7.25,2025-02-11
)"},
    {"models/stg_orders.sql", R"(select
    order_id,
    customer,
    amount,
    ordered_on
from {{ ref('raw_orders') }}
)"},
    {"models/customers.sql", R"({{ config(materialized='table') }}

select
    customer,
    count(*) as orders,
    sum(amount) as total_amount,
    max(ordered_on) as last_order
from {{ ref('stg_orders') }}
group by customer
)"},
    {"models/schema.yml", R"(models:
  - name: stg_orders
    description: One row for each order.
    columns:
      - name: order_id
        data_tests: [unique, not_null]
  - name: customers
    description: One row for each customer with what they spent.
    columns:
      - name: customer
        data_tests: [unique, not_null]
)"},
    {"macros/.gitkeep", ""},
    {"snapshots/.gitkeep", ""},
    {"tests/.gitkeep", ""},
};

bool is_inside(const std::string& path, const std::string& folder) { return path.starts_with(folder + "/"); }

std::string quoted_list(const std::vector<std::string>& paths) { return "['" + join(paths, "', '") + "']"; }

}  // namespace

bool is_project_name(std::string_view name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

std::vector<std::string> init_project(const Invocation& invocation, const std::string& name,
                                      const std::optional<std::string>& profile) {
  const std::string profile_lines =
      profile ? fmt::format("\nprofile: {}\n", *profile)
              : fmt::format(
                    "\n# No profile is named, so modelc runs on {0}.db, a SQLite file in this folder.\n"
                    "# To run elsewhere, write a profiles.yml and name its profile here:\n# profile: {0}\n",
                    name);
  std::vector<std::string> written;
  for (const auto& file : starter_files) {
    std::string path = path_join(name, file.path);
    invocation.fs->write(path, replace_all(replace_all(file.text, "{profile}", profile_lines), "{name}", name));
    written.push_back(std::move(path));
  }
  return written;
}

std::vector<std::string> clean_project(const Invocation& invocation, const ProjectFile& project) {
  const std::string root = path_absolute(project.root);
  const auto resolve = [&](const std::string& path) { return path_normalize(path_join(root, path)); };
  std::vector<std::string> sources;
  for (const auto* paths : {&project.model_paths, &project.seed_paths, &project.snapshot_paths, &project.analysis_paths,
                            &project.macro_paths, &project.test_paths, &project.function_paths}) {
    for (const auto& path : *paths) sources.push_back(resolve(path));
  }
  std::vector<std::string> targets, protected_paths, outside;
  for (const auto& target : project.clean_targets) {
    std::string path = resolve(target);
    const bool holds_project = path == root || is_inside(root, path);
    const bool only_project = invocation.flags.clean_project_files_only;
    if (std::find(sources.begin(), sources.end(), path) != sources.end() || (holds_project && !only_project))
      protected_paths.push_back(path);
    else if (!is_inside(path, root) && only_project)
      outside.push_back(path);
    targets.push_back(std::move(path));
  }
  if (!protected_paths.empty()) {
    throw Error(ErrorKind::runtime, "project/clean-source",
                fmt::format("dbt will not clean the following source paths: {}", quoted_list(protected_paths)),
                Span{project.file, 0, 0}, "take them out of clean-targets");
  }
  if (!outside.empty()) {
    throw Error(
        ErrorKind::runtime, "project/clean-outside",
        fmt::format("dbt will not clean the following directories outside the project: {}", quoted_list(outside)),
        Span{project.file, 0, 0}, "--no-clean-project-files-only allows it");
  }
  for (const auto& path : targets) invocation.fs->remove_all(path);
  return targets;
}

}  // namespace modelc
