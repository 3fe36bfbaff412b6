// The part of `adapter` that writes the files of external models.
#include <fmt/format.h>

#include <filesystem>

#include "base/fs.h"
#include "base/text.h"
#include "compile/adapter_methods.h"
#include "compile/external_output.h"
#include "tabular/options.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// Reads a model's config as dbt-duckdb does: write options stand under `options`, or (the older form) beside it.
class OutputConfig {
 public:
  explicit OutputConfig(RuntimeContext& context) : config_(context.config()), options_(config_.get("options")) {
    if (is_absent(options_)) options_ = Value::dict();
    if (!options_.is_dict()) fail("`options` must be a mapping", "options: {delimiter: ';'}");
    check_names();
  }

  ExternalOutput read(const std::string& location) const {
    ExternalOutput output;
    output.location = location;
    output.style.format = format(location);
    if (const Value value = find("delimiter"); !is_absent(value)) output.style.delimiter = delimiter(value);
    if (const Value value = find("header"); !is_absent(value)) output.style.header = jinja::truth(value);
    if (const Value value = options_.get("nullstr"); !is_absent(value)) output.style.null_text = jinja::to_str(value);
    output.partition_by = columns(find("partition_by"));
    output.keep_partition_columns = jinja::truth(options_.get("write_partition_columns"));
    if (const Value value = options_.get("filename_pattern"); !is_absent(value)) {
      output.file_name = jinja::to_str(value);
      if (output.file_name.empty() || output.file_name.find('/') != std::string::npos || output.file_name[0] == '.')
        fail(fmt::format("'{}' is no name for a file", output.file_name), "filename_pattern: 'part-{i}'");
    }
    return output;
  }

 private:
  [[noreturn]] static void fail(std::string message, std::string hint) {
    throw Error(ErrorKind::runtime, "compile/external-option", std::move(message), {}, std::move(hint));
  }

  void check_names() const {
    static constexpr std::string_view known[] = {"array",  "delimiter", "filename_pattern", "format",
                                                 "header", "nullstr",   "partition_by",     "write_partition_columns"};
    if (auto unknown = find_unknown_option(options_, known))
      fail(std::move(unknown->message), std::move(unknown->hint));
  }

  Value find(std::string_view name) const {
    const Value option = options_.get(name);
    return is_absent(option) ? config_.get(name) : option;
  }

  TableFormat format(const std::string& location) const {
    std::string name = is_absent(find("format")) ? "" : to_lower(jinja::to_str(find("format")));
    if (name.empty()) {
      const std::string extension = to_lower(path_extension(location));
      name = extension.empty() ? "csv" : extension.substr(1);
    }
    if (name == "csv") return TableFormat::csv;
    if (name == "json") return jinja::truth(options_.get("array")) ? TableFormat::json : TableFormat::json_lines;
    fail(fmt::format("files can't be written in the format '{}'", name), "format: csv or json");
  }

  static char delimiter(const Value& value) {
    const std::string text = jinja::to_str(value);
    if (text == "\\t" || text == "tab") return '\t';
    if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r")
      fail(fmt::format("'{}' is no delimiter", text), "one character, as ',' ';' '|' or '\\t'");
    return text[0];
  }

  /// A list, or names in one text: "a, b", "(a, b)".
  static std::vector<std::string> columns(const Value& value) {
    std::vector<std::string> names;
    if (is_absent(value)) return names;
    if (value.is_sequence()) {
      for (const Value& item : value.as_items()) names.push_back(jinja::to_str(item));
      return names;
    }
    std::string text = jinja::to_str(value);
    if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
    for (std::string_view part : split(text, ','))
      if (const std::string_view name = trim(part); !name.empty()) names.emplace_back(name);
    return names;
  }

  const Value& config_;
  Value options_;
};

/// Relative locations lie below the project. Links are followed, so that the files go where the location leads.
std::string resolved_location(const std::string& root, const std::string& location) {
  const std::string joined = location.starts_with('/') ? location : path_join(path_absolute(root), location);
  std::error_code error;
  const auto resolved = std::filesystem::weakly_canonical(joined, error);
  std::string path = error ? path_normalize(joined) : resolved.string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// One model's files would be in place of the other's after every run.
void refuse_shared_location(RuntimeContext& context, const Node& node, const std::string& path) {
  const std::string& root = context.project().root().project.root;
  for (const Node& other : context.shared().environment.parsed.manifest.nodes) {
    if (other.id == node.id || other.materialized() != "external") continue;
    const Value location = other.config.get("location");
    if (!location.is_string() || resolved_location(root, location.as_string()) != path) continue;
    throw Error(
        ErrorKind::runtime, "compile/external-same-location",
        fmt::format("The model {} writes its files to the same location, '{}'", other.unique_id, location.as_string()),
        {}, "give one of them another `location`");
  }
}

std::string absolute_location(RuntimeContext& context, const std::string& location) {
  const std::string& root = context.project().root().project.root;
  const std::string path = resolved_location(root, location);
  std::error_code error;
  const auto real_root = std::filesystem::weakly_canonical(path_absolute(root), error).string();
  const bool inside = path.starts_with(real_root + "/");
  const Node* node = context.node();
  if (!inside && node && node->package_name != context.project().root().project.name) {
    throw Error(ErrorKind::runtime, "compile/external-outside",
                fmt::format("The location '{}' lies outside of the project, and the model is a package's", location),
                {}, "set `location` of this model in your project file, below the project");
  }
  if (node) refuse_shared_location(context, *node, path);
  return path;
}

template <class Work>
auto at_node(RuntimeContext& context, Work work) {
  try {
    return work();
  } catch (Error& error) {
    if (!error.diagnostic().span && context.node()) error.diagnostic().span = context.node()->declared_at;
    throw;
  }
}

}  // namespace

Value adapter_external_root(RuntimeContext& context, State&, CallArgs&) {
  const std::string root = context.project().target.credentials.get_string("external_root");
  if (!root.empty()) return Value(root);
  const Flags& flags = context.shared().environment.invocation.flags;
  return Value(flags.target_path.value_or(context.project().root().project.target_path));
}

/// adapter.stage_files(sql, location): writes what the query gives beside the location, by the model's config; what it
/// returns is for publish_files. Not in dbt.
Value adapter_stage_files(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("stage_files", {"sql", "location"}, 2);
  return at_node(context, [&] {
    const OutputConfig config(context);
    ExternalOutput output = config.read(jinja::to_str(b[1]));
    output.location = absolute_location(context, output.location);
    const std::string staged = stage_output(context.session().connection(), jinja::to_str(b[0]), output);
    return Value::dict({{"staged", Value(staged)}, {"location", Value(output.location)}});
  });
}

/// adapter.publish_files(files): moves staged files to their location. Not in dbt.
Value adapter_publish_files(RuntimeContext& context, State&, CallArgs& args) {
  const auto b = args.bind("publish_files", {"files"}, 1);
  at_node(context, [&] { publish_output(b[0].get_string("staged"), b[0].get_string("location")); });
  return Value::none();
}

}  // namespace modelc
