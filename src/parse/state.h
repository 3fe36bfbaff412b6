// What the stages of parsing share, and nodes on their way into the manifest.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "context/macro_namespace.h"
#include "context/sql_context.h"
#include "parse/config_memo.h"
#include "parse/config_schema.h"
#include "parse/parse.h"

namespace modelc {

/// A file that has been read and, by its kind, compiled or loaded.
struct LoadedFile {
  const Package* package = nullptr;
  const ProjectSourceFile* source = nullptr;
  const SourceFile* text = nullptr;  ///< null for seeds
  jinja::TemplatePtr tmpl;           ///< SQL and docs
  std::string checksum;              ///< sha256 of the text as dbt reads it, or a seed's path
  bool checksum_is_path = false;
  YamlDocument yaml;  ///< schema files
  std::vector<Diagnostic> errors;
  bool failed = false;  ///< has or had errors: `tmpl` or `yaml` may be missing
};

/// A node before its config is final. Each is worked on by one thread at a time.
struct Draft {
  std::unique_ptr<Node> owned = std::make_unique<Node>();  ///< handed on to the manifest, which empties the draft
  Node& node = *owned;
  const Package* package = nullptr;
  jinja::Value calls;             ///< merged arguments of config(...) calls: dict, or undefined for none
  jinja::Value unrendered_calls;  ///< the same as written; only under state_modified_compare_more_unrendered_values
  jinja::Value patch;             ///< rendered `config:` of the YAML entry: dict or undefined
  jinja::Value unrendered_patch;
  const struct YamlEntry* entry = nullptr;  ///< the properties that YAML gives it; null = none
  jinja::Value version_entry;               ///< its item of `versions:`, or undefined
  bool was_enabled = true;                  ///< before the YAML entry: what patches find by name
  bool enabled = true;                      ///< by the final config
  std::vector<Diagnostic> errors;

  /// Frees what the config was made of, when it has been made: in large projects that is much.
  void forget_inputs() { calls = unrendered_calls = patch = unrendered_patch = jinja::Value(); }
};
using DraftPtr = std::unique_ptr<Draft>;

/// Shared by all stages. Fields are written by the main thread between the parallel parts only.
struct ParseState {
  ParseState(const Invocation& i, ParsedProject& o);
  ParseState(const ParseState&) = delete;

  const Invocation& invocation;
  ParsedProject& out;
  const Project& project;
  Manifest& manifest;
  const AdapterTraits& traits;
  std::string root_name;
  QuotingOverride quoting;              ///< the root's `quoting:`
  jinja::Value target;                  ///< Jinja's `target`
  bool unrendered_flag = false;         ///< state_modified_compare_more_unrendered_values
  double created_at = 0;                ///< seconds; one instant for all nodes
  std::deque<LoadedFile> files;         ///< of all packages, in dbt's order of packages
  NameMap<std::vector<uint32_t>> docs;  ///< name of a docs block -> indexes into manifest.docs
  std::vector<Diagnostic> errors;

  const MacroNamespace& macros() const { return *out.macros; }
  /// A behaviour flag of dbt's `flags:`; `fallback` is dbt's default.
  bool behavior(std::string_view name, bool fallback = false) const;
  /// Adds what a job recorded; throws ParseErrors when there is anything.
  void throw_if_errors();
  /// Runs a stage whose faults would make later stages blame the innocent: throws all faults so far when it adds any.
  template <class Stage>
  auto stop_on_errors_of(Stage stage) {
    const size_t before = errors.size();
    if constexpr (std::is_void_v<decltype(stage())>) {
      stage();
      if (errors.size() > before) throw_if_errors();
    } else {
      auto result = stage();
      if (errors.size() > before) throw_if_errors();
      return result;
    }
  }
  /// dbt's lookup of a docs block: the named package, or the node's package, the root, any.
  const DocBlock* find_doc(const std::optional<std::string>& package, std::string_view name,
                           std::string_view node_package) const;

  // dbt's default names, filled in once macros are known: null when the project overrides them.
  bool default_schema_macro = false, default_alias_macro = false, default_database_macro = false;

  struct FinishedConfig {
    jinja::Value config, as_said;  ///< as_said: see build_config()
  };
  ConfigMemo<jinja::Value> base_configs;  ///< defaults under the package's own project file
  ConfigMemo<FinishedConfig> finished_configs;
  ConfigMemo<jinja::Value> finished_unrendered;

  std::mutex template_mutex;
  NameMap<jinja::TemplatePtr> test_templates;  ///< "{{ test_x(**_dbt_generic_test_kwargs) }}" by text
};

/// Runs `job(i)` for every i on all cores; an Error that leaves a job is recorded in slot i's list by `sink(i)`.
void parse_in_parallel(size_t count, const std::function<void(size_t)>& job,
                       const std::function<std::vector<Diagnostic>&(size_t)>& sink);

/// A warning of dbt's under its own name and code; `data` gets its fields.
void warn(const Invocation& invocation, std::string name, std::string code, std::string message, jinja::Value data = {},
          Span span = {});
/// The same for deprecations: dbt prints each kind once unless --show-all-deprecations.
void warn_deprecation(const ParseState& state, std::string name, std::string code, std::string message,
                      jinja::Value data = {}, Span span = {});

/// Error{parsing} / Error{compilation} with a subject.
[[noreturn]] void fail_parsing(std::string code, std::string message, std::string subject = {}, Span span = {},
                               std::string hint = {});
[[noreturn]] void fail_compilation(std::string code, std::string message, std::string subject = {}, Span span = {},
                                   std::string hint = {});

/// "model customers (models/customers.sql)"
std::string draft_subject(const Node& node);

}  // namespace modelc
