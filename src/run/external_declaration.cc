#include "run/external_declaration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "jinja/json.h"
#include "jinja/value_errors.h"
#include "tabular/options.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr std::string_view foreign_keys[] = {"using", "data_source", "row_format", "tbl_properties", "partitions"};
constexpr std::string_view option_names[] = {"delimiter",    "header",  "encoding",         "null_strings",
                                             "date_formats", "records", "metadata_columns", "timestamp_formats"};

bool is_given(const Value& value) { return !value.is_undefined() && !value.is_none(); }

class DeclarationReader {
 public:
  explicit DeclarationReader(const Node& source)
      : source_(source), external_(source.source->external), options_(external_.get("options")) {}

  ExternalDeclaration read() {
    check_options();
    ExternalDeclaration out;
    out.location = external_.get_string("location");
    out.format.format = format(out.location);
    out.format.delimiter = delimiter(out.location);
    out.format.header = boolean("header", true);
    if (const Value path = options_.get("records"); is_given(path)) {
      const std::string keys = text(path, "records");  // split() gives views into it
      for (std::string_view key : split(keys, '.')) out.format.records.emplace_back(key);
    }
    if (const Value encoding = options_.get("encoding"); is_given(encoding)) out.encoding = text(encoding, "encoding");
    const bool is_csv = out.format.format == TableFormat::csv;
    out.null_strings = is_given(options_.get("null_strings")) ? texts(options_.get("null_strings"), "null_strings")
                       : is_csv                               ? std::vector<std::string>{""}
                                                              : std::vector<std::string>();
    out.metadata_columns = boolean("metadata_columns", false);
    for (const ColumnInfo& column : source_.columns) out.columns.push_back(this->column(column));
    check_format_columns();
    for (const auto& column : out.columns) out.format.columns.push_back(column.rule.name);
    if (is_csv && !out.format.header && out.columns.empty())
      fail("a file without a header needs the names of its columns", "list them in order under `columns:`");
    out.fingerprint = fingerprint(out);
    return out;
  }

 private:
  [[noreturn]] void fail(std::string message, std::string hint) const {
    throw Error(ErrorKind::runtime, "run/external-option", std::move(message), source_.source->external_at,
                std::move(hint));
  }

  void check_options() const {
    if (!is_given(options_)) return;
    if (!options_.is_dict()) fail("`options` must be a mapping", "options: {delimiter: ';'}");
    if (auto unknown = find_unknown_option(options_, option_names))
      fail(std::move(unknown->message), std::move(unknown->hint));
  }

  TableFormat format(std::string_view location) const {
    std::string name;
    for (std::string_view key : {"format", "file_format"}) {
      if (name.empty() && is_given(external_.get(key))) name = to_lower(text(external_.get(key), key));
    }
    if (name.empty()) {
      name = extension(location);
      if (name == "tsv" || name == "txt") name = "csv";
      if (name == "ndjson") name = "jsonl";
    }
    if (name == "csv") return TableFormat::csv;
    if (name == "json") return TableFormat::json;
    if (name == "jsonl") return TableFormat::json_lines;
    fail(name.empty() ? "the location's name does not tell the format" : fmt::format("there is no format '{}'", name),
         "format: csv, json or jsonl; or `using:` when another tool loads it");
  }

  /// "csv" of "a/b*.csv.gz".
  static std::string extension(std::string_view location) {
    std::string name = to_lower(path_filename(location));
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    const std::string extension = path_extension(name);
    return extension.empty() ? extension : extension.substr(1);
  }

  char delimiter(std::string_view location) const {
    const Value given = options_.get("delimiter");
    if (!is_given(given)) return extension(location) == "tsv" ? '\t' : ',';
    const std::string value = text(given, "delimiter");
    if (value == "\\t" || value == "tab") return '\t';
    if (value.size() != 1 || value == "\"" || value == "\n" || value == "\r")
      fail(fmt::format("'{}' is no delimiter", value), "one character, as ',' ';' '|' or '\\t'");
    return value[0];
  }

  bool boolean(std::string_view name, bool fallback) const {
    const Value value = options_.get(name);
    if (!is_given(value)) return fallback;
    if (!value.is_bool()) fail(fmt::format("option '{}' must be true or false", name), {});
    return value.as_bool();
  }

  std::string text(const Value& value, std::string_view name) const {
    if (!value.is_string()) fail(fmt::format("'{}' must be a text", name), {});
    return value.as_string();
  }

  std::vector<std::string> texts(const Value& value, std::string_view name) const {
    if (!value.is_list()) return {text(value, name)};
    std::vector<std::string> list;
    for (const Value& item : value.as_list()) list.push_back(text(item, name));
    return list;
  }

  /// The formats of one column: of all columns of its kind, or under its own name.
  std::vector<std::string> formats(const ColumnInfo& column, std::string_view option) const {
    const Value given = options_.get(option);
    if (!is_given(given)) return {};
    if (!given.is_dict()) return texts(given, option);
    for (const auto& [key, value] : given.as_dict().entries()) {
      if (equals_ignore_case(jinja::to_str(key), column.name)) return texts(value, option);
    }
    return {};
  }

  void check_format_columns() const {
    for (std::string_view option : {"date_formats", "timestamp_formats"}) {
      if (!options_.get(option).is_dict()) continue;
      for (const auto& [key, value] : options_.get(option).as_dict().entries()) {
        const std::string name = jinja::to_str(key);
        const ColumnKind wanted = option == "date_formats" ? ColumnKind::date : ColumnKind::timestamp;
        const bool fits = std::any_of(source_.columns.begin(), source_.columns.end(), [&](const ColumnInfo& column) {
          return equals_ignore_case(column.name, name) && column_kind(column.data_type.value_or("")) == wanted;
        });
        const std::string_view type = wanted == ColumnKind::date ? "date" : "timestamp";
        if (!fits)
          fail(fmt::format("'{}' of {} is no column of type {}", name, option, type),
               fmt::format("declare it: columns: [{{name: {}, data_type: {}}}]", name, type));
      }
    }
  }

  ExternalColumn column(const ColumnInfo& info) const {
    ExternalColumn out;
    out.rule.name = info.name;
    const std::string type = info.data_type.value_or("");
    out.rule.kind = column_kind(type);
    if (out.rule.kind == ColumnKind::date) out.rule.formats = formats(info, "date_formats");
    if (out.rule.kind == ColumnKind::timestamp) out.rule.formats = formats(info, "timestamp_formats");
    out.data_type = safe_type(type, out.rule.kind);
    return out;
  }

  /// The declared type where it is a plain name that means to the engine what it means to the reader.
  static std::string safe_type(const std::string& type, ColumnKind kind) {
    const bool is_plain = std::all_of(type.begin(), type.end(), [](unsigned char c) {
      return std::isalnum(c) || c == ' ' || c == '_' || c == '(' || c == ')' || c == ',';
    });
    const std::string name = to_lower(type);
    const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
    switch (kind) {
      case ColumnKind::text:
        return is_plain && (has("char") || has("text") || has("clob")) ? type : "TEXT";
      case ColumnKind::integer:
        return is_plain && has("int") ? type : "INTEGER";
      case ColumnKind::natural:
        return type.empty() ? "" : "TEXT";
      case ColumnKind::real:
        return is_plain ? type : "REAL";
      default:
        return is_plain ? type : "NUMERIC";
    }
  }

  std::string fingerprint(const ExternalDeclaration& out) const {
    Value parts = Value::list();
    parts.as_list().push_back(external_);
    for (const auto& column : out.columns)
      parts.as_list().push_back(Value::list({Value(column.rule.name), Value(column.data_type)}));
    parts.as_list().push_back(Value(layout_version));
    return fmt::format("{:016x}", content_hash(jinja::to_json(parts)));
  }

  /// To be raised when modelc reads files in another way than before, so that they are loaded anew.
  static constexpr int layout_version = 1;

  const Node& source_;
  const Value& external_;
  Value options_;
};

}  // namespace

bool is_external_file(const Node& source) {
  if (source.resource_type != ResourceType::source || !source.source->external.is_dict()) return false;
  const Value& external = source.source->external;
  const std::string location = external.get_string("location");
  if (location.empty() || location.starts_with('@') || location.find("://") != std::string::npos) return false;
  return std::none_of(std::begin(foreign_keys), std::end(foreign_keys),
                      [&](std::string_view key) { return is_given(external.get(key)); });
}

ExternalDeclaration read_declaration(const Node& source) { return DeclarationReader(source).read(); }

}  // namespace modelc
