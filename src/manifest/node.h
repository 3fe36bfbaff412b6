// The things that a project defines. Plain data, filled by the parse layer, const after linking.
//
// One struct serves every kind of resource that stands in the graph, so that selection, scheduling and artifacts walk a
// single vector; what only one kind has sits in its own part (node.model, node.test, ...), allocated only there.
// Field names and meanings are those of dbt's manifest v12.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source.h"
#include "jinja/render.h"
#include "jinja/value.h"
#include "manifest/relation.h"

namespace modelc {

using NodeId = uint32_t;   ///< index into Manifest::nodes
using MacroId = uint32_t;  ///< index into Manifest::macros
inline constexpr uint32_t no_id = UINT32_MAX;

enum class ResourceType : uint8_t {
  model,
  seed,
  snapshot,
  analysis,
  test,
  operation,
  sql_operation,
  source,
  exposure,
  unit_test,
  metric,
  semantic_model,
  saved_query,
  function,
};
std::string_view resource_type_name(ResourceType type);    ///< dbt's: "model", "unit_test", "sql_operation", ...
std::string_view resource_type_plural(ResourceType type);  ///< dbt's: "models", "analyses", "data_tests", ...

struct RefArgs {
  std::string name;
  std::optional<std::string> package;
  jinja::Value version;  ///< undefined = not given; int, float or string
  Span span;             ///< the ref(...) call
  bool operator==(const RefArgs& o) const;
};
struct SourceRef {
  std::string source, table;
  Span span;
};

struct ColumnInfo {
  std::string name, description;
  jinja::Value meta;  ///< dict
  std::optional<std::string> data_type;
  jinja::Value constraints;  ///< list of dicts in manifest form
  std::optional<bool> quote;
  std::vector<std::string> tags;
  std::optional<std::string> granularity;
  std::vector<std::string> doc_blocks;
  jinja::Value config;  ///< dict {meta, tags}
  jinja::Value extra;   ///< dict of unknown keys, kept as dbt does; undefined when none
};

struct UnitTestFixture;

struct ModelPart {
  std::string access = "protected";
  jinja::Value version, latest_version;  ///< undefined or none when unversioned
  std::optional<std::string> deprecation_date;
  jinja::Value constraints = jinja::Value::list();
  std::vector<std::string> primary_key;
  jinja::Value time_spine;  ///< none or dict
  std::string defined_in;
  std::string contract_checksum;  ///< empty = null
  jinja::Value freshness;         ///< none or dict (build_after)
};
struct TestPart {
  bool generic = false;
  std::string test_name;                      ///< generic: "unique"
  std::optional<std::string> test_namespace;  ///< package
  jinja::Value kwargs;                        ///< dict as in test_metadata.kwargs
  std::optional<std::string> column_name;
  NodeId attached_disabled = no_id;  ///< index into Manifest::disabled, of a test whose model is disabled
  NodeId attached_node = no_id;
  std::string file_key_name;  ///< "models.customers"
  Span yaml_span;             ///< where the test is declared
};
struct SeedPart {
  std::string root_path;
  bool path_checksum = false;  ///< file above dbt's size limit: checksum is of the path
};
struct SourcePart {
  std::string source_name, source_description, loader, identifier;
  jinja::Value source_meta, external, quoting;  ///< external: none or dict
  Span external_at;                             ///< its location in the YAML
  std::optional<std::string> loaded_at_field, loaded_at_query;
  jinja::Value freshness;  ///< none or dict
  jinja::Value unrendered_database, unrendered_schema;
};
struct ExposurePart {
  std::string type, label, maturity, url;
  jinja::Value owner;
};
struct UnitTestPart {
  std::string model_name;
  NodeId tested_node = no_id;
  jinja::Value given, expect, overrides, versions;  ///< as in the manifest
  jinja::Value version;
  std::string checksum;
};
struct FunctionPart {
  jinja::Value returns, arguments;
};
/// metrics, semantic models, saved queries: parsed, validated, written to the manifest, never run.
struct SemanticPart {
  jinja::Value manifest_entry;  ///< the whole entry in manifest form
};

struct Node {
  // identity
  NodeId id = no_id;
  ResourceType resource_type = ResourceType::model;
  std::string unique_id;  ///< "model.pkg.name"
  std::string name;
  std::string package_name;
  std::string path;                ///< below the search path
  std::string original_file_path;  ///< below the package root
  std::vector<std::string> fqn;
  std::string patch_path;  ///< "pkg://models/schema.yml" or empty
  // text
  const SourceFile* file = nullptr;  ///< not owned
  jinja::TemplatePtr tmpl;           ///< compiled body; null for kinds without SQL
  uint32_t snapshot_macro = no_id;   ///< snapshot block: index of the macro-like block in tmpl
  std::string_view raw_code;         ///< in a SourceFile, not always `file`
  std::string language = "sql";
  std::string checksum_name = "sha256", checksum;
  // configuration
  jinja::Value config;             ///< dict: dbt's complete config of this kind, in dbt's key order
  jinja::Value unrendered_config;  ///< dict
  std::vector<std::string> tags;
  jinja::Value meta;  ///< dict
  std::optional<std::string> group;
  std::string description;
  std::vector<std::string> doc_blocks;
  std::vector<ColumnInfo> columns;  ///< in the order of the YAML
  // names in the database
  std::string database, schema, alias;
  std::string relation_name;  ///< rendered; empty = none
  QuotingOverride quoting;
  // dependencies, as written and as resolved
  std::vector<RefArgs> refs;
  std::vector<SourceRef> sources;
  std::vector<std::vector<std::string>> metrics;
  std::vector<RefArgs> functions;
  std::vector<NodeId> depends_on;          ///< resolved, in dbt's order, no duplicates
  std::vector<MacroId> depends_on_macros;  ///< in the order of first use
  double created_at = 0;                   ///< seconds since 1970
  Span declared_at;                        ///< best place to blame for this node
  jinja::Value extra;                      ///< dict: other manifest keys kept verbatim; undefined when none
  int hook_index = 0;                      ///< operations (on-run-*): order
  bool lost_target =
      false;  ///< a test whose ref is missing or disabled: kept in Manifest::disabled, but dbt lists it among `nodes`

  std::unique_ptr<ModelPart> model;
  std::unique_ptr<TestPart> test;
  std::unique_ptr<SeedPart> seed;
  std::unique_ptr<SourcePart> source;
  std::unique_ptr<ExposurePart> exposure;
  std::unique_ptr<UnitTestPart> unit_test;
  std::unique_ptr<FunctionPart> function;
  std::unique_ptr<SemanticPart> semantic;

  std::string materialized() const { return config.get_string("materialized"); }
  bool is_ephemeral() const { return resource_type == ResourceType::model && materialized() == "ephemeral"; }
  /// Has a relation of its own that ref() may name: model, seed, snapshot.
  bool is_refable() const;
  bool is_versioned() const;       ///< a model of a `versions:` list
  bool is_latest_version() const;  ///< the version that an unpinned ref means
  /// The name by which others refer to it: "customers", "customers.v2", "source.table".
  std::string search_name() const;
  bool config_bool(std::string_view key, bool fallback = false) const { return config.get_bool(key, fallback); }
};

struct Macro {
  MacroId id = no_id;
  std::string unique_id;  ///< "macro.pkg.name"
  std::string name;       ///< as callable: "test_unique", "materialization_table_default"
  std::string package_name;
  std::string path, original_file_path;
  jinja::MacroKind kind = jinja::MacroKind::macro;
  jinja::TemplatePtr tmpl;
  uint32_t index = 0;               ///< in tmpl
  std::vector<MacroId> depends_on;  ///< resolved statically
  std::string description;
  jinja::Value meta, docs, arguments, config;
  std::string patch_path;
  std::vector<std::string> supported_languages;
  double created_at = 0;
  bool embedded = false;

  std::string_view macro_sql() const { return tmpl->macros()[index].span.text(); }
};

struct DocBlock {
  std::string unique_id;  ///< "doc.pkg.name"
  std::string name, package_name, path, original_file_path, contents;
};

struct Group {
  std::string unique_id, name, package_name, path, original_file_path;
  jinja::Value owner, config;
  std::optional<std::string> description;
};

}  // namespace modelc
