// Looking things up in the manifest by the rules of single kinds, and faults of things that are no nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manifest/manifest.h"

namespace modelc {

/// dbt's lookup of a metric by name: the named package, or the root, `current_package`, any. The manifest must be
/// indexed.
Manifest::RefResult resolve_metric(const Manifest& manifest, const std::string& name,
                                   const std::optional<std::string>& package, const std::string& current_package);

/// MetricFlow's time spine from before dbt knew of them: a model called metricflow_time_spine without `time_spine:`.
/// Null when there is none. Valid as long as the manifest is not changed.
const Node* legacy_time_spine(const Manifest& manifest);

/// Versions of a model in dbt's order: as numbers where both are, else as texts. <0, 0 or >0.
int compare_model_versions(const jinja::Value& a, const jinja::Value& b);

/// The greatest version of the models called `name`; undefined when none has one.
jinja::Value greatest_version(const Manifest& manifest, const std::string& name);

/// dbt's 'dbt found two groups with the name "x"...'; `plural` is "groups", "fixtures". For nodes see
/// duplicate_name_error() in manifest.h.
struct NamedThing {
  std::string unique_id, name, original_file_path;
  Span declared_at;
};
Error duplicate_thing_error(std::string_view plural, const NamedThing& found, const NamedThing& existing);

}  // namespace modelc
