// What a node's config consists of, per kind of resource: keys, defaults, types and how later values merge with earlier
// ones (dbt: artifacts/resources/v1/config.py and the *Config classes beside it; merging: dbt_common
// BaseConfig.update_from).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "context/macro_namespace.h"
#include "jinja/value.h"
#include "manifest/node.h"

namespace modelc {

enum class ConfigMerge : uint8_t { clobber, append, update, grants };

enum class ConfigType : uint8_t {
  any,
  boolean,
  optional_boolean,
  string,
  optional_string,
  optional_integer,
  tags,
  string_list,
  string_or_list,
  object,
  hooks,
  docs,
  contract,
  on_configuration_change,
  access,
  severity,
  model_freshness,
  source_freshness,
  snapshot_columns,
  static_analysis,
  function_type,
  volatility,
};

struct ConfigField {
  std::string_view name;
  ConfigMerge merge;
  ConfigType type;
};

/// The config of one kind of resource. Static data; the default dict is shared by every node that overrides nothing and
/// must never be changed.
struct ConfigClass {
  std::vector<ConfigField> fields;
  NameMap<uint32_t> index;
  jinja::Value defaults;  ///< dict in dbt's key order
  const ConfigField* find(std::string_view name) const;
};
const ConfigClass& config_class(ResourceType type);

/// A config under construction. Copies the dict that it starts from at the first change.
class ConfigBuilder {
 public:
  ConfigBuilder(const ConfigClass& schema, std::string_view adapter_type, jinja::Value start)
      : schema_(&schema), adapter_type_(adapter_type), dict_(std::move(start)) {}

  /// One level: a dict of keys without '+'. Throws Error{parsing, "parse/config-type"} for a value that cannot be
  /// merged.
  void apply(const jinja::Value& partial);
  void set(std::string_view key, jinja::Value value);
  /// Checks the types of everything that was set; dbt's "at path ['enabled']: 'x' is not of type 'boolean'".
  void validate() const;
  const jinja::Value& value() const { return dict_; }
  bool changed() const { return changed_; }

 private:
  void own();
  void assign(std::string_view key, const jinja::Value& value);

  const ConfigClass* schema_;
  std::string_view adapter_type_;
  jinja::Value dict_;
  bool changed_ = false;
};

/// dbt's credentials aliases in configs: bigquery's project -> database, databricks' catalog -> database, ...
std::string_view canonical_config_key(std::string_view adapter_type, std::string_view key);

/// dbt's merge_config_dicts: adds the arguments of one config(...) call to those of earlier calls.
void merge_config_call(jinja::Value& calls, const jinja::Value& call);

/// A hook as written (text, JSON text or dict) as {sql, transaction, index}.
jinja::Value hook_value(const jinja::Value& hook);

/// "at path ['config']['enabled']: 'x' is not of type 'boolean'", or empty when `value` has the type.
std::string config_type_fault(std::string_view key, ConfigType type, const jinja::Value& value);

}  // namespace modelc
