// Schema files: their entries, rendered, checked and normalized as dbt does (parser/schemas.py: YamlReader,
// PatchParser).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml_places.h"
#include "parse/state.h"

namespace modelc {

/// One item of a list such as `models:`. Stable in memory: drafts point to it.
struct YamlEntry {
  const LoadedFile* file = nullptr;
  std::string_view key;  ///< "models"; static text
  Span place;            ///< of the item
  YamlPlaces places;     ///< of everything in it: see yaml_place()
  jinja::Value data;     ///< dict: rendered; `tests` renamed to `data_tests`, moved keys inside `config`
  std::string name;
  jinja::Value unrendered_config;    ///< dict or undefined
  jinja::Value unrendered_versions;  ///< dict of str(v) -> config, or undefined
  jinja::Value unrendered_database, unrendered_schema;
  Span span() const { return place; }
  /// Frees all but names and the entry's own place.
  void release();
};

/// The entries of one file, grouped by key.
struct SchemaFile {
  const LoadedFile* file = nullptr;
  std::vector<std::unique_ptr<YamlEntry>> entries;  ///< in the order in which dbt reads the keys
  std::vector<Diagnostic> errors;
  /// All entries under `key`, in the order of the file.
  std::vector<YamlEntry*> under(std::string_view key) const;
};

/// Reads every schema file, on all cores. Faults go to each file's `errors` and then to state.errors.
std::vector<SchemaFile> read_schema_files(ParseState& state);

/// The value of a path inside an entry's YAML, for spans: {"columns", "0", "data_tests", "1"}; the closest that exists.
Span yaml_place(const YamlEntry& entry, const std::vector<std::string>& path);

/// Renders the strings of a value natively (vars, env vars); `keep` says by key path which ones stay. Gives the same
/// value back when nothing changes.
class YamlRenderer {
 public:
  /// `key` is the section that the value stands in: it decides what is kept for later.
  YamlRenderer(const ParseState& state, const Package& package, std::string_view key);
  jinja::Value render(const jinja::Value& value);
  /// One string, natively.
  jinja::Value render_text(const std::string& text);
  /// Where in the value the last render() threw: keys and indexes, for yaml_place().
  std::vector<std::string> fault_path() const;

 private:
  struct Step {
    std::string_view key;  ///< of a dict; empty in a list
    size_t index = 0;      ///< in a list
  };
  jinja::Value walk(const jinja::Value& value);
  bool kept() const;
  static bool kept_generally(const std::vector<Step>& path, size_t from);

  const ParseState& state_;
  std::string_view key_;
  BaseContext context_;
  std::vector<Step> path_;
};

/// "Invalid models config given in models/schema.yml @ models: {...} - reason" with the entry's place.
[[noreturn]] void fail_entry(const YamlEntry& entry, const std::string& reason, Span span = {});

}  // namespace modelc
