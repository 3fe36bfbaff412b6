// Generic tests: what a YAML entry asks for under `data_tests:` becomes test nodes (dbt:
// parser/generic_test_builders.py, parser/schema_generic_tests.py).
#pragma once

#include "parse/schema_yaml.h"
#include "parse/state.h"

namespace modelc {

/// What the tests of one entry are about.
struct TestTarget {
  const YamlEntry* entry = nullptr;
  std::string name;           ///< the model's; of a source "source.table" is made from the two below
  std::string source, table;  ///< empty unless it is a source table
  jinja::Value version;       ///< of a versioned model, or undefined
  std::optional<bool> quote_columns;
  std::vector<std::string> tags;  ///< sources hand theirs down
};

/// All tests of a models, seeds or snapshots entry. Faults of single tests go to `errors`. Any thread.
std::vector<DraftPtr> build_entry_tests(ParseState& state, const YamlEntry& entry, std::vector<Diagnostic>& errors);

/// The tests of one source table, given as its YAML item.
std::vector<DraftPtr> build_table_tests(ParseState& state, const TestTarget& target, const jinja::Value& table,
                                        const std::vector<std::string>& yaml_path, std::vector<Diagnostic>& errors);

/// dbt's synthesize_generic_test_names: {short name for files and aliases, full name}.
std::pair<std::string, std::string> generic_test_names(std::string_view type, std::string_view target,
                                                       const jinja::Value& args);
/// The ten hex digits at the end of a test's unique_id.
std::string generic_test_hash(std::string_view name, const jinja::Value& metadata);

}  // namespace modelc
